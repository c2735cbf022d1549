/*
 * The line that begins a recipe, `:0 flags : lockfile`, after expansion.
 */
#ifndef MAILWEIR_RECIPE_HEAD_H
#define MAILWEIR_RECIPE_HEAD_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* The letters of procmailrc(5), "Flags can be any of the following", as bits. */
enum head_flag {
    HEAD_H = 1 << 0,
    HEAD_B = 1 << 1,
    HEAD_D = 1 << 2,
    HEAD_A = 1 << 3,
    HEAD_a = 1 << 4,
    HEAD_h = 1 << 5,
    HEAD_b = 1 << 6,
    HEAD_f = 1 << 7,
    HEAD_c = 1 << 8,
    HEAD_w = 1 << 9,
    HEAD_W = 1 << 10,
    HEAD_i = 1 << 11,
    HEAD_E = 1 << 12,
    HEAD_e = 1 << 13,
    HEAD_r = 1 << 14,
};

struct head {
    unsigned flags;
    bool locks;           /* a colon asks for a local lock */
    struct span lockfile; /* its name; empty: to be derived */
    long conditions;      /* how many lines are conditions even without `*` (old syntax) */
    struct buf skipped;   /* what was not understood, words joined by blanks; free with buf_free */
};

/* `words` are the arguments of the line, each followed by a NUL byte, the first without blanks
 * before it.  head->lockfile borrows from them. */
void head_parse(struct head *head, struct span words);

/* As far as it can be told without expansion: the count of condition lines. */
long head_conditions(struct span raw);

#endif
