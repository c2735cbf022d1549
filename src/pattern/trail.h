/*
 * All ways to match, followed at the same time, byte by byte, each with the place where it began; for
 * pattern/account.c.  Positions are in the subject, see pattern-private.h.
 */
#ifndef MAILWEIR_PATTERN_TRAIL_H
#define MAILWEIR_PATTERN_TRAIL_H

#include "pattern/pattern-private.h"

struct ways {
    struct stateset states;
    size_t *begin; /* by place in states.list */
};

struct trail {
    const struct tree *tree;
    struct span subject;
    struct program program;
    uint32_t *leaf; /* by state */
    double *rank;   /* by node */
    struct ways here, next;
    struct literal none; /* to be looked for first: a miss need not hold what a match must */
    size_t steps;

    bool found; /* the first match, so far: leftmost, then longest */
    size_t begin, end;

    uint32_t missed; /* the leaf wanted by the nearest miss, or NONE */
    size_t miss_begin, miss_end;
};

void trail_init(struct trail *trail, const struct tree *tree, struct span subject, struct rest rest);
void trail_free(struct trail *trail);

/* Follows them to the end, or until it is tired. */
void trail_follow(struct trail *trail);
bool trail_is_tired(const struct trail *trail); /* there was more text than can be looked at in time */

/* Where a way that began at `begin` first came to the leaf; `end`, where one did, if it is tired before. */
size_t trail_arrival(struct trail *trail, uint32_t leaf, size_t begin, size_t end);

#endif
