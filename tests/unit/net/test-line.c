#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/line.h"
#include "net/peer.h"

static const struct line_rules strict = {.max = 10}, lenient = {.max = 10, .lf_ends = true};

/* One call, on what the peer says in one piece and then byte by byte: the same. */
static void expect(const struct line_rules *rules, const char *said, size_t n, enum line_status status,
                   const char *text, const char *next)
{
    struct stream_limits limits = {.in = 16};

    for (int by_byte = 0; by_byte < 2; by_byte++) {
        struct line_reader r;
        struct span line;
        struct peer p;

        limits.in = by_byte ? 12 : 16;
        peer_open(&p, &limits);
        peer_say(&p, said, n);
        PEER_SAY(&p, "next\r\n");
        line_reader_init(&r, rules);
        cr_expect_eq(line_read(&r, p.s, &line), status, "status of \"%s\"", said);
        cr_expect(span_eq_text(line, text), "text of \"%s\": \"%.*s\"", said, (int)line.n, line.p);
        cr_expect_eq(line_read(&r, p.s, &line), LINE_OK);
        cr_expect(span_eq_text(line, next), "behind \"%s\": \"%.*s\"", said, (int)line.n, line.p);
        peer_finish(&p, NULL);
    }
}

#define EXPECT(rules, said, status, text, next) \
    expect(&(rules), (said), sizeof(said) - 1, (status), (text), (next))

Test(line, ends_with_crlf)
{
    EXPECT(strict, "NOOP\r\n", LINE_OK, "NOOP", "next");
    EXPECT(strict, "\r\n", LINE_OK, "", "next");
    EXPECT(strict, "0123456789\r\n", LINE_OK, "0123456789", "next");
}

Test(line, strays_make_it_malformed_as_a_whole)
{
    EXPECT(strict, "a\nb\r\n", LINE_MALFORMED, "", "next");
    EXPECT(strict, "\n\r\n", LINE_MALFORMED, "", "next");
    EXPECT(strict, "a\rb\r\n", LINE_MALFORMED, "", "next");
    EXPECT(strict, "a\r\r\n", LINE_MALFORMED, "", "next");
    EXPECT(strict, "a\0b\r\n", LINE_MALFORMED, "", "next");
    EXPECT(lenient, "a\rb\n", LINE_MALFORMED, "", "next");
    EXPECT(lenient, "a\0b\n", LINE_MALFORMED, "", "next");
}

Test(line, lf_ends_it_where_allowed)
{
    EXPECT(lenient, "NOOP\n", LINE_OK, "NOOP", "next");
    EXPECT(lenient, "NOOP\r\n", LINE_OK, "NOOP", "next");
    EXPECT(lenient, "\n", LINE_OK, "", "next");
    EXPECT(lenient, "a\nb\r\n", LINE_OK, "a", "b");
}

Test(line, too_long_is_read_to_its_end_and_dropped)
{
    EXPECT(strict, "0123456789a\r\n", LINE_LONG, "", "next");
    EXPECT(strict, "0123456789abcdefghijklmnopqrstuvwxyz\r\n", LINE_LONG, "", "next");
    EXPECT(strict, "0123456789abcdefghi\nklmnopqr\rstuvwxyz\r\n", LINE_LONG, "", "next");
    EXPECT(lenient, "0123456789abcdefghijklmnop\n", LINE_LONG, "", "next");
}

/* CR and LF that come in two reads while a long line is dropped, at each place of the buffer. */
Test(line, the_end_of_a_long_line_may_come_in_two_reads)
{
    for (size_t n = 11; n < 60; n++) {
        char said[80];

        memset(said, 'x', n);
        memcpy(said + n, "\r\n", 3);
        expect(&strict, said, n + 2, LINE_LONG, "", "next");
    }
}

Test(line, without_an_end_is_not_given)
{
    struct line_reader r;
    struct span line;
    struct peer p;

    peer_open(&p, NULL);
    PEER_SAY(&p, "QUIT");
    peer_hang_up(&p);
    line_reader_init(&r, &strict);
    cr_assert_eq(line_read(&r, p.s, &line), LINE_END);
    cr_assert_eq(line.n, 0);
    peer_finish(&p, NULL);
}

/* ---- counted bytes */

static int add(void *ctx, struct span bytes)
{
    return buf_add_span(ctx, bytes);
}

Test(line, counted_bytes_are_exactly_so_many)
{
    struct buf text;
    struct line_reader r;
    struct span line;
    struct peer p;
    bool taken;

    buf_init(&text, BUF_UNLIMITED);
    peer_open(&p, &(struct stream_limits){.in = 16});
    PEER_SAY(&p, "a\r\n\0.\n01234567890123456789 NOOP\r\n");
    cr_assert_eq(line_read_counted(p.s, 26, (struct line_sink){add, &text}, &taken), LINE_OK);
    cr_assert(taken);
    cr_assert(span_eq(buf_span(&text), span_make("a\r\n\0.\n01234567890123456789", 26)));
    line_reader_init(&r, &strict);
    cr_assert_eq(line_read(&r, p.s, &line), LINE_OK);
    cr_assert(span_eq_text(line, " NOOP"));
    buf_free(&text);
    peer_finish(&p, NULL);
}

Test(line, counted_bytes_that_are_not_wanted_are_read_all_the_same)
{
    struct buf text;
    struct line_reader r;
    struct span line;
    struct peer p;
    bool taken = true;

    buf_init(&text, 5);
    peer_open(&p, &(struct stream_limits){.in = 16});
    PEER_SAY(&p, "01234567890123456789NOOP\r\n");
    cr_assert_eq(line_read_counted(p.s, 20, (struct line_sink){add, &text}, &taken), LINE_OK);
    cr_assert_not(taken);
    line_reader_init(&r, &strict);
    cr_assert_eq(line_read(&r, p.s, &line), LINE_OK);
    cr_assert(span_eq_text(line, "NOOP"));
    buf_free(&text);
    peer_finish(&p, NULL);
}
