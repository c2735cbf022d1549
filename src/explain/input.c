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

struct mbox {
    FILE *file;
    unsigned long wanted, seen;
    struct message_builder *builder;
};

/* A message begins with a line `From ` at the start of the file or behind an empty line. */
static int take_lines(struct mbox *mbox, struct err *err)
{
    char *line = NULL;
    size_t room = 0;
    bool behind_empty = true;
    ssize_t n;
    int failed = 0;

    while (!failed && mbox->seen <= mbox->wanted && (n = getline(&line, &room, mbox->file)) > 0) {
        if (behind_empty && n >= 5 && !memcmp(line, "From ", 5))
            mbox->seen++;
        behind_empty = n == 1 && *line == '\n';
        if (mbox->seen == mbox->wanted)
            failed = message_builder_add(mbox->builder, span_make(line, (size_t)n), err);
    }
    free(line);
    return failed;
}

struct message *input_from_mbox(int fd, unsigned long number, struct err *err)
{
    struct mbox mbox = {.file = fdopen(dup(fd), "r"), .wanted = number, .builder = message_builder_new()};
    int failed;

    if (!mbox.file) {
        err_set_errno(err, ERR_TEMP, "cannot read the mbox");
        message_builder_discard(mbox.builder);
        return NULL;
    }
    failed = take_lines(&mbox, err);
    fclose(mbox.file);
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
