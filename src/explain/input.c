#include "explain/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "recipe/rc.h"

int input_open(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;

    if (fd < 0)
        return err_set_errno(err, ERR_NOINPUT, "cannot read '%s'", path);
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(fd);
        return err_set(err, ERR_NOINPUT, "'%s' is a directory", path);
    }
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    return fd;
}

/* ---- an mbox */

enum { FROM = 5, PIECE = 1 << 16 };

/* A message begins with a line `From ` at the start of the file or behind an empty line.  Lines of any length
 * pass through piece by piece. */
struct mbox {
    unsigned long wanted, seen;
    struct message_builder *builder;
    char start[FROM]; /* of the present line, until it is known what that is */
    size_t have;
    bool in_line; /* behind its start */
    bool behind_empty;
};

static int take(struct mbox *mbox, const char *p, size_t n, struct err *err)
{
    return mbox->seen == mbox->wanted ? message_builder_add(mbox->builder, span_make(p, n), err) : 0;
}

/* The start is whole, or the line was shorter. */
static int take_start(struct mbox *mbox, struct err *err)
{
    size_t n = mbox->have;

    if (!n)
        return 0;
    if (mbox->behind_empty && n == FROM && !memcmp(mbox->start, "From ", FROM))
        mbox->seen++;
    mbox->in_line = mbox->start[n - 1] != '\n';
    mbox->behind_empty = n == 1 && !mbox->in_line;
    mbox->have = 0;
    return take(mbox, mbox->start, n, err);
}

static int take_piece(struct mbox *mbox, const char *p, const char *end, struct err *err)
{
    int failed = 0;

    while (!failed && p < end && mbox->seen <= mbox->wanted) {
        const char *newline, *stop;

        if (!mbox->in_line) {
            mbox->start[mbox->have++] = *p;
            if (*p++ == '\n' || mbox->have == FROM)
                failed = take_start(mbox, err);
            continue;
        }
        newline = memchr(p, '\n', (size_t)(end - p));
        stop = newline ? newline + 1 : end;
        failed = take(mbox, p, (size_t)(stop - p), err);
        mbox->in_line = !newline;
        p = stop;
    }
    return failed;
}

static int take_messages(struct mbox *mbox, int fd, struct err *err)
{
    char piece[PIECE];
    int failed = 0;
    ssize_t got = 0;

    while (!failed && mbox->seen <= mbox->wanted && (got = io_read(fd, piece, PIECE)) > 0)
        failed = take_piece(mbox, piece, piece + got, err);
    if (got < 0)
        return err_set_errno(err, ERR_NOINPUT, "cannot read the mbox");
    return failed || take_start(mbox, err);
}

struct message *input_from_mbox(int fd, unsigned long number, struct err *err)
{
    struct mbox mbox = {.wanted = number, .builder = message_builder_new(), .behind_empty = true};
    int failed = take_messages(&mbox, fd, err);

    if (!failed && message_builder_size(mbox.builder))
        return message_builder_finish(mbox.builder, false, err);
    if (!failed)
        err_set(err, ERR_NOINPUT, "there is no message %lu in the mbox: it holds %lu", number, mbox.seen);
    message_builder_discard(mbox.builder);
    return NULL;
}

/* ---- is it one? */

static bool has_field(struct span text)
{
    size_t n = 0;

    while (n < text.n && text.p[n] > ' ' && text.p[n] < 127 && text.p[n] != ':')
        n++;
    return span_starts(text, "From ") || (n && n < text.n && text.p[n] == ':');
}

int input_check_message(const struct message *message, struct err *err)
{
    enum { LOOK = 4096 };
    struct span text;

    if (!message_size(message))
        return err_set(err, ERR_NOINPUT, "there is no message: nothing was read");
    if (message_read_at(message, message_start(message), LOOK, &text, err))
        return -1;
    if (span_find_byte(text, '\0') && !has_field(text))
        return err_set(err, ERR_DATA, "this is no message but binary data");
    return 0;
}

/* A variable that is unset; but prose, too, begins with a word. */
static bool is_unset(const struct rc_item *item)
{
    bool lower = false;

    for (size_t i = 0; i < item->name.n; i++)
        lower = lower || (item->name.p[i] >= 'a' && item->name.p[i] <= 'z');
    return item->kind == RC_UNSET && !lower;
}

static bool says_anything(const struct rc *rc)
{
    for (const struct rc_item *item = rc->items; item; item = item->next)
        if (item->kind == RC_ASSIGN || item->kind == RC_RECIPE || is_unset(item))
            return true;
    return !rc->items;
}

static int check_text(const char *path, struct span text, struct err *err)
{
    struct rc *rc;
    bool says;

    if (span_find_byte(text, '\0'))
        return err_set(err, ERR_DATA, "'%s' is no rc file but binary data", path);
    rc = rc_parse(path, text);
    says = says_anything(rc);
    rc_free(rc);
    return says ? 0
                : err_set(err, ERR_DATA, "'%s' is no rc file: there is no recipe and no assignment in it",
                          path);
}

int input_check_rc(const char *path, struct err *err)
{
    enum { RC_MAX = 16 << 20 };
    int fd = input_open(path, err);
    struct buf text;
    ssize_t got;
    int result;

    if (fd < 0)
        return -1;
    buf_init(&text, RC_MAX);
    got = io_read(fd, buf_reserve(&text, RC_MAX), RC_MAX);
    close(fd);
    if (got < 0) {
        result = err_set_errno(err, ERR_NOINPUT, "cannot read '%s'", path);
    } else {
        buf_commit(&text, (size_t)got);
        result = check_text(path, buf_span(&text), err);
    }
    buf_free(&text);
    return result;
}
