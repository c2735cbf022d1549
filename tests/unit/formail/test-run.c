#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "formail/formail-test.h"

static const char mail[] =
    "From a@b.c Mon Nov 24 05:14:00 2025\nSubject: x\nX-A: 1\nX-A: 2\n\nbody\nFrom here\n";

Test(run, the_text_in_memory_is_changed)
{
    cr_expect_eq(
        expect_output("-I|X-A: 3", mail,
                      "From a@b.c Mon Nov 24 05:14:00 2025\nSubject: x\nX-A: 3\n\nbody\n>From here\n\n"),
        0);
    cr_expect_eq(expect_output("-x|X-A", mail, " 1\n 2\n"), 0);
    cr_expect_eq(expect_output("-zxSubject:", mail, "x\n"), 0);
    cr_expect_eq(expect_output("-rI|Subject: y", mail, "To: a@b.c\nSubject: y\n\n"), 0);
    cr_expect_eq(expect_output("-rX|To:", "Subject: x\n\n", "To: foo@bar\n"), 67);
}

/* A newline in an option's field, as a shell passes it. */
Test(run, options_may_be_folded)
{
    expect_output("-fA|X: a\n b", "Subject: x\n\n", "Subject: x\nX: a\n b\n\n");
    expect_output("-fcA|X: a\n b", "Subject: x\n\n", "Subject: x\nX: a\n b\n\n");
}

/* ---- a reader that gives a few bytes at a time, and a writer that fails */

struct pieces {
    struct span rest;
    size_t size;
    int failure; /* errno behind the last byte, or 0 */
};

static ssize_t read_piece(void *ctx, char *to, size_t n)
{
    struct pieces *pieces = ctx;

    if (pieces->failure && !pieces->rest.n) {
        errno = pieces->failure;
        return -1;
    }
    n = n < pieces->size ? n : pieces->size;
    n = n < pieces->rest.n ? n : pieces->rest.n;
    memcpy(to, pieces->rest.p, n);
    pieces->rest = span_from(pieces->rest, n);
    return (ssize_t)n;
}

struct messages {
    struct buf text; /* each behind a `[`, a `]` behind it */
    struct buf said;
    size_t refuse; /* writing fails from this message on; 0: never */
    size_t begun;
};

static int begin(void *ctx, struct err *err)
{
    struct messages *messages = ctx;

    (void)err;
    messages->begun++;
    return buf_add_byte(&messages->text, '[');
}

static int write_some(void *ctx, struct span piece)
{
    struct messages *messages = ctx;

    if (messages->refuse && messages->begun >= messages->refuse)
        return -1;
    return buf_add_span(&messages->text, piece);
}

static int end(void *ctx, bool whole)
{
    return buf_add_byte(&((struct messages *)ctx)->text, whole ? ']' : '/');
}

static void say(void *ctx, struct span line)
{
    buf_add_span(&((struct messages *)ctx)->said, line);
    buf_add_byte(&((struct messages *)ctx)->said, '\n');
}

static int run_pieces(const char *words, struct pieces pieces, struct messages *messages)
{
    struct command *command = command_new(words);
    struct formail_source *source = formail_source_new(read_piece, &pieces);
    const struct formail_sink sink = {begin, write_some, end, NULL, say, messages};
    int status;

    cr_assert_eq(command->parsed, FORMAIL_PARSED, "%s", words);
    messages->begun = 0;
    buf_init(&messages->text, BUF_UNLIMITED);
    buf_init(&messages->said, BUF_UNLIMITED);
    status = formail_run(&command->formail, source, &sink);
    formail_source_free(source);
    command_free(command);
    return status;
}

static void messages_free(struct messages *messages)
{
    buf_free(&messages->text);
    buf_free(&messages->said);
}

static const char two[] = "From a x\nSubject: 1\n\none\n\nFrom b x\nSubject: 2\n\ntwo\n";
static const char two_apart[] = "[From a x\nSubject: 1\n\none\n\n][From b x\nSubject: 2\n\ntwo\n\n]";

Test(run, messages_are_split_however_they_come)
{
    for (size_t size = 1; size < 40; size++) {
        struct messages messages = {.refuse = 0};

        cr_expect_eq(run_pieces("-s", (struct pieces){span_of(two), size, 0}, &messages), 0);
        cr_expect_str_eq(messages.text.p, two_apart, "pieces of %zu", size);
        messages_free(&messages);
    }
}

/* From_ lines and line ends on either side of each border of the reader's block. */
Test(run, blocks_do_not_matter)
{
    for (size_t shift = 0; shift < 12; shift++) {
        struct messages messages = {.refuse = 0};
        struct buf text;

        buf_init(&text, BUF_UNLIMITED);
        buf_add_text(&text, "From a x\nSubject: 1\n\n");
        while (text.n < (1 << 17) - shift)
            buf_add_byte(&text, 'x');
        buf_add_text(&text, "\n\nFrom b x\nSubject: 2\n\ntwo\n");
        cr_expect_eq(run_pieces("-s", (struct pieces){buf_span(&text), SIZE_MAX / 2, 0}, &messages), 0);
        cr_expect_eq(messages.begun, 2, "%zu", shift);
        cr_expect_eq(messages.text.n, text.n + 1 + 4); /* the empty line, and our brackets */
        messages_free(&messages);
        buf_free(&text);
    }
}

Test(run, a_failing_writer_is_told_and_the_others_are_written)
{
    struct messages messages = {.refuse = 2};
    struct pieces pieces = {span_of(two), 100, 0};

    cr_expect_eq(run_pieces("-q-|-s", pieces, &messages), 74);
    cr_expect_str_eq(messages.text.p, "[From a x\nSubject: 1\n\none\n\n][]");
    cr_expect_str_eq(messages.said.p, "Couldn't write to stdout\n");
    messages_free(&messages);
    messages.refuse = 1;
    cr_expect_eq(run_pieces("-q-|-s", pieces, &messages), 74);
    cr_expect_str_eq(messages.said.p, "Couldn't write to stdout, continuing...\nCouldn't write to stdout\n");
    messages_free(&messages);
}

Test(run, a_failing_reader_is_no_success)
{
    struct messages messages = {.refuse = 0};

    cr_expect_eq(run_pieces("-f", (struct pieces){span_of("Subject: x\n\ntext\n"), 5, EIO}, &messages), 74);
    cr_expect_str_eq(messages.text.p, "[Subject: x\n\ntext\n\n/");
    cr_expect(span_starts(buf_span(&messages.said), "Couldn't read the input: "), "%s", messages.said.p);
    messages_free(&messages);
}

/* ---- large things, in linear time */

static void many(struct buf *text, const char *piece, size_t times)
{
    while (times--)
        buf_add_text(text, piece);
}

Test(run, a_hundred_thousand_fields, .timeout = 30)
{
    static const char *const words[] = {"-fu|X-",    "-fU|",       "-fI|Y:", "-fi|X-",
                                        "-fR|X-|Y-", "-fczA|Z: 1", "-ru|X-"};
    struct buf text, out, said;

    buf_init(&text, BUF_UNLIMITED);
    for (size_t i = 0; i < 100000; i++)
        buf_printf(&text, "X-%zu: a\n", i % 50000);
    buf_add_text(&text, "\nbody\n");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct command *command = command_new(words[i]);

        cr_assert_eq(command->parsed, FORMAIL_PARSED, "%s", words[i]);
        buf_init(&out, BUF_UNLIMITED);
        buf_init(&said, BUF_UNLIMITED);
        formail_filter(&command->formail, buf_span(&text), &out, &said);
        if (i < 2)
            cr_expect_eq(out.n, (text.n - 7) / 2 + 8, "%s: %zu", words[i], out.n);
        buf_free(&out);
        buf_free(&said);
        command_free(command);
    }
    buf_free(&text);
}

Test(run, no_line_is_too_long, .timeout = 30)
{
    struct buf text, out, said;
    struct command *command = command_new("-f");

    buf_init(&text, BUF_UNLIMITED);
    buf_init(&out, BUF_UNLIMITED);
    buf_init(&said, BUF_UNLIMITED);
    many(&text, "x", 1000000);
    buf_add_text(&text, ": ");
    many(&text, "y", 1000000);
    buf_add_text(&text, "\n\n");
    many(&text, "z", 1000000);
    cr_expect_eq(formail_filter(&command->formail, buf_span(&text), &out, &said), 0);
    cr_expect_eq(out.n, text.n + 2);
    cr_expect_eq(memcmp(out.p, text.p, text.n), 0);
    buf_free(&text);
    buf_free(&out);
    buf_free(&said);
    command_free(command);
}
