#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

static char nothing[1]; /* what an empty buf points to; never written */

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.p = nothing, .max = max < BUF_UNLIMITED ? max : BUF_UNLIMITED};
}

void buf_free(struct buf *b)
{
    if (b->cap)
        free(b->p);
    buf_init(b, b->max);
}

char *buf_reserve(struct buf *b, size_t n)
{
    size_t want;

    if (n > b->max - b->n)
        return NULL;
    want = b->n + n + 1;
    if (want > b->cap) {
        size_t cap = b->cap < 64 ? 64 : b->cap;

        while (cap < want)
            cap += cap / 2;
        b->p = mem_realloc(b->cap ? b->p : NULL, cap);
        b->cap = cap;
        b->p[b->n] = '\0';
    }
    return b->p + b->n;
}

void buf_commit(struct buf *b, size_t n)
{
    b->n += n;
    b->p[b->n] = '\0';
}

int buf_add(struct buf *b, const void *p, size_t n)
{
    char *to;

    if (n == 0)
        return 0;
    to = buf_reserve(b, n);
    if (!to)
        return -1;
    memcpy(to, p, n);
    buf_commit(b, n);
    return 0;
}

int buf_add_byte(struct buf *b, char c)
{
    return buf_add(b, &c, 1);
}

int buf_add_text(struct buf *b, const char *text)
{
    return buf_add(b, text, strlen(text));
}

int buf_add_span(struct buf *b, struct span s)
{
    return buf_add(b, s.p, s.n);
}

int buf_printf(struct buf *b, const char *format, ...)
{
    va_list ap, again;
    char *to;
    int n;

    va_start(ap, format);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    to = n < 0 ? NULL : buf_reserve(b, (size_t)n);
    if (to) {
        vsnprintf(to, (size_t)n + 1, format, again);
        buf_commit(b, (size_t)n);
    }
    va_end(again);
    return to ? 0 : -1;
}

void buf_cut(struct buf *b, size_t n)
{
    if (n >= b->n)
        return;
    b->n = n;
    b->p[n] = '\0';
}

char *buf_take(struct buf *b)
{
    char *p;

    if (!b->cap)
        buf_reserve(b, 0);
    p = b->p;
    buf_init(b, b->max);
    return p;
}
