/*
 * From which states can a match still end?  Found out from the end of the text backwards: at each position
 * the set of states from which the final one can be reached.  With that nobody need follow ways that lead
 * nowhere to the end of the text in order to know that they do.
 *
 * The sets of all positions would be too many.  One in so many is kept, the others are made again from the
 * next one that is kept, a block at a time; with as many blocks as a block has positions both are few: for a
 * text of n bytes 2 * sqrt(n) sets.  The whole is two passes over the text, whoever asks from its beginning
 * to its end.
 */
#include "pattern/pattern-private.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct outlook {
    const struct program *program;
    struct span subject;
    struct rest *rest;
    uint32_t *before;    /* states that go on to a state, one list behind the other */
    uint32_t *before_at; /* by state: where its list begins; one more for the end of the last */
    size_t words;        /* of a set */
    size_t block;        /* positions in a block */
    uint64_t *kept;      /* sets at the beginnings of blocks */
    uint64_t *sets;      /* those of one block */
    size_t loaded;       /* its number, or SIZE_MAX */
    struct stateset here, next;
};

/* ---- who goes on to whom */

static unsigned followers(const struct state *state, uint32_t to[2])
{
    to[0] = state->x;
    to[1] = state->y;
    return state->kind == STATE_FINAL ? 0 : state->kind == STATE_FORK ? 2 : 1;
}

static void find_before(struct outlook *o)
{
    const struct program *program = o->program;
    uint32_t to[2];

    o->before_at = mem_alloc_array((size_t)program->count + 2, sizeof *o->before_at);
    o->before = mem_alloc_array(2 * (size_t)program->count, sizeof *o->before);
    for (uint32_t i = 0; i < program->count; i++)
        for (unsigned n = followers(&program->states[i], to); n-- > 0;)
            o->before_at[to[n] + 2]++;
    for (uint32_t i = 2; i <= program->count + 1; i++)
        o->before_at[i] += o->before_at[i - 1];
    for (uint32_t i = 0; i < program->count; i++)
        for (unsigned n = followers(&program->states[i], to); n-- > 0;)
            o->before[o->before_at[to[n] + 1]++] = i;
}

/* ---- one step back */

static bool passes(const struct outlook *o, const struct state *state, size_t at)
{
    return state->kind == STATE_FORK || state->kind == STATE_SPLIT ||
           (state->kind == STATE_END && at == o->subject.n - 1);
}

static bool takes(const struct outlook *o, const struct state *state, size_t at)
{
    return program_takes(o->program, state, (unsigned char)o->subject.p[at]) ||
           (at == 0 && state->kind == STATE_BEGIN);
}

/* o->here becomes the set at this position, from o->next behind it (at the end there is none). */
static void step_back(struct outlook *o, size_t at)
{
    const struct state *states = o->program->states;
    struct stateset *here = &o->here;

    stateset_clear(here);
    stateset_add(here, o->program->final);
    for (uint32_t i = 0; at < o->subject.n && i < o->next.count; i++)
        for (uint32_t n = o->before_at[o->next.list[i]]; n < o->before_at[o->next.list[i] + 1]; n++)
            if (takes(o, &states[o->before[n]], at))
                stateset_add(here, o->before[n]);
    for (uint32_t i = 0; i < here->count; i++)
        for (uint32_t n = o->before_at[here->list[i]]; n < o->before_at[here->list[i] + 1]; n++)
            if (passes(o, &states[o->before[n]], at))
                stateset_add(here, o->before[n]);
}

static void turn(struct outlook *o)
{
    struct stateset swap = o->next;

    o->next = o->here;
    o->here = swap;
}

/* ---- sets that are kept */

static void keep(const struct outlook *o, uint64_t *set)
{
    memset(set, 0, o->words * sizeof *set);
    for (uint32_t i = 0; i < o->next.count; i++)
        set[o->next.list[i] / 64] |= UINT64_C(1) << o->next.list[i] % 64;
}

static void recall(struct outlook *o, const uint64_t *set)
{
    stateset_clear(&o->next);
    for (uint32_t i = 0; i < o->program->count; i++)
        if (set[i / 64] >> i % 64 & 1)
            stateset_add(&o->next, i);
}

/* From the end of the text to its beginning. */
static void keep_beginnings(struct outlook *o)
{
    for (size_t at = o->subject.n + 1; at-- > 0;) {
        step_back(o, at);
        turn(o);
        if (at % o->block)
            continue;
        keep(o, o->kept + at / o->block * o->words);
        rest_after(o->rest, o->block);
    }
}

static void load(struct outlook *o, size_t number)
{
    size_t from = number * o->block, end = from + o->block;

    if (end <= o->subject.n)
        recall(o, o->kept + (number + 1) * o->words);
    else
        end = o->subject.n + 1;
    for (size_t at = end; at-- > from;) {
        step_back(o, at);
        turn(o);
        keep(o, o->sets + (at - from) * o->words);
    }
    o->loaded = number;
    rest_after(o->rest, end - from);
}

/* ---- the whole */

struct outlook *outlook_new(const struct program *program, struct span subject, struct rest *rest)
{
    struct outlook *o = mem_alloc(sizeof *o);

    *o = (struct outlook){
        .program = program, .subject = subject, .rest = rest, .block = 1, .loaded = SIZE_MAX};
    while (o->block * o->block < subject.n)
        o->block *= 2;
    o->words = program->count / 64 + 1;
    find_before(o);
    stateset_init(&o->here, program);
    stateset_init(&o->next, program);
    o->kept = mem_alloc_array((subject.n / o->block + 1) * o->words, sizeof *o->kept);
    o->sets = mem_alloc_array(o->block * o->words, sizeof *o->sets);
    keep_beginnings(o);
    return o;
}

void outlook_free(struct outlook *o)
{
    if (!o)
        return;
    stateset_free(&o->here);
    stateset_free(&o->next);
    free(o->before);
    free(o->before_at);
    free(o->kept);
    free(o->sets);
    free(o);
}

bool outlook_is_of(const struct outlook *o, struct span subject)
{
    return o && o->subject.p == subject.p && o->subject.n == subject.n;
}

bool outlook_reaches(struct outlook *o, size_t at, uint32_t state)
{
    if (at / o->block != o->loaded)
        load(o, at / o->block);
    return o->sets[at % o->block * o->words + state / 64] >> state % 64 & 1;
}
