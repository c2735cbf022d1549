#include "tools/mda-read.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/io.h"
#include "message/from-line.h"

enum {
    FROM_LINE_MAX = 1 << 16, /* bytes; a longer From_ line is no From_ line and is dropped */
};

/* As much again; how much that was, 0 at the end. */
static ssize_t read_more(int fd, struct buf *begin, struct err *err)
{
    ssize_t got = io_read(fd, buf_reserve(begin, FROM_LINE_MAX), FROM_LINE_MAX);

    if (got < 0)
        return err_set_errno(err, ERR_TEMP, "cannot read the message");
    buf_commit(begin, (size_t)got);
    return got;
}

/* The beginning of the input: enough to hold the From_ line, without leading newlines. */
static int read_beginning(int fd, struct buf *begin, struct err *err)
{
    for (;;) {
        ssize_t got;
        size_t newlines = 0;

        while (newlines < begin->n && begin->p[newlines] == '\n')
            newlines++;
        if (newlines) {
            memmove(begin->p, begin->p + newlines, begin->n - newlines);
            buf_cut(begin, begin->n - newlines);
        }
        if (begin->n >= FROM_LINE_MAX || (begin->n && span_find_byte(buf_span(begin), '\n')))
            return 0;
        got = read_more(fd, begin, err);
        if (got <= 0)
            return (int)got;
    }
}

/* Drops the rest of a line that is too long: what stays in `begin` comes behind its newline. */
static int drop_line(int fd, struct buf *begin, struct err *err)
{
    const char *newline;
    size_t line_n;

    while (!(newline = span_find_byte(buf_span(begin), '\n'))) {
        ssize_t got;

        buf_cut(begin, 0);
        got = read_more(fd, begin, err);
        if (got <= 0)
            return (int)got;
    }
    line_n = (size_t)(newline - begin->p) + 1;
    memmove(begin->p, newline + 1, begin->n - line_n);
    buf_cut(begin, begin->n - line_n);
    return 0;
}

/* The From_ line that the message is to have, in `line`; what it replaces leaves `begin`. */
static int settle_from_line(int fd, const struct mda_options *options, const char *invoker, struct buf *begin,
                            struct buf *line, struct err *err)
{
    bool refresh = options->from && !strcmp(options->from, "-");
    const char *sender = options->from && !refresh ? options->from : invoker;
    bool has_line = from_line_is(buf_span(begin));
    const char *newline = span_find_byte(buf_span(begin), '\n');
    time_t now = clock_now();

    if (has_line && !newline && begin->n >= FROM_LINE_MAX) {
        if (drop_line(fd, begin, err))
            return -1;
        has_line = false;
    }
    if (!has_line) {
        from_line_make(line, sender, now);
        return 0;
    }
    if (!options->from)
        return 0;
    if (refresh && newline)
        from_line_refresh(line, span_make(begin->p, (size_t)(newline + 1 - begin->p)), now);
    else
        from_line_make(line, sender, now);
    return drop_line(fd, begin, err);
}

struct message *mda_read(int fd, const struct mda_options *options, const char *invoker, struct err *err)
{
    struct message_builder *builder;
    struct buf begin, line;
    int failed;

    if (options->mode != MDA_DELIVER && !options->from)
        return message_read(fd, options->berkeley, err);
    buf_init(&begin, BUF_UNLIMITED);
    buf_init(&line, BUF_UNLIMITED);
    builder = message_builder_new();
    failed = read_beginning(fd, &begin, err) || settle_from_line(fd, options, invoker, &begin, &line, err) ||
             message_builder_add(builder, buf_span(&line), err) ||
             message_builder_add(builder, buf_span(&begin), err) || message_builder_add_fd(builder, fd, err);
    buf_free(&begin);
    buf_free(&line);
    if (failed) {
        message_builder_discard(builder);
        return NULL;
    }
    return message_builder_finish(builder, options->berkeley, err);
}
