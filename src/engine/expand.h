/*
 * Expansion of words: variables, backquotes, quotes (procmailrc(5), "Environment variable
 * assignments and substitutions").
 */
#ifndef MAILWEIR_ENGINE_EXPAND_H
#define MAILWEIR_ENGINE_EXPAND_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"
#include "recipe/word.h"

struct run;

struct expansion {
    struct buf bytes; /* of arguments: each with a NUL behind it; else one text */
    size_t all_at;    /* offset at which "$@" stands, or EXPANSION_NO_ALL */
};

#define EXPANSION_NO_ALL ((size_t)-1)

/* Expands raw text; `before` bytes of LINEBUF are used up already.  False: it did not fit, which
 * is told and noted (PROCMAIL_OVERFLOW); the result is then of no use. */
bool expand(struct run *run, struct span raw, enum word_mode mode, size_t before, struct expansion *out);

/* What is passed over: no values, no commands; its length and its faults are told all the same. */
bool expand_unread(struct run *run, struct span raw, enum word_mode mode, size_t before, struct expansion *out);

/* As expand, of arguments whose first word begins with `prefix` as it stands. */
bool expand_behind(struct run *run, struct span prefix, struct span raw, struct expansion *out);

/* Splits at blanks and newlines and nothing else; each part with a NUL behind it. */
void expand_split(struct span text, struct buf *to);

void expansion_init(struct expansion *expansion);
void expansion_free(struct expansion *expansion);

#endif
