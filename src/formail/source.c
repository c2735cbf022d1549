#include "formail/formail-private.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

enum { BLOCK = 1 << 17 };

struct formail_source {
    ssize_t (*read)(void *ctx, char *to, size_t n); /* NULL: all is there */
    void *ctx;
    int fd;         /* for read_fd() */
    struct span at; /* what is there and not taken yet */
    char *block;
    int failed; /* errno of a read that did */
};

struct formail_source *formail_source_new(ssize_t (*read_some)(void *ctx, char *to, size_t n), void *ctx)
{
    struct formail_source *source = mem_alloc(sizeof *source);

    source->read = read_some;
    source->ctx = ctx;
    source->block = mem_alloc(BLOCK);
    source->at.p = source->block;
    return source;
}

static ssize_t read_fd(void *ctx, char *to, size_t n)
{
    return read(((struct formail_source *)ctx)->fd, to, n);
}

struct formail_source *formail_source_fd(int fd)
{
    struct formail_source *source = formail_source_new(read_fd, NULL);

    source->ctx = source;
    source->fd = fd;
    return source;
}

struct formail_source *formail_source_span(struct span bytes)
{
    struct formail_source *source = mem_alloc(sizeof *source);

    source->at = bytes;
    return source;
}

void formail_source_free(struct formail_source *source)
{
    if (!source)
        return;
    free(source->block);
    free(source);
}

int source_failed(const struct formail_source *source)
{
    return source->failed;
}

/* Reads behind what is there; false at the end. */
static bool fill(struct formail_source *source)
{
    ssize_t got;

    if (!source->read)
        return false;
    memmove(source->block, source->at.p, source->at.n);
    source->at.p = source->block;
    do
        got = source->read(source->ctx, source->block + source->at.n, BLOCK - source->at.n);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        source->failed = errno;
    if (got <= 0) {
        source->read = NULL;
        return false;
    }
    source->at.n += (size_t)got;
    return true;
}

struct span source_ahead(struct formail_source *source, size_t n)
{
    while (source->at.n < n && fill(source))
        ;
    return source->at;
}

int source_peek(struct formail_source *source)
{
    struct span at = source->at.n ? source->at : source_ahead(source, 1);

    return at.n ? (unsigned char)*at.p : -1;
}

int source_take(struct formail_source *source)
{
    int c = source_peek(source);

    if (c >= 0)
        source_skip(source, 1);
    return c;
}

void source_skip(struct formail_source *source, size_t n)
{
    source->at = span_from(source->at, n);
}

void source_line(struct formail_source *source, struct buf *line)
{
    while (source_peek(source) >= 0) {
        const char *newline = span_find_byte(source->at, '\n');
        size_t n = newline ? (size_t)(newline - source->at.p) + 1 : source->at.n;

        buf_add(line, source->at.p, n);
        source_skip(source, n);
        if (newline)
            return;
    }
    buf_add_byte(line, '\n');
}
