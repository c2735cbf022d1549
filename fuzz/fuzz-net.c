/*
 * Lines, counted bytes and dots from a peer that says anything: what is given keeps the rules, however
 * it comes in pieces; and a text that goes out comes in again as it was.
 *
 * Input: a byte of flags, a byte for the size of the input buffer, what the peer says.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "fuzz/fuzz.h"
#include "net/dot.h"

enum { FLAG_LENIENT = 1, FLAG_DOT = 2, FLAG_COUNTED = 4 };

static int add(void *ctx, struct span bytes)
{
    return buf_add_span(ctx, bytes);
}

/* A stream from which all of that comes, and then the end. */
static struct stream *saying(struct span bytes, size_t in, int *peer)
{
    int pair[2];
    struct stream_limits limits = {.in = in};

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    CHECK(io_write(pair[1], bytes.p, bytes.n) == 0);
    shutdown(pair[1], SHUT_WR);
    *peer = pair[1];
    return stream_open(pair[0], pair[0], &limits);
}

static void stop(struct stream *s, int peer)
{
    stream_close(s);
    close(peer);
}

/* ---- lines: found again by looking for their ends in the whole */

static size_t line_end(struct span said, bool lf_ends)
{
    for (size_t i = 0; i < said.n; i++) {
        if (said.p[i] == '\n' && (lf_ends || (i && said.p[i - 1] == '\r')))
            return i + 1;
    }
    return 0;
}

static enum line_status judge(struct span *line, const struct line_rules *rules)
{
    line->n--;
    if (line->n && line->p[line->n - 1] == '\r')
        line->n--;
    if (line->n > rules->max)
        return LINE_LONG;
    for (size_t i = 0; i < line->n; i++) {
        if (!line->p[i] || line->p[i] == '\r' || line->p[i] == '\n')
            return LINE_MALFORMED;
    }
    return LINE_OK;
}

static void try_lines(struct span said, size_t max, bool lf_ends)
{
    struct line_rules rules = {max, lf_ends};
    struct line_reader r;
    int peer;
    struct stream *s = saying(said, max + 2, &peer);
    size_t n;
    struct span got;

    line_reader_init(&r, &rules);
    while ((n = line_end(said, lf_ends))) {
        struct span line = {said.p, n};
        enum line_status status = judge(&line, &rules);

        CHECK(line_read(&r, s, &got) == status);
        CHECK(status != LINE_OK || span_eq(got, line));
        said = span_from(said, n);
    }
    CHECK(line_read(&r, s, &got) == LINE_END);
    stop(s, peer);
}

/* ---- dots */

/* In one piece from memory and in small ones from a stream: the same. */
static void try_dots_in(struct span said, size_t in)
{
    struct dot_reader d = {0};
    struct buf whole, pieces;
    struct span rest = said;
    bool taken = true, ended;
    unsigned long long strays;
    int peer;
    struct stream *s = saying(said, in, &peer);
    enum line_status status;

    buf_init(&whole, BUF_UNLIMITED);
    buf_init(&pieces, BUF_UNLIMITED);
    ended = dot_unstuff(&d, &rest, (struct line_sink){add, &whole}, &taken);
    status = dot_read(s, (struct line_sink){add, &pieces}, &taken, &strays);
    CHECK(taken && status == (ended ? LINE_OK : LINE_END));
    CHECK(span_eq(buf_span(&whole), buf_span(&pieces)));
    if (ended) {
        size_t n = said.n - rest.n;

        CHECK(strays == d.strays);
        CHECK(n >= 3 && memcmp(said.p + n - 3, ".\r\n", 3) == 0);
        CHECK(n == 3 || (n >= 5 && memcmp(said.p + n - 5, "\r\n", 2) == 0));
    }
    buf_free(&whole);
    buf_free(&pieces);
    stop(s, peer);
}

static void make_expected(struct span text, struct buf *expected)
{
    for (size_t i = 0; i < text.n; i++) {
        bool before_lf = i + 1 < text.n && text.p[i + 1] == '\n';

        if (text.p[i] != '\r')
            buf_add_byte(expected, text.p[i]);
        else if (!before_lf)
            buf_add_byte(expected, ' ');
    }
    if (expected->n && expected->p[expected->n - 1] != '\n')
        buf_add_byte(expected, '\n');
}

static void try_dots_out(struct span text, size_t piece)
{
    int pair[2];
    struct dot_writer w = {0};
    struct dot_reader r = {0};
    struct buf wire, got, expected;
    struct span rest;
    struct stream *s;
    ssize_t n;
    bool taken = true;

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    s = stream_open(pair[0], pair[0], NULL);
    buf_init(&wire, BUF_UNLIMITED);
    buf_init(&got, BUF_UNLIMITED);
    buf_init(&expected, BUF_UNLIMITED);
    make_expected(text, &expected);
    while (text.n) {
        struct span part = {text.p, text.n < piece ? text.n : piece};

        CHECK(dot_write(&w, s, part) == STREAM_OK);
        text = span_from(text, part.n);
    }
    CHECK(dot_finish(&w, s) == STREAM_OK);
    stream_close(s);
    while ((n = read(pair[1], buf_reserve(&wire, 4096), 4096)) > 0)
        buf_commit(&wire, (size_t)n);
    close(pair[1]);
    rest = buf_span(&wire);
    CHECK(dot_unstuff(&r, &rest, (struct line_sink){add, &got}, &taken));
    CHECK(rest.n == 0 && r.strays == 0);
    CHECK(span_eq(buf_span(&got), buf_span(&expected)));
    buf_free(&wire);
    buf_free(&got);
    buf_free(&expected);
}

static void try_counted(struct span said, size_t n, size_t in)
{
    struct buf got;
    bool taken;
    int peer;
    struct stream *s = saying(said, in, &peer);

    buf_init(&got, BUF_UNLIMITED);
    CHECK(line_read_counted(s, n, (struct line_sink){add, &got}, &taken) ==
          (n <= said.n ? LINE_OK : LINE_END));
    CHECK(span_eq(buf_span(&got), span_make(said.p, n <= said.n ? n : said.n)));
    buf_free(&got);
    stop(s, peer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = {(const char *)data, size};
    unsigned flags = fuzz_byte(&rest);
    size_t room = fuzz_byte(&rest);

    if (rest.n == 0)
        rest = span_make("", 0);
    if (flags & FLAG_DOT) {
        try_dots_in(rest, room + 1);
        try_dots_out(rest, room + 1);
    } else if (flags & FLAG_COUNTED)
        try_counted(rest, room, 7);
    else
        try_lines(rest, room, flags & FLAG_LENIENT);
    return 0;
}
