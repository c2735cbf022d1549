#include <criterion/criterion.h>
#include <string.h>

#include "net/dot.h"
#include "net/peer.h"

static int add(void *ctx, struct span bytes)
{
    return buf_add_span(ctx, bytes);
}

/* What a text stands for, read in pieces of each size; and what is left behind its end. */
static void expect_in(const char *wire, const char *text, unsigned long long strays, const char *left)
{
    for (size_t piece = 1; piece <= strlen(wire); piece++) {
        struct dot_reader d = {0};
        struct span rest = span_of(wire);
        struct buf got;
        bool taken = true, ended = false;

        buf_init(&got, BUF_UNLIMITED);
        while (rest.n && !ended) {
            struct span in = span_make(rest.p, rest.n < piece ? rest.n : piece);
            size_t n = in.n;

            ended = dot_unstuff(&d, &in, (struct line_sink){add, &got}, &taken);
            rest = span_from(rest, n - in.n);
        }
        cr_expect_eq(ended, left != NULL, "the end of \"%s\" by %zu", wire, piece);
        cr_expect_str_eq(got.p, text, "\"%s\" by %zu is \"%s\"", wire, piece, got.p);
        cr_expect_eq(d.strays, strays, "strays of \"%s\" by %zu: %llu", wire, piece, d.strays);
        cr_expect(!left || span_eq_text(rest, left));
        buf_free(&got);
    }
}

Test(dot, text_comes_in)
{
    expect_in(".\r\n", "", 0, "");
    expect_in("a\r\n.\r\nQUIT\r\n", "a\n", 0, "QUIT\r\n");
    expect_in("..a\r\n...\r\na.b\r\n.\r\n", ".a\n..\na.b\n", 0, "");
    expect_in("\r\n\r\n.\r\n", "\n\n", 0, "");
    expect_in(".a\r\n.\r\n", "a\n", 0, "");
}

/* The ways in which messages are smuggled: none of them is an end. */
Test(dot, nothing_but_crlf_dot_crlf_is_the_end)
{
    expect_in("a\n.\nb", "a\n.\nb", 2, NULL);
    expect_in("a\n.\r\nb", "a\n.\nb", 1, NULL);
    expect_in("a\r.\rb", "a\r.\rb", 2, NULL);
    expect_in("a\r\n.\nb", "a\n\nb", 1, NULL);
    expect_in("a\r\n.\rb", "a\n\rb", 1, NULL);
    expect_in("a\r\n.\r\rb", "a\n\r\rb", 2, NULL);
    expect_in("a\r.\r\nb", "a\r.\nb", 1, NULL);
    expect_in("a\r\r\n.\r\nb", "a\r\n", 1, "b");
    expect_in("a\n.\n\r\n.\r\n", "a\n.\n\n", 2, "");
}

static void expect_out(const char *text, const char *wire)
{
    for (size_t piece = 1; piece <= strlen(text) + 1; piece++) {
        struct dot_writer d = {0};
        struct span rest = span_of(text);
        struct peer p;
        struct buf heard;

        buf_init(&heard, BUF_UNLIMITED);
        peer_open(&p, NULL);
        while (rest.n) {
            struct span part = span_make(rest.p, rest.n < piece ? rest.n : piece);

            cr_expect_eq(dot_write(&d, p.s, part), STREAM_OK);
            rest = span_from(rest, part.n);
        }
        cr_expect_eq(dot_finish(&d, p.s), STREAM_OK);
        peer_finish(&p, &heard);
        cr_expect_str_eq(heard.p, wire, "\"%s\" by %zu is \"%s\"", text, piece, heard.p);
        buf_free(&heard);
    }
}

Test(dot, text_goes_out)
{
    expect_out("", ".\r\n");
    expect_out("a\n", "a\r\n.\r\n");
    expect_out("a", "a\r\n.\r\n");
    expect_out(".\n..\na.b\n", "..\r\n...\r\na.b\r\n.\r\n");
    expect_out("a\r\nb\r\n", "a\r\nb\r\n.\r\n");
    expect_out("\n\n", "\r\n\r\n.\r\n");
}

Test(dot, a_stray_cr_never_leaves)
{
    expect_out("a\rb\n", "a b\r\n.\r\n");
    expect_out("a\r.\r\n", "a .\r\n.\r\n");
    expect_out("\r", " \r\n.\r\n");
    expect_out("\r\r\n", " \r\n.\r\n");
    expect_out("a\n\r.\n", "a\r\n .\r\n.\r\n");
}

Test(dot, a_sink_that_is_full_does_not_lose_the_end)
{
    struct peer p;
    struct buf text;
    bool taken;
    unsigned long long strays;

    buf_init(&text, 3);
    peer_open(&p, &(struct stream_limits){.in = 8});
    PEER_SAY(&p, "0123456\n789\r\nabcdefghijklm\r\n.\r\nQUIT");
    cr_assert_eq(dot_read(p.s, (struct line_sink){add, &text}, &taken, &strays), LINE_OK);
    cr_assert_not(taken);
    cr_assert_eq(strays, 1);
    if (stream_input(p.s).n < 4)
        cr_assert_eq(stream_fill(p.s), STREAM_OK);
    cr_assert(span_eq_text(stream_input(p.s), "QUIT"));
    buf_free(&text);
    peer_finish(&p, NULL);
}
