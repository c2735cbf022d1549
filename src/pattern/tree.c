#include "pattern/pattern-private.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "grammar/pattern.h"

static uint32_t add_node(struct tree *tree, enum node_kind kind)
{
    if (tree->count == tree->room) {
        tree->room = tree->room ? tree->room * 2 : 64;
        tree->nodes = mem_realloc(tree->nodes, tree->room * sizeof *tree->nodes);
    }
    tree->nodes[tree->count] =
        (struct node){.kind = kind, .set = NONE, .first = NONE, .next = NONE, .parent = NONE};
    return tree->count++;
}

uint32_t tree_leaf(struct tree *tree, enum node_kind kind)
{
    tree->splits |= kind == NODE_SPLIT;
    return add_node(tree, kind);
}

uint32_t tree_byte(struct tree *tree, unsigned char c)
{
    uint32_t node = add_node(tree, NODE_BYTE);

    tree->nodes[node].byte = tree->caseless ? byte_lower(c) : c;
    return node;
}

/* The set's only byte, or only letter where case does not matter; -1 when it holds more. */
static int only_byte(const struct tree *tree, const struct byteset *set)
{
    int only = -1;

    for (unsigned c = 0; c < 256; c++) {
        unsigned char byte = tree->caseless ? byte_lower((unsigned char)c) : (unsigned char)c;

        if (!byteset_has(set, (unsigned char)c))
            continue;
        if (only >= 0 && only != byte)
            return -1;
        only = byte;
    }
    return only;
}

static uint32_t keep_set(struct tree *tree, const struct byteset *set)
{
    if (tree->set_count == tree->set_room) {
        tree->set_room = tree->set_room ? tree->set_room * 2 : 8;
        tree->sets = mem_realloc(tree->sets, tree->set_room * sizeof *tree->sets);
    }
    tree->sets[tree->set_count] = *set;
    return tree->set_count++;
}

/* Where case does not matter the set must hold both cases of its letters. */
uint32_t tree_set(struct tree *tree, const struct byteset *set)
{
    int only = only_byte(tree, set);
    uint32_t node;

    if (only >= 0)
        return tree_byte(tree, (unsigned char)only);
    node = add_node(tree, NODE_SET);
    tree->nodes[node].set = keep_set(tree, set);
    return node;
}

uint32_t tree_parent(struct tree *tree, enum node_kind kind, struct chain children)
{
    uint32_t node = add_node(tree, kind);

    tree->nodes[node].first = children.first;
    for (uint32_t child = children.first; child != NONE; child = tree->nodes[child].next)
        tree->nodes[child].parent = node;
    return node;
}

uint32_t tree_sequence(struct tree *tree, struct chain items)
{
    if (items.first == NONE)
        return tree_leaf(tree, NODE_EMPTY);
    if (items.first == items.last)
        return items.first;
    return tree_parent(tree, NODE_SEQUENCE, items);
}

struct chain chain_of(uint32_t node)
{
    return (struct chain){node, node};
}

struct chain chain_join(struct tree *tree, struct chain a, struct chain b)
{
    if (a.first == NONE)
        return b;
    if (b.first == NONE)
        return a;
    tree->nodes[a.last].next = b.first;
    return (struct chain){a.first, b.last};
}

/*
 * `^^` is the end of the text only where the expression ends right behind it, which it does
 * behind the last item of the last group too, but not behind something repeated (that may
 * come again) and not before an empty group.
 */
static void tree_finish(struct tree *tree)
{
    tree->nodes[tree->root].ends = true;
    for (uint32_t i = tree->count; i-- > 0;) {
        const struct node *node = &tree->nodes[i];
        bool repeats = node->kind == NODE_STAR || node->kind == NODE_PLUS;

        for (uint32_t child = node->first; child != NONE; child = tree->nodes[child].next) {
            bool last = node->kind != NODE_SEQUENCE || tree->nodes[child].next == NONE;

            tree->nodes[child].ends = node->ends && last && !repeats;
        }
    }
}

void tree_parse(struct tree *tree, struct span text, bool caseless)
{
    struct scan scan = {.tree = tree};

    *tree = (struct tree){.root = NONE, .caseless = caseless};
    scan.p = (const unsigned char *)text.p;
    scan.end = scan.p + text.n;
    if (pattern_yyparse(&scan) != 0)
        err_out_of_memory(); /* the scanner mends all faults, so nothing else can fail */
    tree_finish(tree);
}

void tree_free(struct tree *tree)
{
    free(tree->nodes);
    free(tree->sets);
}
