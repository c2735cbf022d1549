#include "message/message-private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "message/from-line.h"

void message_free(struct message *message)
{
    if (!message)
        return;
    message_drop_copies(message);
    if (message->bytes)
        free(message->bytes - MESSAGE_SLACK);
    if (message->spool >= 0)
        close(message->spool);
    free(message->window);
    free(message);
}

size_t message_size(const struct message *message)
{
    return message->size;
}

size_t message_head_size(const struct message *message)
{
    return message->head_size;
}

size_t message_start(const struct message *message)
{
    return message->start;
}

size_t message_quotable_from(const struct message *message)
{
    return message->quotable_from;
}

struct message_range message_range(const struct message *message, enum message_part part)
{
    switch (part) {
    case MESSAGE_HEAD:
        return (struct message_range){0, message->head_size};
    case MESSAGE_BODY:
        return (struct message_range){message->head_size, message->size - message->head_size};
    default:
        return (struct message_range){0, message->size};
    }
}

/* The window is a cache: a message that is only read does not change for its reader. */
static int window_fill(struct message *message, size_t offset, struct err *err)
{
    ssize_t got;

    if (!message->window)
        message->window = mem_alloc(MESSAGE_WINDOW);
    got = io_pread(message->spool, message->window, MESSAGE_WINDOW, (off_t)(offset + MESSAGE_SLACK));
    if (got <= 0) {
        message->window_n = 0;
        if (got == 0)
            return err_set(err, ERR_TEMP, "the spool file is shorter than the message");
        return err_set_errno(err, ERR_TEMP, "cannot read the spool file");
    }
    message->window_from = offset;
    message->window_n = (size_t)got;
    return 0;
}

int message_read_at(const struct message *message, size_t offset, size_t n, struct span *out,
                    struct err *err)
{
    size_t left = offset < message->size ? message->size - offset : 0;

    if (n > left)
        n = left;
    if (message->bytes || n == 0) {
        *out = span_make(n ? message->bytes + offset : "", n);
        return 0;
    }
    if (offset < message->window_from || offset >= message->window_from + message->window_n)
        if (window_fill((struct message *)message, offset, err))
            return -1;
    left = message->window_from + message->window_n - offset;
    *out = span_make(message->window + (offset - message->window_from), n < left ? n : left);
    return 0;
}

int message_peek(const struct message *message, size_t offset, size_t n, struct span *out, struct err *err)
{
    if (message_read_at(message, offset, n, out, err))
        return -1;
    if (out->n == n)
        return 0;
    if (window_fill((struct message *)message, offset, err) || message_read_at(message, offset, n, out, err))
        return -1;
    return out->n == n ? 0 : err_set(err, ERR_TEMP, "the spool file is shorter than the message");
}

int message_write(const struct message *message, struct message_range range, int fd, struct err *err)
{
    while (range.n) {
        struct span piece;

        if (message_read_at(message, range.from, range.n, &piece, err))
            return -1;
        if (io_write(fd, piece.p, piece.n))
            return err_set_errno(err, ERR_TEMP, "cannot write");
        range.from += piece.n;
        range.n -= piece.n;
    }
    return 0;
}

int message_patch(struct message *message, size_t offset, const char *p, size_t n, struct err *err)
{
    if (message->bytes) {
        memcpy(message->bytes + offset, p, n);
        return 0;
    }
    message->window_n = 0;
    if (io_pwrite(message->spool, p, n, (off_t)(offset + MESSAGE_SLACK)))
        return err_set_errno(err, ERR_TEMP, "cannot write the spool file");
    return 0;
}

/* Walks over the message from `offset` byte by byte while `step` says so. */
static int walk(const struct message *message, size_t offset, bool (*step)(void *ctx, char c, size_t at),
                void *ctx, struct err *err)
{
    struct span piece;

    for (; offset < message->size; offset += piece.n) {
        if (message_read_at(message, offset, message->size - offset, &piece, err))
            return -1;
        for (size_t i = 0; i < piece.n; i++)
            if (!step(ctx, piece.p[i], offset + i))
                return 0;
    }
    return 0;
}

struct head_search {
    size_t start;
    size_t end;
    bool newline_before;
    bool in_text;
    bool found;
};

static void head_step(struct head_search *search, char c, size_t at)
{
    if (!search->in_text) {
        search->start = at;
        search->in_text = c != '\n';
    } else if (c == '\n' && search->newline_before) {
        search->end = at + 1;
        search->found = true;
    } else {
        search->newline_before = c == '\n';
    }
}

/* Within a line only its end matters. */
static void search_piece(struct head_search *search, struct span piece, size_t offset)
{
    for (size_t i = 0; i < piece.n && !search->found; i++) {
        if (search->in_text && !search->newline_before) {
            const char *newline = span_find_byte(span_from(piece, i), '\n');

            if (!newline)
                return;
            i = (size_t)(newline - piece.p);
        }
        head_step(search, piece.p[i], offset + i);
    }
}

int message_find_head(struct message *message, struct err *err)
{
    struct head_search search = {.end = message->size};
    struct span piece;

    for (size_t offset = 0; offset < message->size && !search.found; offset += piece.n) {
        if (message_read_at(message, offset, message->size - offset, &piece, err))
            return -1;
        search_piece(&search, piece, offset);
    }
    message->start = search.in_text ? search.start : message->size;
    message->head_size = search.end;
    return 0;
}

struct from_search {
    size_t end;
    bool line_begins;
};

static bool from_step(void *ctx, char c, size_t at)
{
    struct from_search *search = ctx;

    if (search->line_begins && at > 0 && c != '>') {
        search->end = at;
        return false;
    }
    search->line_begins = c == '\n';
    return true;
}

size_t message_from_lines(const struct message *message)
{
    struct from_search search = {.end = message->size};
    struct span begin;

    if (message_read_at(message, 0, message->size, &begin, NULL) || !from_line_is(begin))
        return 0;
    if (walk(message, 0, from_step, &search, NULL))
        return 0;
    return search.end;
}
