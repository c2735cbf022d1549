#include "fuzz/obvious.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

typedef uint64_t positions;

/* From each position at which something may begin, those at which it may end. */
struct relation {
    positions to[OBVIOUS_POSITIONS];
};

/* Three relations of each node. */
enum way {
    ANY,  /* all ways through it, `\/` being nothing */
    NO,   /* those that pass no `\/` */
    LAST, /* those that pass one, the last of them at `split` */
    WAYS
};

struct obvious {
    const struct tree *tree;
    struct span subject;
    size_t split;
    struct relation *of[WAYS]; /* by node */
    uint32_t *splits;          /* by node: how many `\/` one way can pass, 2 for more */
};

static positions bit(size_t at)
{
    return UINT64_C(1) << at;
}

static size_t lowest(positions set)
{
    return set ? (size_t)__builtin_ctzll(set) : OBVIOUS_NOWHERE;
}

static positions go(const struct relation *relation, positions from)
{
    positions to = 0;

    for (; from; from &= from - 1)
        to |= relation->to[lowest(from)];
    return to;
}

static struct relation staying(void)
{
    struct relation same;

    for (size_t at = 0; at < OBVIOUS_POSITIONS; at++)
        same.to[at] = bit(at);
    return same;
}

/* First a, then b. */
static struct relation behind(const struct relation *a, const struct relation *b)
{
    struct relation both;

    for (size_t at = 0; at < OBVIOUS_POSITIONS; at++)
        both.to[at] = go(b, a->to[at]);
    return both;
}

static struct relation either(const struct relation *a, const struct relation *b)
{
    struct relation one;

    for (size_t at = 0; at < OBVIOUS_POSITIONS; at++)
        one.to[at] = a->to[at] | b->to[at];
    return one;
}

/* Any number of times, none too. */
static struct relation repeated(const struct relation *a)
{
    struct relation all = staying();

    for (size_t at = 0; at < OBVIOUS_POSITIONS; at++) {
        positions fresh = all.to[at];

        while (fresh) {
            fresh = go(a, fresh) & ~all.to[at];
            all.to[at] |= fresh;
        }
    }
    return all;
}

static bool takes(const struct obvious *o, const struct node *node, unsigned char c)
{
    if (node->kind == NODE_SET)
        return byteset_has(&o->tree->sets[node->set], c);
    return node->byte == (o->tree->caseless ? byte_lower(c) : c);
}

static positions leaf_from(const struct obvious *o, const struct node *node, enum way way, size_t at)
{
    size_t last = o->subject.n - 1; /* the newline behind the text */

    if (node->kind == NODE_SPLIT && at <= last)
        return way == ANY || (way == LAST && at == o->split) ? bit(at) : 0;
    if (way == LAST)
        return 0;
    switch (node->kind) {
    case NODE_BYTE:
    case NODE_SET:
        return at <= last && takes(o, node, (unsigned char)o->subject.p[at]) ? bit(at + 1) : 0;
    case NODE_EDGE:
        return at == 0 ? bit(1) : node->ends && at == last ? bit(at) : 0;
    default:
        return bit(at); /* NODE_EMPTY, and `\/` behind all */
    }
}

static struct relation leaf(const struct obvious *o, const struct node *node, enum way way)
{
    struct relation relation = {{0}};

    for (size_t at = 0; at <= o->subject.n; at++)
        relation.to[at] = leaf_from(o, node, way, at);
    return relation;
}

static struct relation sequence(const struct obvious *o, const struct node *node, enum way way)
{
    struct relation all = staying(), last = {{0}};

    for (uint32_t child = node->first; child != NONE; child = o->tree->nodes[child].next) {
        struct relation before = behind(&last, &o->of[NO][child]);
        struct relation here = behind(&all, &o->of[LAST][child]);

        last = either(&before, &here);
        all = behind(&all, &o->of[way == NO ? NO : ANY][child]);
    }
    return way == LAST ? last : all;
}

static struct relation choice(const struct obvious *o, const struct node *node, enum way way)
{
    struct relation all = {{0}};

    for (uint32_t child = node->first; child != NONE; child = o->tree->nodes[child].next)
        all = either(&all, &o->of[way][child]);
    return all;
}

static struct relation operation(const struct obvious *o, const struct node *node, enum way way)
{
    const struct relation *child = &o->of[way][node->first];
    struct relation same = staying(), some;

    if (node->kind == NODE_MAYBE)
        return way == LAST ? *child : either(&same, child);
    if (way == LAST) {
        struct relation before = repeated(&o->of[ANY][node->first]);
        struct relation after = repeated(&o->of[NO][node->first]);

        some = behind(&before, child);
        return behind(&some, &after);
    }
    some = repeated(child);
    return node->kind == NODE_PLUS ? behind(child, &some) : some;
}

/* Children stand before their parents. */
static void relate(struct obvious *o, enum way way)
{
    for (uint32_t i = 0; i < o->tree->count; i++) {
        const struct node *node = &o->tree->nodes[i];
        struct relation *relation = &o->of[way][i];

        if (way == LAST && !o->splits[i])
            continue; /* none, as it is already */
        if (node->first == NONE)
            *relation = leaf(o, node, way);
        else if (node->kind == NODE_SEQUENCE)
            *relation = sequence(o, node, way);
        else if (node->kind == NODE_CHOICE)
            *relation = choice(o, node, way);
        else
            *relation = operation(o, node, way);
    }
}

static void count_splits(struct obvious *o)
{
    for (uint32_t i = 0; i < o->tree->count; i++) {
        const struct node *node = &o->tree->nodes[i];
        uint32_t sum = node->kind == NODE_SPLIT, most = 0;

        for (uint32_t child = node->first; child != NONE; child = o->tree->nodes[child].next) {
            sum += o->splits[child];
            most = o->splits[child] > most ? o->splits[child] : most;
        }
        if (node->kind == NODE_STAR || node->kind == NODE_PLUS)
            sum *= 2;
        o->splits[i] = node->kind == NODE_CHOICE ? most : sum < 2 ? sum : 2;
    }
}

struct obvious *obvious_new(const struct tree *tree, struct span subject)
{
    struct obvious *o = mem_alloc(sizeof *o);

    o->tree = tree;
    o->subject = subject;
    o->split = OBVIOUS_NOWHERE;
    o->splits = mem_alloc_array(tree->count, sizeof *o->splits);
    for (int way = 0; way < WAYS; way++)
        o->of[way] = mem_alloc_array(tree->count, sizeof *o->of[way]);
    count_splits(o);
    relate(o, ANY);
    relate(o, NO);
    return o;
}

void obvious_free(struct obvious *o)
{
    for (int way = 0; way < WAYS; way++)
        free(o->of[way]);
    free(o->splits);
    free(o);
}

bool obvious_is_plain(const struct obvious *o)
{
    return o->splits[o->tree->root] < 2;
}

/* The positions between two, both included. */
static positions range(size_t from, size_t to)
{
    positions all = 0;

    for (size_t at = from; at <= to; at++)
        all |= bit(at);
    return all;
}

static size_t highest(positions set)
{
    size_t at = OBVIOUS_POSITIONS - 1;

    while (!(set & bit(at)))
        at--;
    return at;
}

size_t obvious_end(const struct obvious *o, size_t from)
{
    return lowest(go(&o->of[ANY][o->tree->root], range(from, o->subject.n - 1)));
}

/* Where `\/` is looked for nothing begins at the newline behind the text, but for what is told to. */
static positions beginnings(const struct obvious *o, size_t from)
{
    return bit(from) | range(from, o->subject.n - 2);
}

static positions ends_of_split(struct obvious *o, size_t from, size_t split)
{
    o->split = split;
    relate(o, LAST);
    return go(&o->of[LAST][o->tree->root], beginnings(o, from));
}

bool obvious_extract(struct obvious *o, size_t from, size_t *split, size_t *end)
{
    size_t without = lowest(go(&o->of[NO][o->tree->root], beginnings(o, from)));
    size_t first_end = OBVIOUS_NOWHERE;

    *split = *end = OBVIOUS_NOWHERE;
    for (size_t at = from; at < o->subject.n && (at <= first_end || at <= without); at++) {
        positions ends = ends_of_split(o, from, at);

        if (ends && *split == OBVIOUS_NOWHERE) {
            *split = at;
            *end = highest(ends);
        }
        if (lowest(ends) < first_end)
            first_end = lowest(ends);
    }
    if (without < first_end) {
        *split = OBVIOUS_NOWHERE;
        *end = without;
    }
    return *end != OBVIOUS_NOWHERE;
}

bool obvious_may_split(struct obvious *o, size_t from, size_t split)
{
    return ends_of_split(o, from, split) != 0;
}

bool obvious_may_end(const struct obvious *o, size_t from, size_t end)
{
    return go(&o->of[ANY][o->tree->root], beginnings(o, from)) & bit(end);
}
