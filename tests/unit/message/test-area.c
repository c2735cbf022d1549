#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "message/message.h"

/* Views of messages that are too large for memory, whole and after their memory was given back. */

struct large {
    struct buf text;     /* as it came */
    struct buf unfolded; /* as it is searched */
    size_t head;
};

/* Lines of that many sizes, so that folds come to lie on each side of a window's edge. */
static void add_header(struct large *large, size_t n, bool folded)
{
    char line[128];

    for (size_t i = 0; large->text.n < n; i++) {
        snprintf(line, sizeof line, "%sline %zu of the header, %.*s",
                 folded && i ? (i % 2 ? " " : "\t") : "X: ", i, (int)(i % 40),
                 "........................................");
        buf_add_text(&large->text, line);
        buf_add_byte(&large->text, '\n');
        buf_add_text(&large->unfolded, line);
        buf_add_byte(&large->unfolded, folded ? ' ' : '\n');
    }
    large->unfolded.p[large->unfolded.n - 1] = '\n';
    buf_add_byte(&large->text, '\n');
    buf_add_byte(&large->unfolded, '\n');
    large->head = large->text.n;
}

static struct message *make(struct large *large, size_t head, size_t body, bool folded)
{
    struct message_builder *builder = message_builder_new();
    struct err err;

    buf_init(&large->text, BUF_UNLIMITED);
    buf_init(&large->unfolded, BUF_UNLIMITED);
    add_header(large, head, folded);
    for (size_t i = 0; i < body; i++) {
        buf_add_byte(&large->text, i % 50 ? (char)('a' + i % 26) : '\n');
        buf_add_byte(&large->unfolded, large->text.p[large->text.n - 1]);
    }
    cr_assert_eq(message_builder_add(builder, buf_span(&large->text), &err), 0);
    return message_builder_finish(builder, false, &err);
}

static void check_area(struct message *m, enum message_area area, struct span want)
{
    struct span text;

    cr_assert_eq(message_area_open(m, area, &text, NULL), 0);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(text.p[-1], '\n');
        cr_expect_eq(text.p[text.n], '\n');
        cr_expect(span_eq(text, want), "area %d", area);
        message_area_rest(m);
    }
    message_area_close(m);
}

static const struct {
    size_t head, body;
    bool folded;
} sizes[] = {
    {100, 3000000, true},     {100, 3000000, false},     {3000000, 5, true}, {3000000, 0, true},
    {3000000, 2000000, true}, {3000000, 2000000, false}, {1048576, 5, true}, {200000, 1, true},
};

Test(area, large_ones_stay_as_they_are_when_memory_is_given_back)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct large large;
        struct message *m = make(&large, sizes[i].head, sizes[i].body, sizes[i].folded);
        struct span all = buf_span(&large.unfolded);

        cr_expect_eq(message_head_size(m), large.head);
        for (int round = 0; round < 2; round++) {
            check_area(m, MESSAGE_AREA_HEAD, span_make(all.p, large.head));
            check_area(m, MESSAGE_AREA_ALL, all);
            check_area(m, MESSAGE_AREA_BODY, span_from(all, large.head));
        }
        message_free(m);
        buf_free(&large.text);
        buf_free(&large.unfolded);
    }
}

Test(area, giving_back_what_is_not_mapped_does_nothing)
{
    struct large large;
    struct message *m = make(&large, 100, 100, true);

    message_area_rest(m);
    check_area(m, MESSAGE_AREA_ALL, buf_span(&large.unfolded));
    message_free(m);
    buf_free(&large.text);
    buf_free(&large.unfolded);
}
