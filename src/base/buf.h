/*
 * A buf owns bytes and grows.  Invariants: p[n] is always a NUL byte that is not part of
 * the content (so p can be given to C functions where content is known to be text), and
 * n never exceeds max.
 *
 * Growing past max is the only failure: the call returns -1 and leaves the content as it
 * was.  Lack of memory ends the process (base/err.h).
 */
#ifndef MAILWEIR_BASE_BUF_H
#define MAILWEIR_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct buf {
    char *p;
    size_t n;
    size_t cap;
    size_t max; /* bytes of content at most */
};

#define BUF_UNLIMITED (SIZE_MAX / 4)

void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b); /* back to an empty buf that can be used again */

int buf_add(struct buf *b, const void *p, size_t n);
int buf_add_byte(struct buf *b, char c);
int buf_add_text(struct buf *b, const char *text);
int buf_add_span(struct buf *b, struct span s);
int buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for n more bytes behind the content; the caller writes there and then adds to b->n
 * with buf_commit().  NULL when that would pass max. */
char *buf_reserve(struct buf *b, size_t n);
void buf_commit(struct buf *b, size_t n);

/* Keeps the first n bytes. */
void buf_cut(struct buf *b, size_t n);

/* Borrowed: good until the next call that changes b. */
static inline struct span buf_span(const struct buf *b)
{
    return span_make(b->p, b->n);
}

/* Gives the bytes (NUL-terminated, to be freed with free()) to the caller; b is empty then. */
char *buf_take(struct buf *b);

#endif
