#include <criterion/criterion.h>

#include "rctest/difference.h"
#include "rctest/escape.h"

Test(rctest_difference, shows_changed_lines)
{
    static const struct {
        const char *a, *b, *shown;
    } cases[] = {
        {"a\nb\n", "a\nb\n", ""},
        {"a\nb\nc\n", "a\nB\nc\n", " a\n-b\n+B\n c\n"},
        {"", "a\n", "+a\n"},
        {"a\n", "", "-a\n"},
        {"a\n", "a", "-a\n+a\\ (no newline)\n"},
        {"a\tb\r\n", "\\\n", "-a\\tb\\r\n+\\\\\n"},
        {"1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\n", "@@ line 4 @@\n 4\n 5\n-6\n"},
        {"1\n2\n3\n4\n", "0\n1\n2\n3\n4\n", "+0\n 1\n 2\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf to;

        buf_init(&to, BUF_UNLIMITED);
        difference_print(&to, span_of(cases[i].a), span_of(cases[i].b));
        cr_expect_str_eq(to.p ? to.p : "", cases[i].shown, "case %zu", i);
        buf_free(&to);
    }
}

Test(rctest_difference, long_ones_are_cut)
{
    struct buf a, to;

    buf_init(&a, BUF_UNLIMITED);
    buf_init(&to, BUF_UNLIMITED);
    for (int i = 0; i < 100; i++)
        buf_printf(&a, "%d\n", i);
    difference_print(&to, SPAN_NULL, buf_span(&a));
    cr_expect_not_null(strstr(to.p, "(40 more lines)\n"));
    buf_cut(&to, 0);
    for (int i = 0; i < 2000; i++)
        buf_printf(&a, "%d\n", i);
    difference_print(&to, span_of("0\n1\n"), buf_span(&a));
    cr_expect_not_null(strstr(to.p, "nothing behind line 3 is compared"));
    buf_free(&a);
    buf_free(&to);
}

Test(rctest_escape, prints_what_it_reads)
{
    struct arena *arena = arena_new();
    struct span bytes = span_make("a\\\r\t\0\x7f\xe9z", 8), back;
    const char *wrong;
    struct buf shown;

    buf_init(&shown, BUF_UNLIMITED);
    escape_print(&shown, bytes);
    cr_expect_str_eq(shown.p, "a\\\\\\r\\t\\x00\\x7f\\xe9z");
    cr_expect_eq(escape_undo(arena, buf_span(&shown), &back, &wrong), 0);
    cr_expect(span_eq(back, bytes));
    cr_expect_eq(escape_undo(arena, span_of("a\\"), &back, &wrong), -1);
    cr_expect_eq(escape_undo(arena, span_of("\\x4"), &back, &wrong), -1);
    buf_free(&shown);
    arena_free(arena);
}
