/*
 * Where the first match ends, by an automaton that is made while it runs: each of its
 * states is a set of states of the program, and what a byte does to such a set is found out
 * once and kept.  What is kept has a limit; when it is met all is forgotten and the search
 * goes on, so each byte costs a step through the program at worst.
 */
#include "pattern/pattern-private.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
    SETS_MAX = 1000,
    POOL_MAX = 1 << 20, /* program states in all sets together */
    HASH_SIZE = 2048,   /* a power of two, well above SETS_MAX */
    SORT_MAX = 64,      /* states that are sorted by comparing them */
};

#define FINAL (NONE - 1)

/* A set of program states, those that take a byte, in ascending order. */
struct set {
    uint32_t at, n; /* in the pool */
    bool ends;      /* matches where the text ends */
};

struct search {
    const struct program *program;
    struct literal *literal;
    bool skips;
    unsigned char class_of[256]; /* bytes that no state tells apart share one */
    unsigned classes;
    struct set *sets;
    uint32_t count, room;
    uint32_t *next; /* [set][class]: a set, FINAL, or NONE: not known yet */
    uint32_t *pool;
    size_t pool_count, pool_room;
    uint32_t *hash;  /* sets, or NONE */
    uint64_t *marks; /* a bit for each state of the program, for sorting */
    uint32_t idle;   /* the set in which nothing has begun, or NONE: not known */
    unsigned round;  /* how often all was forgotten */
    struct stateset work;
};

/* ---- classes of bytes */

static void divide(struct search *s, const struct byteset *by)
{
    uint32_t fresh[256];
    unsigned known = s->classes;
    bool out[256] = {false};

    memset(fresh, 0xff, sizeof fresh);
    for (unsigned c = 0; c < 256; c++)
        out[s->class_of[c]] |= !byteset_has(by, (unsigned char)c);
    for (unsigned c = 0; c < 256; c++) {
        unsigned old = s->class_of[c];

        if (old >= known || !out[old] || !byteset_has(by, (unsigned char)c))
            continue;
        if (fresh[old] == NONE)
            fresh[old] = s->classes++;
        s->class_of[c] = (unsigned char)fresh[old];
    }
}

static void find_classes(struct search *s)
{
    struct byteset bytes = {{0}};

    s->classes = 1;
    for (uint32_t i = 0; i < s->program->count; i++) {
        const struct state *state = &s->program->states[i];

        if (state->kind == STATE_BYTE)
            byteset_add(&bytes, state->byte);
        else if (state->kind == STATE_SET)
            divide(s, &s->program->sets[state->y]);
    }
    for (unsigned c = 0; c < 256; c++) {
        struct byteset single = {{0}};

        if (!byteset_has(&bytes, (unsigned char)c))
            continue;
        byteset_add(&single, (unsigned char)c);
        if (s->program->fold['A'] == 'a')
            byteset_add(&single, byte_upper((unsigned char)c));
        divide(s, &single);
    }
}

/* ---- sets that are known */

static uint32_t lowest_bit(uint64_t word)
{
    uint32_t n = 0;

    for (unsigned width = 32; width; width /= 2)
        if (!(word & ((UINT64_C(1) << width) - 1))) {
            n += width;
            word >>= width;
        }
    return n;
}

static int compare_states(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* A large set is sorted in time that grows as the program does, no faster. */
static void sort_states(struct search *s, uint32_t *states, uint32_t n)
{
    uint32_t words = s->program->count / 64 + 1, kept = 0;

    if (n < SORT_MAX || n < words / 16) {
        qsort(states, n, sizeof *states, compare_states);
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        s->marks[states[i] / 64] |= UINT64_C(1) << states[i] % 64;
    for (uint32_t word = 0; word < words; word++)
        for (; s->marks[word]; s->marks[word] &= s->marks[word] - 1)
            states[kept++] = word * 64 + lowest_bit(s->marks[word]);
}

static uint32_t hash_of(const uint32_t *states, uint32_t n, bool ends)
{
    uint32_t h = 2166136261u + ends;

    for (uint32_t i = 0; i < n; i++)
        h = (h ^ states[i]) * 16777619u;
    return h ^ h >> 15;
}

static void forget_all(struct search *s)
{
    s->count = 0;
    s->pool_count = 0;
    s->idle = NONE;
    s->round++;
    memset(s->hash, 0xff, HASH_SIZE * sizeof *s->hash);
}

static void reserve(struct search *s, uint32_t n)
{
    if (s->count == SETS_MAX || (s->count && s->pool_count + n > POOL_MAX))
        forget_all(s);
    if (s->count == s->room) {
        s->room = s->room ? s->room * 2 : 16;
        s->sets = mem_realloc(s->sets, s->room * sizeof *s->sets);
        s->next = mem_realloc(s->next, (size_t)s->room * s->classes * sizeof *s->next);
    }
    if (s->pool_count + n > s->pool_room) {
        s->pool_room = (s->pool_count + n) * 2;
        s->pool = mem_realloc(s->pool, s->pool_room * sizeof *s->pool);
    }
}

static uint32_t *find_slot(struct search *s, const uint32_t *states, uint32_t n, bool ends)
{
    uint32_t h = hash_of(states, n, ends);

    for (;; h++) {
        uint32_t *slot = &s->hash[h & (HASH_SIZE - 1)];
        const struct set *set;

        if (*slot == NONE)
            return slot;
        set = &s->sets[*slot];
        if (set->n == n && set->ends == ends && memcmp(s->pool + set->at, states, n * sizeof *states) == 0)
            return slot;
    }
}

/* The set of these states, made known when it is not. */
static uint32_t get_set(struct search *s, uint32_t *states, uint32_t n, bool ends)
{
    uint32_t *slot;

    sort_states(s, states, n);
    slot = find_slot(s, states, n, ends);
    if (*slot != NONE)
        return *slot;
    reserve(s, n);
    slot = find_slot(s, states, n, ends); /* all may have been forgotten */
    *slot = s->count;
    memcpy(s->pool + s->pool_count, states, n * sizeof *states);
    s->sets[s->count] = (struct set){(uint32_t)s->pool_count, n, ends};
    s->pool_count += n;
    memset(s->next + (size_t)s->count * s->classes, 0xff, s->classes * sizeof *s->next);
    return s->count++;
}

/* ---- steps */

/* s->work with all that it reaches without taking a byte; it becomes a set, or FINAL. */
static uint32_t close_work(struct search *s)
{
    struct stateset *work = &s->work;
    uint32_t kept = 0;
    bool ends = false;

    for (uint32_t i = 0; i < work->count; i++) {
        uint32_t at = work->list[i];
        const struct state *state = &s->program->states[at];

        switch (state->kind) {
        case STATE_FINAL:
            return FINAL;
        case STATE_FORK:
            stateset_add(work, state->x);
            stateset_add(work, state->y);
            break;
        case STATE_SPLIT:
            stateset_add(work, state->x);
            break;
        case STATE_END:
            ends = true;
            break;
        default:
            work->list[kept++] = at;
            break;
        }
    }
    return get_set(s, work->list, kept, ends);
}

static uint32_t step(struct search *s, uint32_t from, unsigned char c, bool begins)
{
    struct set set = s->sets[from];
    bool idle;
    uint32_t to;

    stateset_clear(&s->work);
    for (uint32_t i = 0; i < set.n; i++) {
        const struct state *state = &s->program->states[s->pool[set.at + i]];

        if (program_takes(s->program, state, c) || (begins && state->kind == STATE_BEGIN))
            stateset_add(&s->work, state->x);
    }
    idle = s->work.count == 0;
    stateset_add(&s->work, s->program->start);
    to = close_work(s);
    if (idle && s->skips)
        s->idle = to;
    return to;
}

static uint32_t step_once(struct search *s, uint32_t from, unsigned char c)
{
    size_t at = (size_t)from * s->classes + s->class_of[c];
    unsigned round = s->round;
    uint32_t to = s->next[at];

    if (to != NONE)
        return to;
    to = step(s, from, c, false);
    if (s->round == round)
        s->next[at] = to;
    return to;
}

static uint32_t idle_set(struct search *s)
{
    stateset_clear(&s->work);
    stateset_add(&s->work, s->program->start);
    return close_work(s);
}

/* Goes on from *at while it is known how, at most to `last`. */
static uint32_t run_known(const struct search *s, uint32_t set, const unsigned char *p, size_t *at,
                          size_t last)
{
    size_t i = *at;

    while (i < last) {
        uint32_t to = s->next[(size_t)set * s->classes + s->class_of[p[i]]];

        if (to >= FINAL)
            break;
        set = to;
        i++;
        if (set == s->idle)
            break;
    }
    *at = i;
    return set;
}

size_t search_end(struct search *s, struct span subject, size_t at, bool begins)
{
    const unsigned char *p = (const unsigned char *)subject.p;
    const size_t last = subject.n - 1; /* the newline behind the text */
    uint32_t set = idle_set(s);
    size_t before;

    while (set != FINAL) {
        if (at == last && s->sets[set].ends)
            return at;
        if (at > last)
            return SIZE_MAX;
        if (begins) {
            set = step(s, set, p[at++], true);
            begins = false;
            continue;
        }
        if (set == s->idle)
            at = program_skip(s->program, s->literal, subject, at);
        before = at;
        set = run_known(s, set, p, &at, last - at < REST_AFTER ? last : at + REST_AFTER);
        rest_after(&s->literal->rest, at - before);
        if (at > before && set == s->idle)
            continue;
        if (at < last || !s->sets[set].ends)
            set = step_once(s, set, p[at++]);
    }
    return at;
}

struct search *search_new(const struct program *program, struct literal *literal)
{
    struct search *s = mem_alloc(sizeof *s);

    s->program = program;
    s->literal = literal;
    s->skips = literal->leads || program->skips;
    find_classes(s);
    stateset_init(&s->work, program);
    s->hash = mem_alloc_array(HASH_SIZE, sizeof *s->hash);
    s->marks = mem_alloc_array(program->count / 64 + 1, sizeof *s->marks);
    forget_all(s);
    return s;
}

void search_free(struct search *s)
{
    if (!s)
        return;
    stateset_free(&s->work);
    free(s->hash);
    free(s->marks);
    free(s->pool);
    free(s->next);
    free(s->sets);
    free(s);
}
