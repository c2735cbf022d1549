/*
 * How an expression fared on a text, told to people: where it matched, or, where it did not, the nearest
 * miss.
 *
 * The nearest miss is the way that came furthest in the expression: not in the text, so `.*` that runs to the
 * end of its line is no progress, nor is an item that may be left out; of the branches of an alternation the
 * one that agreed with most counts.  Of several that came as far it is the one with most text, then the
 * first.
 *
 * Offsets are bytes in the text that pattern_new() was given.  A part of the text begins with the newline
 * that a leading `^` took, and ends with the one that `$` took, unless these are the two outside the text:
 * pattern_account_shown() leaves them out.
 *
 * It takes time linear in the text and rests as the other searches do; no text is too large, but a search for
 * the nearest miss gives up looking for a nearer one in time (is_cut).
 */
#ifndef MAILWEIR_PATTERN_ACCOUNT_H
#define MAILWEIR_PATTERN_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "pattern/pattern.h"

struct pattern_account {
    bool matched; /* as pattern_matches() says */

    /* matched */
    struct span where; /* the first match (leftmost, then longest) */
    struct span match; /* as pattern_extract() gives it, SPAN_NULL without `\/` */

    /* not matched: the nearest miss */
    struct span got;      /* what agreed with the beginning of the expression; it may be empty */
    struct span instead;  /* what stands behind it, at most to the end of the line and a few words */
    size_t agreed;        /* bytes of the expression, from its start, that were behind the way */
    size_t wanted_at;     /* the item that nothing fitted: `e`, `\.`, `[a-z]`, without its operator */
    size_t wanted_length; /* 0: there is none, as in an expression of an empty class */
    size_t wanted_run;    /* from wanted_at on, with the plain characters that follow: `org` of `\.org` */
    bool at_end;          /* the text ended there */
    bool case_differs;    /* what stands there would fit if case did not matter: flag D */
    bool lacks_field;     /* the expression begins with `^Name:`, and no line of the text does */
    size_t name_length;   /* bytes of `^Name:` at its beginning, or 0 */
    bool is_cut;          /* the text was too large to look at all of it */
};

void pattern_account(const struct pattern *pattern, struct span text, struct pattern_account *account);

/* Without a newline at its beginning and at its end. */
struct span pattern_account_shown(struct span part);

#endif
