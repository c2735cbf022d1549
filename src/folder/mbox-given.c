#include "folder/mbox-given.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"
#include "folder/folder-private.h"

void mbox_given_free(struct mbox_given *given)
{
    free(given->uids);
    *given = (struct mbox_given){0};
}

void mbox_given_add(struct mbox_given *given, uint32_t uid, off_t body)
{
    if (given->count == given->room) {
        given->room = given->room ? 2 * given->room : 64;
        given->uids = mem_realloc(given->uids, given->room * sizeof *given->uids);
    }
    given->uids[given->count++] = (struct mbox_given_uid){uid, body};
}

bool mbox_given_has(const struct mbox_given *given, uint32_t uid, off_t body)
{
    size_t from = 0, to = given->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (given->uids[middle].uid < uid)
            from = middle + 1;
        else
            to = middle;
    }
    if (from == given->count || given->uids[from].uid != uid)
        return false;
    body -= given->uids[from].body;
    return body >= 0 && body <= (from + 1 == given->count ? MBOX_PARTING : 0);
}

/* `A B` and a newline, taken off the text; false: something else stands there. */
static bool take_pair(struct span *text, uint64_t *a, uint64_t *b)
{
    const char *end = span_find_byte(*text, '\n');
    struct span line = span_make(text->p, end ? (size_t)(end - text->p) : 0), first;

    first = span_make(line.p, span_digits(line));
    if (!end || first.n == line.n || line.p[first.n] != ' ')
        return false;
    *text = span_from(*text, line.n + 1);
    return span_number(first, UINT32_MAX, a) && span_number(span_from(line, first.n + 1), INT64_MAX, b);
}

static void parse(struct mbox_given *given, struct span text)
{
    uint64_t a, b, last = 0;

    if (!take_pair(&text, &a, &b) || a == 0 || b == 0 || b > UINT32_MAX)
        return;
    given->validity = (uint32_t)a;
    given->next = (uint32_t)b;
    for (; take_pair(&text, &a, &b) && a > last && a < given->next; last = a)
        mbox_given_add(given, (uint32_t)a, (off_t)b);
}

void mbox_given_read(struct mbox_given *given, const char *name)
{
    enum { PIECE = 1 << 16 };
    int fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct buf text;
    ssize_t n;

    *given = (struct mbox_given){0};
    if (fd < 0)
        return;
    buf_init(&text, BUF_UNLIMITED);
    while ((n = io_read(fd, buf_reserve(&text, PIECE), PIECE)) > 0)
        buf_commit(&text, (size_t)n);
    close(fd);
    if (n == 0)
        parse(given, buf_span(&text));
    buf_free(&text);
}

static int write_synced(const char *name, struct span text)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600), result;

    if (fd < 0)
        return -1;
    result = io_write(fd, text.p, text.n) < 0 || fsync(fd) < 0 ? -1 : 0;
    return close(fd) < 0 ? -1 : result;
}

int mbox_given_write(const struct mbox_given *given, const char *name, struct err *err)
{
    struct buf text, temp;
    int result;

    buf_init(&text, BUF_UNLIMITED);
    buf_init(&temp, BUF_UNLIMITED);
    buf_printf(&temp, "%s.tmp", name);
    buf_printf(&text, "%" PRIu32 " %" PRIu32 "\n", given->validity, given->next);
    for (size_t i = 0; i < given->count; i++)
        buf_printf(&text, "%" PRIu32 " %lld\n", given->uids[i].uid, (long long)given->uids[i].body);
    result = write_synced(temp.p, buf_span(&text));
    if (result == 0)
        result = rename(temp.p, name);
    if (result == 0)
        result = sync_parent(name, -1);
    if (result < 0)
        err_set_errno(err, ERR_TEMP, "cannot write '%s'", temp.p);
    buf_free(&temp);
    buf_free(&text);
    return result;
}
