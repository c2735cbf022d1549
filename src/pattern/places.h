/* Where the leaves of a tree stand in its expression: kept for those who tell people of it. */
#ifndef MAILWEIR_PATTERN_PLACES_H
#define MAILWEIR_PATTERN_PLACES_H

#include "pattern/pattern-private.h"

struct place {
    uint32_t at, n;
};

struct places;

struct places *places_new(const struct tree *tree, struct span expression); /* borrows the tree */
void places_free(struct places *places);                                    /* NULL is fine */

struct place places_leaf(const struct places *places, uint32_t leaf);

/* All of an alternation that is not empty, without its parentheses. */
struct place places_choice(const struct places *places, uint32_t choice);

#endif
