/*
 * All ways are followed at the same time, byte by byte; each carries where it began.  Of two in one state the
 * one that began first counts, and the ways are kept in that order, so each state is entered once per byte.
 */
#include "pattern/account.h"

#include <stdlib.h>

#include "base/mem.h"
#include "pattern/pattern-private.h"

enum {
    STEPS_MAX = 1 << 28, /* of all ways together, in search of the nearest miss */
    INSTEAD_MAX = 60,
};

struct ways {
    struct stateset states;
    size_t *begin; /* by place in states.list */
};

struct trail {
    const struct tree *tree;
    struct span subject;
    struct literal none; /* to be looked for first: a miss need not hold what a match must */
    struct program program;
    uint32_t *leaf; /* by state */
    double *rank;   /* by node */
    struct ways here, next;
    bool matches; /* told beforehand */
    bool found;   /* the first match, so far */
    size_t begin, end;
    uint32_t missed; /* the leaf wanted by the nearest miss, or NONE */
    size_t miss_begin, miss_end;
    size_t steps;
};

static void ways_init(struct ways *ways, const struct program *program)
{
    stateset_init(&ways->states, program);
    ways->begin = mem_alloc_array(program->count, sizeof *ways->begin);
}

static void ways_free(struct ways *ways)
{
    stateset_free(&ways->states);
    free(ways->begin);
}

static void add_way(struct ways *ways, uint32_t state, size_t begin)
{
    if (stateset_add(&ways->states, state))
        ways->begin[ways->states.count - 1] = begin;
}

static void note_match(struct trail *t, size_t begin, size_t at)
{
    if (t->found && begin > t->begin)
        return;
    t->found = true;
    t->begin = begin;
    t->end = at;
}

/* Adds the state and all that it reaches without taking a byte. */
static void enter(struct trail *t, struct ways *ways, uint32_t state, size_t begin, size_t at)
{
    uint32_t i = ways->states.count;

    add_way(ways, state, begin);
    for (; i < ways->states.count; i++) {
        const struct state *s = &t->program.states[ways->states.list[i]];

        if (s->kind == STATE_FINAL)
            note_match(t, begin, at);
        else if (s->kind == STATE_FORK) {
            add_way(ways, s->x, begin);
            add_way(ways, s->y, begin);
        } else if (s->kind == STATE_SPLIT || (s->kind == STATE_END && at == t->subject.n - 1))
            add_way(ways, s->x, begin);
    }
}

static bool takes(const struct trail *t, const struct state *state, size_t at)
{
    if (at == t->subject.n)
        return false;
    return program_takes(&t->program, state, (unsigned char)t->subject.p[at]) ||
           (at == 0 && state->kind == STATE_BEGIN);
}

static void note_miss(struct trail *t, uint32_t state, size_t begin, size_t at)
{
    uint32_t leaf = t->leaf[state];
    double rank;

    if (t->matches || leaf == NONE || t->program.states[state].kind == STATE_SPLIT ||
        t->program.states[state].kind == STATE_FORK)
        return;
    rank = t->rank[leaf];
    if (t->missed != NONE && (rank < t->rank[t->missed] ||
                              (rank == t->rank[t->missed] && at - begin <= t->miss_end - t->miss_begin)))
        return;
    t->missed = leaf;
    t->miss_begin = begin;
    t->miss_end = at;
}

static void step(struct trail *t, size_t at)
{
    struct ways swap;

    stateset_clear(&t->next.states);
    for (uint32_t i = 0; i < t->here.states.count; i++) {
        uint32_t state = t->here.states.list[i];
        size_t begin = t->here.begin[i];

        if (t->found && begin > t->begin)
            break;
        if (takes(t, &t->program.states[state], at))
            enter(t, &t->next, t->program.states[state].x, begin, at + 1);
        else
            note_miss(t, state, begin, at);
    }
    t->steps += t->here.states.count;
    swap = t->next;
    t->next = t->here;
    t->here = swap;
}

static bool is_tired(const struct trail *t)
{
    return !t->matches && t->steps > STEPS_MAX;
}

static void follow(struct trail *t)
{
    const size_t last = t->subject.n - 1;

    for (size_t at = 0; at <= t->subject.n && !is_tired(t); at++) {
        if (t->found && t->here.states.count == 0)
            return;
        if (!t->found && t->here.states.count == 0 && t->program.skips && at > 0 && at < last)
            at = program_skip(&t->program, &t->none, t->subject, at);
        if (!t->found)
            enter(t, &t->here, t->program.start, at, at);
        step(t, at);
        rest_after(&t->none.rest, 1);
    }
}

/* ---- telling it */

/* The alternation that begins with this leaf, or the leaf. */
static const struct node *item_of(const struct tree *tree, uint32_t leaf)
{
    const struct node *item = &tree->nodes[leaf];

    for (uint32_t child = leaf, parent; (parent = tree->nodes[child].parent) != NONE; child = parent) {
        if (tree->nodes[parent].first != child)
            break;
        if (tree->nodes[parent].kind == NODE_CHOICE)
            item = &tree->nodes[parent];
    }
    return item;
}

static bool is_plain(const struct node *node)
{
    return node->kind == NODE_BYTE && node->byte != '\n';
}

static size_t run_of(const struct tree *tree, const struct node *item)
{
    size_t end = (size_t)item->at + item->n;

    for (const struct node *node = item; is_plain(node) && node->next != NONE;) {
        node = &tree->nodes[node->next];
        if (!is_plain(node) || node->at != end)
            break;
        end += node->n;
    }
    return end - item->at;
}

/* The `:` of an expression that begins with `^Name:`, or NONE. */
static uint32_t name_end(const struct tree *tree)
{
    const struct node *root = &tree->nodes[tree->root];
    uint32_t at = root->kind == NODE_SEQUENCE ? root->first : NONE;

    if (at == NONE || tree->nodes[at].kind != NODE_BYTE || tree->nodes[at].byte != '\n')
        return NONE;
    while ((at = tree->nodes[at].next) != NONE && is_plain(&tree->nodes[at]) && tree->nodes[at].byte > ' ')
        if (tree->nodes[at].byte == ':')
            return at;
    return NONE;
}

static bool fits_in_other_case(const struct tree *tree, const struct node *leaf, unsigned char c)
{
    if (leaf->kind == NODE_SET)
        return byteset_has(&tree->sets[leaf->set], byte_lower(c)) ||
               byteset_has(&tree->sets[leaf->set], byte_upper(c));
    return leaf->kind == NODE_BYTE && byte_lower(leaf->byte) == byte_lower(c);
}

static size_t instead_end(const struct trail *t)
{
    size_t at = t->miss_end;

    while (at < t->subject.n && at - t->miss_end < INSTEAD_MAX && t->subject.p[at] != '\n')
        at++;
    return at;
}

static void tell_miss(const struct trail *t, struct span text, struct pattern_account *account)
{
    const struct node *leaf = &t->tree->nodes[t->missed], *item = item_of(t->tree, t->missed);
    uint32_t name = name_end(t->tree);

    account->got = text_between(text, t->miss_begin, t->miss_end);
    account->instead = text_between(text, t->miss_end, instead_end(t));
    account->agreed = account->wanted_at = item->at;
    account->wanted_length = item->n;
    account->wanted_run = run_of(t->tree, item);
    account->at_end = t->miss_end >= t->subject.n - 1;
    account->case_differs =
        !account->at_end && fits_in_other_case(t->tree, leaf, (unsigned char)t->subject.p[t->miss_end]);
    account->is_cut = is_tired(t);
    if (name == NONE)
        return;
    account->name_length = (size_t)t->tree->nodes[name].at + t->tree->nodes[name].n;
    account->lacks_field = !account->is_cut && t->rank[t->missed] <= t->rank[name];
}

static void trail_free(struct trail *t)
{
    ways_free(&t->here);
    ways_free(&t->next);
    free(t->leaf);
    free(t->rank);
    program_free(&t->program);
}

void pattern_account(const struct pattern *pattern, struct span text, struct pattern_account *account)
{
    struct trail t = {.tree = pattern_tree(pattern), .subject = subject_of(text), .missed = NONE};

    *account = (struct pattern_account){.matched = pattern_matches(pattern, text)};
    if (account->matched && pattern_extracts(pattern))
        pattern_extract(pattern, text, &account->match);
    t.matches = account->matched;
    t.none.rest = pattern_rest(pattern);
    t.leaf = program_make_with_leaves(&t.program, t.tree);
    t.rank = rank_nodes(t.tree);
    ways_init(&t.here, &t.program);
    ways_init(&t.next, &t.program);
    follow(&t);
    if (t.found)
        account->where = text_between(text, t.begin, t.end);
    else if (t.missed != NONE)
        tell_miss(&t, text, account);
    trail_free(&t);
}

struct span pattern_account_shown(struct span part)
{
    if (part.n && part.p[0] == '\n')
        part = span_from(part, 1);
    if (part.n && part.p[part.n - 1] == '\n')
        part.n--;
    return part;
}
