/*
 * The obvious matcher: for each node of a pattern's tree, and each position at which it may
 * begin, the set of positions at which it may end.  A set is a word with a bit per position, so
 * texts are short; nothing is clever, so that it can be believed.
 */
#ifndef MAILWEIR_FUZZ_OBVIOUS_H
#define MAILWEIR_FUZZ_OBVIOUS_H

#include <stdbool.h>
#include <stdint.h>

#include "pattern/pattern-private.h"

enum {
    OBVIOUS_POSITIONS = 64,
    OBVIOUS_TEXT_MAX = OBVIOUS_POSITIONS - 3, /* without the two newlines; positions lie between bytes */
};

#define OBVIOUS_NOWHERE SIZE_MAX

struct obvious;

/* Both are borrowed.  The subject is the text with its newlines, as in pattern-private.h. */
struct obvious *obvious_new(const struct tree *tree, struct span subject);
void obvious_free(struct obvious *obvious);

/* Does every way of matching pass `\/` at most once?  Else 3.22's answer, and ours, is made of
 * parts of several ways. */
bool obvious_is_plain(const struct obvious *obvious);

/* Where the first match ends that begins at `from` or behind it, or OBVIOUS_NOWHERE. */
size_t obvious_end(const struct obvious *obvious, size_t from);

/* The match that passes `\/` first and then ends last; false: there is none.  *split is
 * OBVIOUS_NOWHERE for one that passes none, which is taken where it ends before all others. */
bool obvious_extract(struct obvious *obvious, size_t from, size_t *split, size_t *end);

/* Is there a match that passes its last `\/` there, and one that ends there? */
bool obvious_may_split(struct obvious *obvious, size_t from, size_t split);
bool obvious_may_end(const struct obvious *obvious, size_t from, size_t end);

#endif
