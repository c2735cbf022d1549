#include <criterion/criterion.h>

#include "message/from-line.h"

#define DATE "Tue Nov 24 05:04:49 2026\n"

static const struct {
    const char *line, *expect;
} lines[] = {
    {"From a\n", "From a  " DATE},
    {"From a \n", "From a  " DATE},
    {"From a b c\n", "From a  " DATE},
    {"From a@b Tue Nov 24 05:04:49 2020\n", "From a@b  " DATE},
    {"From a@b  Tue Nov 24 05:04:49 2020 remote from x\n", "From a@b  " DATE},
    {"From \"a b\"@c Tue Nov 24 05:04:49 2020\n", "From \"a b\"@c  " DATE},
    {"From \n", "From   " DATE},
    {"From  a  Tue Nov 24 05:04:49 2020\n", "From  a  " DATE},
    {"From  Tue Nov 24 05:04:49 2020\n", "From   " DATE},
    {"From a@b  24/11/20\n", "From a@b  " DATE},
};

Test(from_line, is_refreshed_as_3_22_does)
{
    setenv("TZ", "UTC", 1);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct buf b;

        buf_init(&b, BUF_UNLIMITED);
        from_line_refresh(&b, span_of(lines[i].line), 1795496689);
        cr_expect_str_eq(b.p, lines[i].expect, "%s -> %s", lines[i].line, b.p);
        buf_free(&b);
    }
}

Test(from_line, is_made)
{
    struct buf b;

    setenv("TZ", "UTC", 1);
    buf_init(&b, BUF_UNLIMITED);
    from_line_make(&b, "x  y", 1795496689);
    cr_assert_str_eq(b.p, "From x  y  " DATE);
    cr_assert(from_line_is(buf_span(&b)));
    cr_assert(!from_line_is(span_of("From:")));
    buf_free(&b);
}
