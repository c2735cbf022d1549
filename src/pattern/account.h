/*
 * How an expression fared on a text, told to people: where it matched, or, where it did not, the nearest
 * miss.
 *
 * The nearest miss is the way that came furthest in the expression: not in the text, so `.*` that runs to the
 * end of its line is no progress, nor is an item that may be left out; of the branches of an alternation the
 * one that agreed with most counts.  Of several that came as far it is the first.  A few letters that agree
 * by chance are not told: of `foo` that may stand anywhere, `fo` is no part.
 *
 * Offsets are bytes in the text that pattern_new() was given.  A part of the text begins with the newline
 * that a leading `^` took, and ends with the one that `$` took, unless these are the two outside the text:
 * pattern_account_shown() leaves them out.
 *
 * It takes time linear in the text and rests as the other searches do; it gives up on very much text in time
 * (is_cut).
 */
#ifndef MAILWEIR_PATTERN_ACCOUNT_H
#define MAILWEIR_PATTERN_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "pattern/pattern.h"

/* Where the text stands, or should, that nothing agreed with. */
enum pattern_place {
    PATTERN_HERE,       /* right behind what agreed */
    PATTERN_ANYWHERE,   /* anywhere behind it, as behind `.*`, or in the text if nothing agreed */
    PATTERN_LINE_START, /* at the beginning of a line */
    PATTERN_TEXT_START, /* at the beginning of the text */
};

struct pattern_account {
    bool matched; /* as pattern_matches() says */
    bool is_cut; /* there was too much text: matched, .where is empty and stands where a match ends first; not
                    matched, only a part of the text was looked at for the nearest miss */

    /* matched */
    struct span where; /* the first match (leftmost, then longest) */
    struct span match; /* as pattern_extract() gives it, SPAN_NULL without `\/` */

    /* not matched: the nearest miss */
    struct span got;     /* what agreed with the beginning of the expression; it may be empty */
    struct span instead; /* what stands behind it in its line */
    size_t wanted_at; /* what nothing fitted: a run of plain characters, or an item without its operator: */
    size_t wanted_length; /* `.org`, `[a-z]`, `spam|junk`; 0: an expression in which nothing can fit */
    bool wanted_plain;    /* it is plain characters, some perhaps with a backslash before them */
    enum pattern_place place;
    bool at_end;        /* the text ended there */
    bool lacks_field;   /* the expression begins with `^Name:`, and no line of the text does */
    size_t name_length; /* bytes of `^Name:` at its beginning, or 0 */
};

/* Of a pattern made with PATTERN_ACCOUNT. */
void pattern_account(const struct pattern *pattern, struct span text, struct pattern_account *account);

/* Without a newline at its beginning and at its end. */
struct span pattern_account_shown(struct span part);

#endif
