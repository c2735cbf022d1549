/*
 * How much of an expression lies before each of its nodes, for telling which of two ways came further.  What
 * every match must hold counts one a byte; what may be left out counts little, however long it is, since to
 * leave it out is no achievement; of the branches of a choice the longest counts.
 */
#include "pattern/pattern-private.h"

#include <stdlib.h>

#include "base/mem.h"

static const double optional = 1.0 / 16;

static bool may_be_left_out(const struct node *node)
{
    return node->kind == NODE_STAR || node->kind == NODE_MAYBE;
}

static double size_of(const struct tree *tree, const struct node *node, const double *sizes)
{
    double all = 0;

    if (node->first == NONE)
        return node->kind == NODE_BYTE || node->kind == NODE_SET || node->kind == NODE_EDGE;
    for (uint32_t child = node->first; child != NONE; child = tree->nodes[child].next)
        if (node->kind == NODE_CHOICE)
            all = sizes[child] > all ? sizes[child] : all;
        else
            all += sizes[child];
    return may_be_left_out(node) && all > 0 ? optional : all;
}

/* Children stand before their parent: from the end on, a node's own rank is known. */
static void rank_children(const struct tree *tree, uint32_t at, const double *sizes, double *ranks,
                          double *scales)
{
    const struct node *node = &tree->nodes[at];
    double rank = ranks[at], scale = scales[at];

    if (may_be_left_out(node) && sizes[node->first] > 0)
        scale *= optional / (sizes[node->first] + 1);
    for (uint32_t child = node->first; child != NONE; child = tree->nodes[child].next) {
        ranks[child] = rank;
        scales[child] = scale;
        if (node->kind == NODE_SEQUENCE)
            rank += sizes[child] * scale;
    }
}

double *rank_nodes(const struct tree *tree)
{
    double *sizes = mem_alloc_array(tree->count, sizeof *sizes);
    double *ranks = mem_alloc_array(tree->count, sizeof *ranks);
    double *scales = mem_alloc_array(tree->count, sizeof *scales);

    for (uint32_t i = 0; i < tree->count; i++)
        sizes[i] = size_of(tree, &tree->nodes[i], sizes);
    scales[tree->root] = 1;
    for (uint32_t i = tree->count; i-- > 0;)
        rank_children(tree, i, sizes, ranks, scales);
    free(sizes);
    free(scales);
    return ranks;
}
