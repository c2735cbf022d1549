#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "message/message.h"

static struct message *make(struct span bytes)
{
    struct message_builder *builder = message_builder_new();
    struct err err;

    cr_assert_eq(message_builder_add(builder, bytes, &err), 0);
    return message_builder_finish(builder, false, &err);
}

static struct span all(const struct message *m, char **owned)
{
    size_t n = message_size(m);
    struct span piece;

    *owned = mem_alloc(n + 1);
    for (size_t at = 0; at < n; at += piece.n) {
        cr_assert_eq(message_read_at(m, at, n, &piece, NULL), 0);
        memcpy(*owned + at, piece.p, piece.n);
    }
    return span_make(*owned, n);
}

static const struct {
    const char *title, *text;
    size_t start, head, from_lines;
} shapes[] = {
    {"header and body", "A: b\n\nbody\n", 0, 6, 0},
    {"no body", "A: b\n\n", 0, 6, 0},
    {"no empty line: all is header", "A: b\nC: d\n", 0, 10, 0},
    {"no final newline", "A: b", 0, 4, 0},
    {"nothing", "", 0, 0, 0},
    {"newlines only", "\n\n\n", 3, 3, 0},
    {"leading newlines are skipped", "\n\nA: b\n\nbody", 2, 8, 0},
    {"a line of blanks does not end the header", "A: b\n \nC: d\n\nx", 0, 13, 0},
    {"CRLF does not end the header", "A: b\r\n\r\nx\n", 0, 10, 0},
    {"From_ and what follows it quoted", "From a\n>From b\n>x\nA: b\n\n", 0, 24, 18},
    {"a From_ line alone", "From a", 0, 6, 6},
};

Test(message, finds_its_header)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct message *m = make(span_of(shapes[i].text));

        cr_expect_eq(message_start(m), shapes[i].start, "%s: start %zu", shapes[i].title, message_start(m));
        cr_expect_eq(message_head_size(m), shapes[i].head, "%s: head %zu", shapes[i].title,
                     message_head_size(m));
        cr_expect_eq(message_from_lines(m), shapes[i].from_lines, "%s: From_ %zu", shapes[i].title,
                     message_from_lines(m));
        message_free(m);
    }
}

static const struct {
    const char *title, *text, *expect;
    size_t quotable_from;
} lengths[] = {
    {"set to the true size", "Content-Length: 999\n\nbody\n", "Content-Length:   5\n\nbody\n", 26},
    {"case is ignored", "content-LENGTH: 1\n\nb\n", "content-LENGTH: 2\n\nb\n", 21},
    {"the separating empty line is not counted", "Content-Length: 9\n\nb\n\n", "Content-Length: 2\n\nb\n\n", 21},
    {"nines where it does not fit", "Content-Length:1\n\n1234567890ab\n", "Content-Length:9\n\n1234567890ab\n",
     27},
    {"no column, no change", "Content-Length:\n\nb\n", "Content-Length:\n\nb\n", 17},
    {"no such field", "X-Content-Length: 9\n\nb\n", "X-Content-Length: 9\n\nb\n", 20},
    {"wide fields are blanked", "Content-Length:                                  7\n\nb\n",
     "Content-Length:                          2        \n\nb\n", 54},
};

Test(message, keeps_content_length_true)
{
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct message *m = make(span_of(lengths[i].text));
        char *owned;
        struct span got = all(m, &owned);

        cr_expect(span_eq_text(got, lengths[i].expect), "%s: %.*s", lengths[i].title, (int)got.n, got.p);
        cr_expect_eq(message_quotable_from(m), lengths[i].quotable_from, "%s: %zu", lengths[i].title,
                     message_quotable_from(m));
        free(owned);
        message_free(m);
    }
}

Test(message, areas_unfold_and_stand_between_newlines)
{
    static const char text[] = "A: b\n c\n\td\nE: f\n\nbody\n more";
    struct message *m = make(span_of(text));
    struct span s;

    cr_assert_eq(message_area_open(m, MESSAGE_AREA_HEAD, &s, NULL), 0);
    cr_assert(span_eq_text(s, "A: b  c \td\nE: f\n\n"));
    cr_assert_eq(s.p[-1], '\n');
    cr_assert_eq(s.p[s.n], '\n');
    cr_assert_eq(message_area_open(m, MESSAGE_AREA_BODY, &s, NULL), 0);
    cr_assert(span_eq_text(s, "body\n more"));
    cr_assert_eq(s.p[-1], '\n');
    cr_assert_eq(s.p[s.n], '\n');
    cr_assert_eq(message_area_open(m, MESSAGE_AREA_ALL, &s, NULL), 0);
    cr_assert(span_eq_text(s, "A: b  c \td\nE: f\n\nbody\n more"));
    message_area_close(m);
    message_free(m);
}

/* A filter of the body behind a header without a newline, in memory and in the spool. */
Test(message, a_body_stands_free_of_its_header)
{
    for (size_t size = 5; size <= 2 * MESSAGE_SMALL; size += MESSAGE_SMALL) {
        struct message_builder *builder = message_builder_new();
        struct message *m;
        struct span s;

        message_builder_add(builder, span_of("A: b"), NULL);
        for (size_t i = 0; i < size; i++)
            message_builder_add(builder, span_of("x"), NULL);
        m = message_builder_finish_at(builder, 4, false, NULL);
        cr_assert_eq(message_area_open(m, MESSAGE_AREA_BODY, &s, NULL), 0);
        cr_assert_eq(s.n, size);
        cr_assert_eq(s.p[-1], '\n');
        cr_assert_eq(s.p[0], 'x');
        cr_assert_eq(s.p[s.n], '\n');
        cr_assert_eq(message_area_open(m, MESSAGE_AREA_ALL, &s, NULL), 0);
        cr_assert_eq(s.p[3], 'b');
        message_free(m);
    }
}

Test(message, folds_are_kept_when_asked)
{
    struct message *m = make(span_of("A: b\n c\n\nbody\n"));
    struct span s;

    message_area_open(m, MESSAGE_AREA_HEAD, &s, NULL);
    message_keep_folds(m, true);
    message_area_open(m, MESSAGE_AREA_HEAD, &s, NULL);
    cr_assert(span_eq_text(s, "A: b\n c\n\n"));
    message_keep_folds(m, false);
    message_area_open(m, MESSAGE_AREA_ALL, &s, NULL);
    cr_assert(span_eq_text(s, "A: b  c\n\nbody\n"));
    message_free(m);
}

Test(message, areas_of_nothing_are_empty)
{
    struct message *m = make(span_of("A: b\n\n"));
    struct span s;

    cr_assert_eq(message_area_open(m, MESSAGE_AREA_BODY, &s, NULL), 0);
    cr_assert_eq(s.n, 0);
    cr_assert_eq(s.p[-1], '\n');
    cr_assert_eq(s.p[0], '\n');
    message_free(m);
}

/* A message past MESSAGE_SMALL lives in a spool; all of the above must hold there too. */
Test(message, large_ones_are_spooled)
{
    size_t n = 3 * MESSAGE_SMALL + 17;
    char *text = mem_alloc(n);
    const char head[] = "Subject: x\n folded\nContent-Length:         0\n\n";
    struct message *m;
    struct span s;
    char *owned;

    for (size_t i = 0; i < n; i++)
        text[i] = i % 61 == 60 ? '\n' : (char)('a' + i % 23);
    memcpy(text, head, sizeof head - 1);
    m = make(span_make(text, n));
    cr_assert_eq(message_size(m), n);
    cr_assert_eq(message_head_size(m), sizeof head - 1);
    cr_assert_eq(message_area_open(m, MESSAGE_AREA_BODY, &s, NULL), 0);
    cr_assert_eq(s.n, n - (sizeof head - 1));
    cr_assert_arr_eq(s.p, text + sizeof head - 1, s.n);
    cr_assert_eq(s.p[-1], '\n');
    cr_assert_eq(s.p[s.n], '\n');
    cr_assert_eq(message_area_open(m, MESSAGE_AREA_ALL, &s, NULL), 0);
    cr_assert_eq(s.n, n);
    cr_assert_eq(s.p[10], ' ');
    cr_assert_eq(s.p[-1], '\n');
    cr_assert_eq(s.p[s.n], '\n');
    message_area_close(m);
    s = all(m, &owned);
    cr_assert_arr_eq(s.p, "Subject: x\n folded\nContent-Length:   31456", 40);
    cr_assert_arr_eq(s.p + sizeof head, text + sizeof head, n - sizeof head);
    free(owned);
    free(text);
    message_free(m);
}

Test(message, a_large_header_alone_is_spooled_and_unfolded)
{
    size_t n = 2 * MESSAGE_SMALL;
    char *text = mem_alloc(n);
    struct message *m;
    struct span s;

    for (size_t i = 0; i < n; i++)
        text[i] = i % 50 == 0 ? '\n' : i % 50 == 1 ? ' ' : 'x';
    m = make(span_make(text, n));
    cr_assert_eq(message_head_size(m), n);
    cr_assert_eq(message_area_open(m, MESSAGE_AREA_HEAD, &s, NULL), 0);
    cr_assert_eq(s.p[0], '\n'); /* a leading newline is not one that a field continues */
    cr_assert_eq(s.p[50], ' ');
    cr_assert_eq(s.p[s.n], '\n');
    message_free(m);
    free(text);
}

Test(message, a_body_filter_never_changes_the_header)
{
    struct message *m = make(span_of("A: b\nC: d\n\nbody\n"));
    struct message_builder *builder = message_builder_new();
    struct message *filtered;
    char *owned;

    message_builder_add_message(builder, m, message_range(m, MESSAGE_HEAD), NULL);
    message_builder_add(builder, span_of("new"), NULL);
    filtered = message_builder_finish_at(builder, message_head_size(m), false, NULL);
    cr_assert(span_eq_text(all(filtered, &owned), "A: b\nC: d\n\nnew"));
    cr_assert_eq(message_head_size(filtered), 11);
    free(owned);
    message_free(m);
    message_free(filtered);
}

Test(message, bytes_are_kept_as_they_are)
{
    const char text[] = "A: \0\xff\r\n\r\n\0\n\n\0x";
    struct message *m = make(span_make(text, sizeof text - 1));
    char *owned;

    cr_assert(span_eq(all(m, &owned), span_make(text, sizeof text - 1)));
    free(owned);
    message_free(m);
}

Test(message, an_unreadable_descriptor_is_passing_trouble)
{
    struct err err;
    int fd = open("/", O_RDONLY);

    cr_assert_null(message_read(fd, false, &err));
    cr_assert_eq(err_sysexit(err.class), 75);
    close(fd);
}
