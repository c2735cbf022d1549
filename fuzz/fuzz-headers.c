/*
 * The message: its building in pieces, its parts, areas, From_ line and Content-Length, and that it is
 * written back as it came.
 *
 * Input: a byte of flags, a byte for the size of pieces, the message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"
#include "fuzz/fuzz.h"
#include "message/from-line.h"
#include "message/message.h"

enum {
    FLAG_BERKELEY = 1,
    FLAG_FROM_FILE = 2, /* read as from standard input */
    FLAG_REPEAT = 4,    /* over and over, until it goes to the spool file */
    FLAG_HEAD_SET = 8,  /* a filter saw the body alone */
    SPOOLED = MESSAGE_SMALL + MESSAGE_WINDOW + 4711,
};

struct trial {
    struct span bytes; /* what went in */
    struct message *message;
    unsigned flags;
    size_t start, head; /* as found here */
};

/* ---- the simple way */

static void find_head(struct trial *t, size_t head_size)
{
    size_t at = 0;

    while (at < t->bytes.n && t->bytes.p[at] == '\n')
        at++;
    t->start = at;
    t->head = t->bytes.n;
    for (at++; at < t->bytes.n; at++)
        if (t->bytes.p[at] == '\n' && t->bytes.p[at - 1] == '\n' && at - 1 > t->start) {
            t->head = at + 1;
            break;
        }
    if (head_size != MESSAGE_HEAD_UNKNOWN)
        t->head = head_size < t->bytes.n ? head_size : t->bytes.n;
}

/* The columns behind `Content-Length:`, of the first in the header; 0 when there is none. */
static size_t length_columns(const struct trial *t, size_t *at)
{
    static const char field[] = "Content-Length:";
    const size_t n = sizeof field - 1;
    const char *end;

    for (*at = 0; *at + n <= t->head; ++*at) {
        if ((*at == 0 || t->bytes.p[*at - 1] == '\n') && strncasecmp(t->bytes.p + *at, field, n) == 0) {
            *at += n;
            end = memchr(t->bytes.p + *at, '\n', t->head - *at);
            return end ? (size_t)(end - t->bytes.p) - *at : t->head - *at;
        }
    }
    return 0;
}

/* ---- making */

static struct message *read_back(const struct trial *t)
{
    int fd = memfd_create("message", MFD_CLOEXEC);
    struct message *message;

    CHECK(fd >= 0 && io_write(fd, t->bytes.p, t->bytes.n) == 0 && lseek(fd, 0, SEEK_SET) == 0);
    message = message_read(fd, t->flags & FLAG_BERKELEY, NULL);
    close(fd);
    CHECK(message != NULL);
    return message;
}

static struct message *build(const struct trial *t, size_t piece, size_t head_size)
{
    struct message_builder *builder = message_builder_new();
    struct message *message;
    struct span rest = t->bytes;

    while (rest.n) {
        size_t n = rest.n < piece ? rest.n : piece;

        CHECK(message_builder_add(builder, span_make(rest.p, n), NULL) == 0);
        rest = span_from(rest, n);
        CHECK(message_builder_size(builder) == t->bytes.n - rest.n);
    }
    message = message_builder_finish_at(builder, head_size, t->flags & FLAG_BERKELEY, NULL);
    CHECK(message != NULL);
    return message;
}

/* ---- looking */

static void check_parts(const struct trial *t)
{
    const struct message *m = t->message;
    struct message_range head = message_range(m, MESSAGE_HEAD), body = message_range(m, MESSAGE_BODY);

    CHECK(message_size(m) == t->bytes.n);
    CHECK(message_start(m) == t->start);
    CHECK(message_head_size(m) == t->head);
    CHECK(head.from == 0 && head.n == t->head);
    CHECK(body.from == head.n && body.from + body.n == t->bytes.n);
    CHECK(message_range(m, MESSAGE_WHOLE).n == t->bytes.n);
    CHECK(message_quotable_from(m) + 1 >= t->head);
}

/* All of it, as it is now. */
static void read_all(const struct message *message, struct buf *now)
{
    struct span piece;

    while (now->n < message_size(message)) {
        CHECK(message_read_at(message, now->n, SIZE_MAX, &piece, NULL) == 0);
        CHECK(piece.n > 0 && piece.n <= message_size(message) - now->n);
        buf_add_span(now, piece);
    }
    CHECK(message_read_at(message, now->n, 1, &piece, NULL) == 0 && piece.n == 0);
}

/* The number as 3.22 writes it: right-aligned in the first 27 columns, blanks behind; nines where it
 * does not fit.  A newline before the last byte is not counted. */
static void write_number(const struct trial *t, char *columns, size_t n)
{
    size_t length = t->bytes.n - t->head, digits = n < 27 ? n : 27;
    char number[32];

    if (length > 0 && t->bytes.n > 1 && t->bytes.p[t->bytes.n - 2] == '\n')
        length--;
    memset(columns, ' ', n);
    if ((size_t)snprintf(number, sizeof number, "%*zu", (int)digits, length) == digits)
        memcpy(columns, number, digits);
    else
        memset(columns, '9', digits);
}

/* Nothing else may change. */
static void check_bytes(const struct trial *t, struct span now)
{
    char *want = fuzz_string(t->bytes);
    size_t at, columns = t->flags & FLAG_BERKELEY ? 0 : length_columns(t, &at);

    if (columns)
        write_number(t, want + at, columns);
    CHECK(span_eq(now, span_make(want, t->bytes.n)));
    free(want);
}

static void check_written(const struct trial *t, struct span now, enum message_part part)
{
    struct message_range range = message_range(t->message, part);
    int fd = memfd_create("written", MFD_CLOEXEC);
    char *back = mem_alloc(range.n + 1);

    CHECK(fd >= 0 && message_write(t->message, range, fd, NULL) == 0);
    CHECK(io_pread(fd, back, range.n + 1, 0) == (ssize_t)range.n);
    CHECK(memcmp(back, now.p + range.from, range.n) == 0);
    free(back);
    close(fd);
}

/* In the header a newline before a blank reads as a space; nothing else differs. */
static void check_area(const struct trial *t, struct span now, enum message_area area)
{
    static const enum message_part parts[] = {
        [MESSAGE_AREA_HEAD] = MESSAGE_HEAD,
        [MESSAGE_AREA_BODY] = MESSAGE_BODY,
        [MESSAGE_AREA_ALL] = MESSAGE_WHOLE,
    };
    struct message_range range = message_range(t->message, parts[area]);
    struct span text;

    CHECK(message_area_size(t->message, area) == range.n);
    CHECK(message_area_open(t->message, area, &text, NULL) == 0);
    CHECK(text.n == range.n);
    CHECK(text.p[-1] == '\n' || (area == MESSAGE_AREA_BODY && t->flags & FLAG_HEAD_SET));
    CHECK(text.p[text.n] == '\n');
    for (size_t i = 0; i < text.n; i++) {
        size_t at = range.from + i;
        bool folds = now.p[at] == '\n' && at >= t->start && at + 1 < t->head &&
                     (now.p[at + 1] == ' ' || now.p[at + 1] == '\t');

        CHECK(text.p[i] == (folds ? ' ' : now.p[at]));
    }
    message_area_close(t->message);
}

static void check_from_lines(const struct trial *t, struct span now)
{
    size_t n = 0;

    if (span_starts(now, "From "))
        do {
            const char *newline = memchr(now.p + n, '\n', now.n - n);

            n = newline ? (size_t)(newline - now.p) + 1 : now.n;
        } while (n < now.n && now.p[n] == '>');
    CHECK(message_from_lines(t->message) == n);
}

/* A line it is, with the sender kept and one date. */
static void check_refreshed(struct span now)
{
    const char *newline = span_find_byte(now, '\n');
    struct buf line, again;

    if (!newline || !from_line_is(now))
        return;
    buf_init(&line, BUF_UNLIMITED);
    buf_init(&again, BUF_UNLIMITED);
    from_line_refresh(&line, span_make(now.p, (size_t)(newline - now.p) + 1), 1795497889);
    CHECK(from_line_is(buf_span(&line)));
    CHECK(span_find_byte(buf_span(&line), '\n') == line.p + line.n - 1);
    from_line_refresh(&again, buf_span(&line), 1795497889);
    CHECK(span_eq(buf_span(&line), buf_span(&again)));
    buf_free(&line);
    buf_free(&again);
}

/* Looked at again it is what it was. */
static void check_again(struct trial *t, struct span before)
{
    struct buf now;

    find_head(t, MESSAGE_HEAD_UNKNOWN);
    if (t->flags & FLAG_HEAD_SET) /* its length was told for another header */
        return;
    CHECK(message_look_again(t->message, t->flags & FLAG_BERKELEY, NULL) == 0);
    check_parts(t);
    buf_init(&now, BUF_UNLIMITED);
    read_all(t->message, &now);
    CHECK(span_eq(buf_span(&now), before));
    buf_free(&now);
}

static void check_message(struct trial *t)
{
    struct buf now;
    struct span bytes;

    buf_init(&now, BUF_UNLIMITED);
    check_parts(t);
    read_all(t->message, &now);
    bytes = buf_span(&now);
    check_bytes(t, bytes);
    for (int part = MESSAGE_WHOLE; part <= MESSAGE_BODY; part++)
        check_written(t, bytes, part);
    for (int area = MESSAGE_AREA_HEAD; area <= MESSAGE_AREA_ALL; area++)
        check_area(t, bytes, area);
    check_area(t, bytes, MESSAGE_AREA_ALL); /* as it was kept */
    check_from_lines(t, bytes);
    check_refreshed(bytes);
    check_again(t, bytes);
    buf_free(&now);
}

/* Until it is too large for memory. */
static struct span repeat(struct span bytes)
{
    size_t n = bytes.n ? bytes.n : 1;
    char *p = mem_alloc(SPOOLED + n);

    for (size_t at = 0; bytes.n && at < SPOOLED; at += bytes.n)
        memcpy(p + at, bytes.p, bytes.n);
    return span_make(p, SPOOLED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = {(const char *)data, size};
    struct trial t = {.flags = fuzz_byte(&rest)};
    size_t piece = fuzz_byte(&rest), head_size = MESSAGE_HEAD_UNKNOWN;
    bool repeats = t.flags & FLAG_REPEAT && (size & 63) == 0; /* it takes its time */

    t.bytes = repeats ? repeat(rest) : rest;
    if (repeats)
        piece *= 4096;
    if (t.flags & FLAG_FROM_FILE) {
        t.flags &= ~(unsigned)FLAG_HEAD_SET;
        t.message = read_back(&t);
    } else {
        if (t.flags & FLAG_HEAD_SET)
            head_size = t.bytes.n / 3;
        t.message = build(&t, piece + 1, head_size);
    }
    find_head(&t, head_size);
    check_message(&t);
    message_free(t.message);
    if (repeats)
        free((char *)t.bytes.p);
    return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_enter_scratch();
    setenv("TMPDIR", getenv("FUZZ_SCRATCH"), 1);
    return 0;
}
