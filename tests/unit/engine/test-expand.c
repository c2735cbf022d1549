#include <criterion/criterion.h>

#include "tests/unit/engine/fake.h"

/* What a value expands to, between angle brackets; A is `a b`, E is empty, U is not set. */
static const struct {
    const char *value, *expanded;
} cases[] = {
    {"$A", "a b"},
    {"\"$A\"$A", "a ba b"},
    {"${A}x${U}y$U", "a bxy"},
    {"${U-x}${E-y}${E:-z}", "xz"},
    {"${A+x}${U+y}${E+v}${E:+w}", "xv"},
    {"\"${U-a $A}\"", "a a b"},
    {"${U:-${A:-x}}", "a b"},
    {"${A:-${U:-x}}y", "a by"},
    {"$\\R", "()a\\.b\\*\\(c\\)"},
    {"$1.$2.$3.$#", "one.two words..2"},
    {"\"$=\"", "0"},
    {"$_", "rc"},
    {"'$A'", "$A"},
    {"a\\$A", "a$A"},
    {"${A-b", "b"},
    {"${U+b\"c $A\"", "bc "},
    {"`x`", "out put"},
    {"\"`x`\"", "out put"},
    {"$", "$"},
    {"a$.b", "a$.b"},
};

Test(expand, values)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake fake;
        struct buf rc;

        buf_init(&rc, BUF_UNLIMITED);
        buf_printf(&rc, "A='a b' E='' R='a.b*(c)' V=%s\n", cases[i].value);
        fake_init(&fake, "S: x\n\n");
        fake.output = "out put\n\n";
        fake_sort(&fake, rc.p);
        cr_expect_str_eq(run_get(fake.run, "V"), cases[i].expanded, "%s: %s", cases[i].value,
                         run_get(fake.run, "V"));
        fake_free(&fake);
        buf_free(&rc);
    }
}

static const struct {
    const char *words, *done;
} arguments[] = {
    {"x $A y", "pipe x,a,b,y\n"},
    {"x \"$A\" y", "pipe x,a b,y\n"},
    {"x $E y", "pipe x,y\n"},
    {"x \"$E\" '' y", "pipe x,,,y\n"},
    {"x z$A.y", "pipe x,za,b.y\n"},
    {"x # comment", "pipe x\n"},
    {"x `p` y", "capture p\npipe x,out,put,y\n"},
    {"x a\\ b", "pipe x,a b\n"},
    {"x y${A-p $A q", "pipe x,yp,q\n"},
    {"x \"$@\" ${A-p", "pipe x,one,two words,p\n"},
    {"x $A > y", "pipe  x $A > y\n"},
    {"test -f y", "pipe  test -f y\n"},
};

Test(expand, arguments)
{
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) {
        struct fake fake;
        struct buf rc;

        buf_init(&rc, BUF_UNLIMITED);
        buf_printf(&rc, "A='a b' E=''\n:0\n| %s\n", arguments[i].words);
        fake_init(&fake, "S: x\n\n");
        fake.output = "out put\n";
        fake_sort(&fake, rc.p);
        cr_expect_str_eq(fake.done.p, arguments[i].done, "%s: %s", arguments[i].words, fake.done.p);
        fake_free(&fake);
        buf_free(&rc);
    }
}

Test(expand, linebuf_bounds_what_grows)
{
    struct fake fake;

    fake_init(&fake, "S: x\n\n");
    fake_sort(&fake, "A=0123456789 B=$A$A$A$A$A$A$A LINEBUF=128 C=$B$B D=$B\n");
    cr_expect_null(run_get(fake.run, "C"));
    cr_expect_not_null(run_get(fake.run, "D"));
    cr_expect_str_eq(run_get(fake.run, "PROCMAIL_OVERFLOW"), "yes");
    fake_free(&fake);
}

Test(expand, linebuf_has_a_limit)
{
    static const char *const values[] = {"2147483647", "2147483648", "9223372036854775807", "99999999999999999999"};

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct fake fake;
        struct buf rc;

        buf_init(&rc, BUF_UNLIMITED);
        buf_printf(&rc, "LINEBUF=%s A=xxxxxxxx\n", values[i]);
        for (int n = 0; n < 40; n++)
            buf_add_text(&rc, "A=$A$A\n");
        fake_init(&fake, "S: x\n\n");
        fake_sort(&fake, rc.p);
        cr_expect_leq(strlen(run_get(fake.run, "A")), (size_t)4 << 20);
        cr_expect_not_null(strstr(fake.said.p, "LINEBUF is limited to 4194304\n"));
        cr_expect_str_eq(run_get(fake.run, "LINEBUF"), values[i]);
        fake_free(&fake);
        buf_free(&rc);
    }
}
