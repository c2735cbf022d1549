/*
 * What a pattern with `\/` finds: all ways of matching are followed at the same time, byte
 * by byte.
 *
 * Those that have not passed `\/` yet (`before`) need no memory: where they began does not
 * matter.  Those that have (`behind`) carry the position at which they did, and of two in
 * the same state the earlier one counts.  `behind` is kept in ascending order of that
 * position, so the first to reach a state is the one that counts, and each state is
 * entered once per byte.
 *
 * When a match ends, all ways whose position is later, or that have none, are given up; the
 * others may still make it longer.  So the earliest `\/` wins, then the latest end.  This
 * holds with several `\/` in one pattern too, where a way that passes another one takes its
 * position: then the parts of 3.22's answer stem from different ways, as they do here.
 */
#include "pattern/pattern-private.h"

#include <stdlib.h>

#include "base/mem.h"

enum { LOOKS_MAX = 4 }; /* at each byte, before an outlook is made */

struct ways {
    struct stateset states;
    size_t *split; /* by place in states.list; not used for `before` */
};

struct extract {
    const struct program *program;
    struct literal *literal;
    struct ways behind, behind_next;
    struct ways before, before_next;
    struct stateset passing; /* states right behind a `\/` that is being passed */
    bool skips;
    size_t looked_at;        /* bytes, in all searches of this series */
    struct outlook *outlook; /* NULL until the series looks at the same bytes again and again */
    bool uses_outlook;       /* in this search */
};

/* What came up while the ways went on by one byte. */
struct arrival {
    size_t at;
    bool at_end;       /* of the text: `^^` may match */
    bool past_end;     /* behind the newline behind the text: no `\/` is seen any more */
    bool final;        /* a way behind `\/` is at its end */
    bool final_before; /* one that passed none */
    size_t split;      /* of the first that is final */
};

static void ways_init(struct ways *ways, const struct program *program)
{
    stateset_init(&ways->states, program);
    ways->split = mem_alloc_array(program->count, sizeof *ways->split);
}

static void ways_free(struct ways *ways)
{
    stateset_free(&ways->states);
    free(ways->split);
}

/* Ways behind `\/` decide how far must be looked ahead: those that lead nowhere are left out, where known. */
static bool is_futile(const struct extract *x, const struct ways *ways, uint32_t state, size_t at)
{
    return x->uses_outlook && ways == &x->behind_next && !outlook_reaches(x->outlook, at, state);
}

static void add_way(struct extract *x, struct ways *ways, uint32_t state, size_t split, size_t at)
{
    if (!is_futile(x, ways, state, at) && stateset_add(&ways->states, state))
        ways->split[ways->states.count - 1] = split;
}

/* Adds the state and all that it reaches without taking a byte.  True: the final one too. */
static bool enter(struct extract *x, struct ways *ways, uint32_t state, size_t split,
                  const struct arrival *now)
{
    uint32_t i = ways->states.count;
    bool final = false;

    add_way(x, ways, state, split, now->at);
    for (; i < ways->states.count; i++) {
        const struct state *s = &x->program->states[ways->states.list[i]];

        if (s->kind == STATE_FINAL)
            final = true;
        else if (s->kind == STATE_SPLIT && !now->past_end)
            stateset_add(&x->passing, s->x);
        else if (s->kind == STATE_SPLIT || (s->kind == STATE_END && now->at_end))
            add_way(x, ways, s->x, split, now->at);
        else if (s->kind == STATE_FORK) {
            add_way(x, ways, s->x, split, now->at);
            add_way(x, ways, s->y, split, now->at);
        }
    }
    return final;
}

static bool takes(const struct extract *x, uint32_t at, unsigned char c, bool begins)
{
    const struct state *state = &x->program->states[at];

    return program_takes(x->program, state, c) || (begins && state->kind == STATE_BEGIN);
}

static void step_behind(struct extract *x, unsigned char c, bool begins, struct arrival *now)
{
    const struct ways *ways = &x->behind;

    for (uint32_t i = 0; i < ways->states.count; i++) {
        uint32_t at = ways->states.list[i];

        if (now->final && ways->split[i] > now->split)
            return;
        if (!takes(x, at, c, begins))
            continue;
        if (enter(x, &x->behind_next, x->program->states[at].x, ways->split[i], now) && !now->final) {
            now->final = true;
            now->split = ways->split[i];
        }
    }
}

static void step_before(struct extract *x, unsigned char c, bool begins, struct arrival *now)
{
    const struct stateset *states = &x->before.states;

    for (uint32_t i = 0; i < states->count; i++)
        if (takes(x, states->list[i], c, begins))
            now->final_before |=
                enter(x, &x->before_next, x->program->states[states->list[i]].x, SIZE_MAX, now);
}

static void begin_way(struct extract *x, struct arrival *now)
{
    now->final_before |= enter(x, &x->before_next, x->program->start, SIZE_MAX, now);
}

/* Entering one may add to the others: `\/` may stand behind `\/`. */
static void pass_splits(struct extract *x, struct arrival *now)
{
    for (uint32_t i = 0; i < x->passing.count; i++)
        if (enter(x, &x->behind_next, x->passing.list[i], now->at, now) && !now->final) {
            now->final = true;
            now->split = now->at;
        }
}

static void swap(struct ways *a, struct ways *b)
{
    struct ways c = *a;

    *a = *b;
    *b = c;
    stateset_clear(&b->states);
}

/* True when the search is over. */
static bool settle(struct extract *x, const struct arrival *now, struct found *found, bool *is_found)
{
    swap(&x->behind, &x->behind_next);
    swap(&x->before, &x->before_next);
    stateset_clear(&x->passing);
    if (now->final) {
        if (!*is_found || now->split < found->split)
            found->split = now->split;
        found->end = now->at;
        *is_found = true;
    } else if (now->final_before && !*is_found) {
        *found = (struct found){SIZE_MAX, now->at};
        *is_found = true;
        return true;
    }
    if (*is_found)
        stateset_clear(&x->before.states);
    return *is_found && x->behind.states.count == 0;
}

/* Where nothing else is on its way.  True when the search is over. */
static bool begin_here(struct extract *x, struct arrival *now, struct found *found, bool *is_found)
{
    begin_way(x, now);
    pass_splits(x, now);
    return settle(x, now, found, is_found);
}

static void clear(struct extract *x)
{
    stateset_clear(&x->behind.states);
    stateset_clear(&x->before.states);
    stateset_clear(&x->passing);
}

static bool is_idle(const struct extract *x)
{
    return x->skips && x->behind.states.count == 0 && x->before.states.count == 0;
}

/* Can a match begin with this byte? */
static bool may_begin(const struct extract *x, unsigned char c)
{
    return !x->program->skips || byteset_has(&x->program->first, c);
}

void extract_begin(struct extract *x)
{
    outlook_free(x->outlook);
    x->outlook = NULL;
    x->looked_at = 0;
}

/* Mostly no hit needs a look far beyond its end, and then an outlook is not worth its making. */
static void look_out(struct extract *x, struct span subject)
{
    if (!x->outlook && x->looked_at / LOOKS_MAX > subject.n)
        x->outlook = outlook_new(x->program, subject, &x->literal->rest);
    x->uses_outlook = outlook_is_of(x->outlook, subject);
}

bool extract_find(struct extract *x, struct span subject, size_t from, bool begins, struct found *found)
{
    const unsigned char *p = (const unsigned char *)subject.p;
    const size_t last = subject.n - 1;
    struct arrival now = {.at = from, .at_end = from == last};
    bool is_found = false;

    look_out(x, subject);
    clear(x);
    if (begin_here(x, &now, found, &is_found))
        return true;
    for (size_t at = from; at < subject.n; at++, begins = false) {
        if (!begins && !is_found && at < last && is_idle(x)) {
            at = program_skip(x->program, x->literal, subject, at);
            if (at == last)
                break; /* nothing begins there, but for the first way */
            now = (struct arrival){.at = at};
            begin_here(x, &now, found, &is_found);
        }
        now = (struct arrival){.at = at + 1, .at_end = at + 1 == last, .past_end = at == last};
        step_behind(x, p[at], begins, &now);
        if (!now.final && !is_found) {
            step_before(x, p[at], begins, &now);
            if (now.at < last && may_begin(x, p[now.at]))
                begin_way(x, &now);
        }
        pass_splits(x, &now);
        rest_after(&x->literal->rest, 1);
        if (settle(x, &now, found, &is_found))
            break;
    }
    x->looked_at += now.at - from;
    return is_found;
}

struct extract *extract_new(const struct program *program, struct literal *literal)
{
    struct extract *x = mem_alloc(sizeof *x);

    x->program = program;
    x->literal = literal;
    x->skips = literal->leads || program->skips;
    ways_init(&x->behind, program);
    ways_init(&x->behind_next, program);
    ways_init(&x->before, program);
    ways_init(&x->before_next, program);
    stateset_init(&x->passing, program);
    return x;
}

void extract_free(struct extract *x)
{
    if (!x)
        return;
    ways_free(&x->behind);
    ways_free(&x->behind_next);
    ways_free(&x->before);
    ways_free(&x->before_next);
    stateset_free(&x->passing);
    outlook_free(x->outlook);
    free(x);
}
