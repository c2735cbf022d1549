#include <criterion/criterion.h>

#include "net/base64.h"

/* RFC 4648 10 */
static const char *const pairs[][2] = {{"", ""},
                                       {"f", "Zg=="},
                                       {"fo", "Zm8="},
                                       {"foo", "Zm9v"},
                                       {"foob", "Zm9vYg=="},
                                       {"fooba", "Zm9vYmE="},
                                       {"foobar", "Zm9vYmFy"}};

Test(base64, both_ways)
{
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct buf text, bytes;

        buf_init(&text, 100);
        buf_init(&bytes, 100);
        cr_assert_eq(base64_encode(span_of(pairs[i][0]), &text), 0);
        cr_assert_str_eq(text.p, pairs[i][1]);
        cr_assert_eq(base64_decode(buf_span(&text), &bytes), 0);
        cr_assert_str_eq(bytes.p, pairs[i][0]);
        buf_free(&text);
        buf_free(&bytes);
    }
}

Test(base64, every_byte)
{
    struct buf text, bytes;
    char all[256];

    for (int i = 0; i < 256; i++)
        all[i] = (char)i;
    buf_init(&text, 1000);
    buf_init(&bytes, 1000);
    base64_encode(span_make(all, 256), &text);
    cr_assert_eq(base64_decode(buf_span(&text), &bytes), 0);
    cr_assert(span_eq(buf_span(&bytes), span_make(all, 256)));
    buf_free(&text);
    buf_free(&bytes);
}

Test(base64, anything_else_is_refused)
{
    static const char *const faulty[] = {"Z",    "Zg",   "Zg=",      "Zg===",  "Z===", "====", "Zh==",
                                         "Zm9=", "Zm 9", "Zg==Zm9v", "Zm9v\n", "Zm-_", "=m9v", "Z=9v"};
    struct buf bytes;

    buf_init(&bytes, 100);
    buf_add_text(&bytes, "kept");
    for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++) {
        cr_expect_eq(base64_decode(span_of(faulty[i]), &bytes), -1, "%s", faulty[i]);
        cr_expect_str_eq(bytes.p, "kept");
    }
    buf_free(&bytes);
}

Test(base64, no_more_than_the_buf_takes)
{
    struct buf small;

    buf_init(&small, 3);
    cr_assert_eq(base64_encode(span_of("f"), &small), -1);
    cr_assert_eq(base64_decode(span_of("Zm9vYg=="), &small), -1);
    cr_assert_eq(base64_decode(span_of("Zm9v"), &small), 0);
    buf_free(&small);
}
