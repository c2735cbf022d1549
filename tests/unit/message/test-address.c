#include <criterion/criterion.h>

#include "message/address.h"

static const struct {
    const char *content, *address; /* NULL: none */
} addresses[] = {
    {" a@b.c", "a@b.c"},
    {" Joe Doe <a@b.c>", "a@b.c"},
    {" \"Doe, J\" <a@b.c>", "a@b.c"},
    {" a@b.c (Joe)", "a@b.c"},
    {"(x (y) \\) z) a @ b . c", "a@b.c"},
    {" <@x,@y:a@b.c>", "<@x,@y:a@b.c>"},
    {" <a@b,c", "<a@b,c>"},
    {" a@b.c, d@e.f", "a@b.c"},
    {" friends: a@b.c, d@e.f; x", "friends:a@b.c,d@e.f;"},
    {" <>", ""},
    {" \"a b\"@c", "\"a b\"@c"},
    {" a@[1.2", "a@[1.2"},
    {"\n <a\n @b.c>", "a@b.c"},
    {" <x <a@b.c>", "a@b.c"},
    {"", NULL},
    {" \t\n", NULL},
    {"(", ""},
    {"(\\", ""},
    {" \"", "\""},
    {" \\", "\\"},
    {"a\\", "a\\"},
    {"<\"\\", "\"\\"},
};

Test(address, is_found)
{
    struct buf to;

    buf_init(&to, BUF_UNLIMITED);
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        bool found = address_find(span_of(addresses[i].content), &to);

        cr_expect_eq(found, addresses[i].address != NULL, "%s", addresses[i].content);
        cr_expect_str_eq(to.p, found ? addresses[i].address : "", "%s: %s", addresses[i].content, to.p);
    }
    buf_free(&to);
}

Test(address, ends_at_a_nul)
{
    struct buf to;

    buf_init(&to, BUF_UNLIMITED);
    cr_expect(address_find(span_make("a@b\0c", 5), &to));
    cr_expect_str_eq(to.p, "a@b");
    buf_free(&to);
}

/* Comments a million deep, and as many items: no stack, and no time but linear. */
Test(address, takes_linear_time, .timeout = 20)
{
    static const char *const pieces[] = {"(", "<", "a ", "a,", "\"", "[", ":", "<,", "\\", "(a)", ">"};
    struct buf text, to;

    buf_init(&text, BUF_UNLIMITED);
    buf_init(&to, BUF_UNLIMITED);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        buf_cut(&text, 0);
        while (text.n < 1000000)
            buf_add_text(&text, pieces[i]);
        address_find(buf_span(&text), &to);
        cr_expect_leq(to.n, text.n + 2);
    }
    buf_free(&text);
    buf_free(&to);
}
