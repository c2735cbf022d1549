#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/buf.h"

Test(buf, grows_and_stays_terminated)
{
    struct buf b;

    buf_init(&b, BUF_UNLIMITED);
    cr_assert_str_eq(b.p, "");
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(buf_add_text(&b, "0123456789"), 0);
    cr_assert_eq(b.n, 10000);
    cr_assert_eq(b.p[10000], '\0');
    buf_cut(&b, 3);
    cr_assert_str_eq(b.p, "012");
    cr_assert_eq(buf_printf(&b, "-%d", 42), 0);
    cr_assert_str_eq(b.p, "012-42");
    buf_free(&b);
}

Test(buf, refuses_to_pass_its_maximum)
{
    struct buf b;

    buf_init(&b, 5);
    cr_assert_eq(buf_add_text(&b, "12345"), 0);
    cr_assert_eq(buf_add_byte(&b, '6'), -1);
    cr_assert_eq(buf_printf(&b, "%s", "x"), -1);
    cr_assert_str_eq(b.p, "12345");
    buf_free(&b);
}

Test(buf, gives_its_bytes_away)
{
    struct buf b;
    char *p;

    buf_init(&b, BUF_UNLIMITED);
    p = buf_take(&b);
    cr_assert_str_eq(p, "");
    free(p);
    buf_add_text(&b, "abc");
    p = buf_take(&b);
    cr_assert_str_eq(p, "abc");
    cr_assert_eq(b.n, 0);
    free(p);
}
