/*
 * Where the leaves of a tree stand in the expression.  The scanner makes leaves in the order of the text, and
 * alone of all makes such as are not empty: so it is asked once more, and parsing pays nothing for those who
 * ask.
 */
#include "pattern/places.h"

#include <stdlib.h>

#include "base/mem.h"
#include "grammar/pattern.h"

/* Parentheses: what is between them. */
struct pair {
    uint32_t begin, end;
    uint32_t outer; /* or NONE */
};

struct places {
    const struct tree *tree;
    struct place *leaves; /* by node */
    uint32_t *within;     /* by node: the innermost parentheses, or NONE */
    struct pair *pairs;
    uint32_t pair_count;
    size_t size; /* of the expression, as far as it is read */
};

static bool is_item(const struct node *node)
{
    return node->first == NONE && node->kind != NODE_EMPTY;
}

static uint32_t next_item(const struct tree *tree, uint32_t node)
{
    while (node < tree->count && !is_item(&tree->nodes[node]))
        node++;
    return node;
}

static uint32_t begin_pair(struct places *places, uint32_t at, uint32_t outer)
{
    places->pairs[places->pair_count] = (struct pair){at, at, outer};
    return places->pair_count++;
}

static uint32_t end_pair(struct places *places, uint32_t pair, uint32_t at)
{
    places->pairs[pair].end = at;
    return places->pairs[pair].outer;
}

static void scan_again(struct places *places, struct scan *scan)
{
    const unsigned char *begin = scan->p, *from = begin;
    uint32_t open = NONE, node = 0;
    PATTERN_YYSTYPE value;

    for (int token; (token = pattern_yylex(&value, scan)) != 0; from = scan->p) {
        uint32_t at = (uint32_t)(from - begin), end = (uint32_t)(scan->p - begin);

        if (token == '(')
            open = begin_pair(places, end, open);
        else if (token == ')')
            open = end_pair(places, open, at);
        else if (token == ITEM && (node = next_item(places->tree, node)) < places->tree->count) {
            places->leaves[node] = (struct place){at, end - at};
            places->within[node++] = open;
        }
    }
    places->size = (size_t)(from - begin);
}

struct places *places_new(const struct tree *tree, struct span expression)
{
    struct places *places = mem_alloc(sizeof *places);
    struct tree again = {.root = NONE, .caseless = tree->caseless};
    struct scan scan = {.tree = &again, .p = (const unsigned char *)expression.p};

    *places = (struct places){.tree = tree};
    places->leaves = mem_alloc_array(tree->count, sizeof *places->leaves);
    places->within = mem_alloc_array(tree->count, sizeof *places->within);
    places->pairs = mem_alloc_array(expression.n + 1, sizeof *places->pairs);
    scan.end = scan.p + expression.n;
    scan_again(places, &scan);
    tree_free(&again);
    return places;
}

void places_free(struct places *places)
{
    if (!places)
        return;
    free(places->leaves);
    free(places->within);
    free(places->pairs);
    free(places);
}

struct place places_leaf(const struct places *places, uint32_t leaf)
{
    return places->leaves[leaf];
}

/* All that is in a node stands before it, what is left in the expression first. */
static uint32_t first_item(const struct tree *tree, uint32_t node)
{
    while (tree->nodes[node].first != NONE)
        node = tree->nodes[node].first;
    return next_item(tree, node);
}

static uint32_t last_item(const struct tree *tree, uint32_t node)
{
    while (!is_item(&tree->nodes[node]))
        node--;
    return node;
}

struct place places_choice(const struct places *places, uint32_t choice)
{
    uint32_t first = first_item(places->tree, choice), last = last_item(places->tree, choice);
    uint32_t pair = places->within[first];
    const struct pair *pairs = places->pairs;

    while (pair != NONE && pairs[pair].end <= places->leaves[last].at)
        pair = pairs[pair].outer;
    if (pair == NONE)
        return (struct place){0, (uint32_t)places->size};
    return (struct place){pairs[pair].begin, pairs[pair].end - pairs[pair].begin};
}
