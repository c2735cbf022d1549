/*
 * An arena gives memory piece by piece and takes it back all at once.  What comes from an
 * arena is never freed singly.  Pieces are zeroed and aligned for any object.
 * Lack of memory ends the process (base/err.h).
 */
#ifndef MAILWEIR_BASE_ARENA_H
#define MAILWEIR_BASE_ARENA_H

#include <stddef.h>

#include "base/span.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* NULL is fine */

void *arena_alloc(struct arena *arena, size_t n);
char *arena_strndup(struct arena *arena, const char *p, size_t n); /* adds a NUL */
char *arena_strdup(struct arena *arena, const char *text);
struct span arena_span(struct arena *arena, struct span s); /* a copy, NUL behind it */

#endif
