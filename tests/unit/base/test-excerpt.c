#include <criterion/criterion.h>

#include "base/excerpt.h"

static void check(const char *text, size_t offset, size_t length, const char *wanted)
{
    static const struct excerpt_style style = {"", "<", ">"};
    struct buf shown;

    buf_init(&shown, BUF_UNLIMITED);
    excerpt_print(&shown, span_of(text), offset, length, 7, &style);
    cr_expect_str_eq(shown.p, wanted);
    buf_free(&shown);
}

Test(base_excerpt, the_mark_is_below_what_is_meant)
{
    check("one\ntwo three\nfour", 8, 5, "     7 |> two three\n       |> <    ^~~~~\n>");
    check("\ta\001\x7f\nb", 1, 99, "     7 |> \ta??\n       |> <\t^~~\n>");
    check("\xc3\xa4\xc3\xb6 x", 2, 2, "     7 |> \xc3\xa4\xc3\xb6 x\n       |> < ^\n>");
    check("a", 1, 1, "     7 |> a\n       |> < ^\n>");
    check("a\n", 2, 0, "     7 |> \n       |> <^\n>");
}

Test(base_excerpt, of_long_lines_what_is_around_it)
{
    char text[401];
    struct buf shown;
    static const struct excerpt_style style = {"", "", ""};
    const char *mark;

    memset(text, 'a', 400);
    text[400] = '\0';
    text[300] = 'X';
    buf_init(&shown, BUF_UNLIMITED);
    excerpt_print(&shown, span_of(text), 300, 1, 1, &style);
    mark = strchr(shown.p, '^');
    cr_assert_not_null(mark);
    cr_expect_eq(strchr(shown.p, '\n') - shown.p, 129);
    cr_expect_eq(mark - strchr(shown.p, '\n') - 1, strchr(shown.p, 'X') - shown.p);
    buf_free(&shown);
}

Test(base_excerpt, places)
{
    struct span text = span_of("ab\n\nc");
    static const struct {
        size_t offset;
        struct excerpt_place place;
    } cases[] = {{0, {1, 1}}, {2, {1, 3}}, {3, {2, 1}}, {4, {3, 1}}, {5, {3, 2}}, {99, {3, 2}}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct excerpt_place place = excerpt_find(text, cases[i].offset);

        cr_expect(place.line == cases[i].place.line && place.column == cases[i].place.column, "case %zu", i);
    }
}
