/*
 * Appending to a mailbox, whatever is in it: what was there stays, and the message is in it whole, and
 * can be read as one; or nothing has changed.
 *
 * Input: a byte of flags, a byte for the room on the disk, the mailbox, a form feed, the message.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "folder/folder.h"
#include "fuzz/fuzz.h"
#include "fuzz/mbox-reader.h"

enum {
    FLAG_BERKELEY = 1, /* Content-Length means nothing */
    FLAG_RAW = 2,
    FLAG_FULL = 4, /* there is room for so many bytes and no more */
    FLAG_HEAD = 8,
    FLAG_BODY = 16,
    FLAG_MISSING = 32, /* there is no mailbox */
};

static const char path[] = "mbox";

struct trial {
    struct span before; /* the mailbox, and the message as it is read */
    struct buf bytes;
    struct message *message;
    struct folder_append append;
    unsigned flags;
    size_t room;
};

static void say_nothing(void *ctx, enum folder_event event, const char *text)
{
    (void)ctx;
    (void)event;
    CHECK(text != NULL);
}

static void write_mailbox(const struct trial *t)
{
    int fd;

    unlink(path);
    if (t->flags & FLAG_MISSING)
        return;
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && io_write(fd, t->before.p, t->before.n) == 0);
    close(fd);
}

/* False: there is none. */
static bool read_mailbox(struct buf *content)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 0;

    if (fd < 0)
        return false;
    while ((got = io_read(fd, buf_reserve(content, 4096), 4096)) > 0)
        buf_commit(content, (size_t)got);
    close(fd);
    CHECK(got == 0);
    return true;
}

/* ---- what should be there */

static void read_message(struct trial *t)
{
    struct span piece;

    buf_init(&t->bytes, BUF_UNLIMITED);
    while (t->bytes.n < message_size(t->message)) {
        CHECK(message_read_at(t->message, t->bytes.n, SIZE_MAX, &piece, NULL) == 0);
        buf_add_span(&t->bytes, piece);
    }
}

/* mbox(5) quoting: of each line but the first, as far as no Content-Length vouches for it. */
static bool is_quoted(const struct trial *t, size_t at, size_t from)
{
    const struct message *m = t->message;
    struct span line = span_make(t->bytes.p + at, message_range(m, t->append.part).from +
                                                      message_range(m, t->append.part).n - at);

    if (t->flags & FLAG_RAW || at == from || t->bytes.p[at - 1] != '\n' || !span_starts(line, "From "))
        return false;
    if (at < message_head_size(m))
        return at > message_start(m);
    return at > message_quotable_from(m);
}

static void make_expected(const struct trial *t, struct buf *text)
{
    struct message_range range = message_range(t->message, t->append.part);

    for (size_t at = range.from; at < range.from + range.n; at++) {
        if (is_quoted(t, at, range.from))
            buf_add_byte(text, '>');
        buf_add_byte(text, t->bytes.p[at]);
    }
    if (!(t->flags & FLAG_RAW) &&
        !(text->n > 1 && text->p[text->n - 1] == '\n' && text->p[text->n - 2] == '\n'))
        buf_add_byte(text, '\n');
}

/* Does the text begin with a From_ line, newlines before it aside? */
static bool begins_message(const struct trial *t)
{
    struct span text = buf_span(&t->bytes);
    size_t at = 0;

    while (at < text.n && text.p[at] == '\n')
        at++;
    return t->append.part != MESSAGE_BODY && span_starts(span_from(text, at), "From ");
}

/* ---- what is there */

static void check_unchanged(const struct trial *t, const struct buf *now, bool exists)
{
    CHECK(t->flags & FLAG_MISSING ? !exists || now->n == 0 : span_eq(buf_span(now), t->before));
}

static void check_count(const struct trial *t, struct span now, size_t at)
{
    size_t before = t->flags & FLAG_MISSING ? 0 : mbox_reader_count(t->before);
    size_t after = mbox_reader_count(now);

    if (t->flags & FLAG_RAW || t->append.part == MESSAGE_BODY || !begins_message(t))
        return;
    while (at < now.n && now.p[at] == '\n')
        at++;
    CHECK(mbox_reader_begins(now, at));
    CHECK(after >= before + 1);
    CHECK(after == before + 1 || !(t->flags & FLAG_BERKELEY)); /* Content-Length may vouch for some */
}

static void check_appended(const struct trial *t, struct span now, size_t written)
{
    size_t at = t->flags & FLAG_MISSING ? 0 : t->before.n;
    struct buf text;

    buf_init(&text, BUF_UNLIMITED);
    make_expected(t, &text);
    CHECK(written == text.n);
    CHECK(now.n >= at + text.n && memcmp(now.p, t->before.p, at) == 0);
    CHECK(span_eq(span_from(now, now.n - text.n), buf_span(&text)));
    CHECK(now.n - text.n - at <= 2); /* newlines, where what was there is torn */
    for (size_t i = at; i < now.n - text.n; i++)
        CHECK(now.p[i] == '\n');
    check_count(t, now, now.n - text.n);
    buf_free(&text);
}

static void limit_size(rlim_t size)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = size < limit.rlim_max ? size : limit.rlim_max;
    signal(SIGXFSZ, SIG_IGN); /* libFuzzer would end at it */
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void try_append(struct trial *t)
{
    size_t written = 0;
    struct buf now;
    struct err err;
    bool exists;
    int result;

    write_mailbox(t);
    if (t->flags & FLAG_FULL)
        limit_size((t->flags & FLAG_MISSING ? 0 : t->before.n) + t->room);
    result = folder_append(path, &t->append, &written, &err);
    limit_size(RLIM_INFINITY);
    buf_init(&now, BUF_UNLIMITED);
    exists = read_mailbox(&now);
    if (result == 0)
        check_appended(t, buf_span(&now), written);
    else
        check_unchanged(t, &now, exists);
    CHECK(result == 0 || t->flags & FLAG_FULL);
    buf_free(&now);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = {(const char *)data, size};
    struct trial t = {.flags = fuzz_byte(&rest)};

    t.room = fuzz_byte(&rest);
    t.before = fuzz_part(&rest);
    t.message = fuzz_message(rest, 1 << 16, t.flags & FLAG_BERKELEY);
    t.append = (struct folder_append){.message = t.message,
                                      .msgprefix = "msg.",
                                      .raw = t.flags & FLAG_RAW,
                                      .listener = {.say = say_nothing}};
    if (t.flags & (FLAG_HEAD | FLAG_BODY))
        t.append.part = t.flags & FLAG_HEAD ? MESSAGE_HEAD : MESSAGE_BODY;
    read_message(&t);
    try_append(&t);
    buf_free(&t.bytes);
    message_free(t.message);
    return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_enter_scratch();
    return 0;
}
