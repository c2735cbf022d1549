/*
 * Of two ways in one state the one that began first counts, and the ways are kept in that order, so each
 * state is entered once per byte.
 */
#include "pattern/trail.h"

#include <stdlib.h>

#include "base/mem.h"

enum { STEPS_MAX = 1 << 26 /* of all ways together: about a second */ };

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

/* Of two that came as far in the expression the first counts, and of one way its furthest place. */
static void note_miss(struct trail *t, uint32_t state, size_t begin, size_t at)
{
    uint32_t leaf = t->leaf[state];
    double rank;

    if (leaf == NONE || t->tree->nodes[leaf].kind == NODE_SPLIT)
        return;
    rank = t->rank[leaf];
    if (t->missed != NONE &&
        (rank < t->rank[t->missed] || (rank == t->rank[t->missed] && begin != t->miss_begin)))
        return;
    t->missed = leaf;
    t->miss_begin = begin;
    t->miss_end = at;
}

static void step(struct trail *t, size_t at, bool noting)
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
        else if (noting && !t->found)
            note_miss(t, state, begin, at);
    }
    t->steps += t->here.states.count;
    swap = t->next;
    t->next = t->here;
    t->here = swap;
}

bool trail_is_tired(const struct trail *trail)
{
    return trail->steps > STEPS_MAX;
}

void trail_follow(struct trail *t)
{
    const size_t last = t->subject.n - 1;

    for (size_t at = 0; at <= t->subject.n && !trail_is_tired(t); at++) {
        if (t->found && t->here.states.count == 0)
            return;
        if (!t->found && t->here.states.count == 0 && t->program.skips && at > 0 && at < last)
            at = program_skip(&t->program, &t->none, t->subject, at);
        if (!t->found)
            enter(t, &t->here, t->program.start, at, at);
        step(t, at, true);
        rest_after(&t->none.rest, 1);
    }
}

static bool is_at(const struct trail *t, uint32_t leaf)
{
    for (uint32_t i = 0; i < t->here.states.count; i++)
        if (t->leaf[t->here.states.list[i]] == leaf)
            return true;
    return false;
}

size_t trail_arrival(struct trail *t, uint32_t leaf, size_t begin, size_t end)
{
    t->steps = 0;
    stateset_clear(&t->here.states);
    enter(t, &t->here, t->program.start, begin, begin);
    for (size_t at = begin; at <= end && !trail_is_tired(t); at++) {
        if (is_at(t, leaf))
            return at;
        step(t, at, false);
        rest_after(&t->none.rest, 1);
    }
    return end;
}

void trail_init(struct trail *trail, const struct tree *tree, struct span subject, struct rest rest)
{
    *trail = (struct trail){.tree = tree, .subject = subject, .missed = NONE, .none.rest = rest};
    trail->leaf = program_make_with_leaves(&trail->program, tree);
    trail->rank = rank_nodes(tree);
    ways_init(&trail->here, &trail->program);
    ways_init(&trail->next, &trail->program);
}

void trail_free(struct trail *trail)
{
    ways_free(&trail->here);
    ways_free(&trail->next);
    free(trail->leaf);
    free(trail->rank);
    program_free(&trail->program);
}
