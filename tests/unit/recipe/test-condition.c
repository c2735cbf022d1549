#include <criterion/criterion.h>

#include "recipe/condition.h"

static const struct {
    const char *text;
    enum condition_kind kind;
    bool negated, weighted;
    double weight, exponent;
    enum condition_area area;
    const char *rest;
} cases[] = {
    {"^Subject:", CONDITION_REGEX, false, false, 0, 0, CONDITION_AREA_FLAGS, "^Subject:"},
    {"", CONDITION_REGEX, false, false, 0, 0, CONDITION_AREA_FLAGS, ""},
    {"!", CONDITION_REGEX, true, false, 0, 0, CONDITION_AREA_FLAGS, ""},
    {"!!x", CONDITION_REGEX, false, false, 0, 0, CONDITION_AREA_FLAGS, "x"},
    {"! B ?? x", CONDITION_REGEX, true, false, 0, 0, CONDITION_AREA_BODY, "x"},
    {"BH??x", CONDITION_REGEX, false, false, 0, 0, CONDITION_AREA_ALL, "x"},
    {"NAME ?? ! x", CONDITION_REGEX, true, false, 0, 0, CONDITION_AREA_VARIABLE, "x"},
    {"?? x", CONDITION_PROGRAM, false, false, 0, 0, CONDITION_AREA_FLAGS, "? x"},
    {"? test -f x", CONDITION_PROGRAM, false, false, 0, 0, CONDITION_AREA_FLAGS, " test -f x"},
    {"> 100", CONDITION_SIZE, false, false, 0, 0, CONDITION_AREA_FLAGS, "> 100"},
    {"5^.5 $ ! x", CONDITION_EXPAND, false, true, 5, .5, CONDITION_AREA_FLAGS, " ! x"},
    {"-3 ^ 1e2 H ?? < 5", CONDITION_SIZE, false, true, -3, 100, CONDITION_AREA_HEAD, "< 5"},
    {"5 apples", CONDITION_REGEX, false, false, 0, 0, CONDITION_AREA_FLAGS, "5 apples"},
    {"5^", CONDITION_REGEX, false, false, 0, 0, CONDITION_AREA_FLAGS, "5^"},
    {"\\foo", CONDITION_REGEX, false, false, 0, 0, CONDITION_AREA_FLAGS, "\\foo"},
    {"a b ?? x", CONDITION_REGEX, false, false, 0, 0, CONDITION_AREA_FLAGS, "a b ?? x"},
};

Test(condition, kinds)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct condition c;

        condition_init(&c);
        condition_read(&c, span_of(cases[i].text));
        cr_expect_eq(c.kind, cases[i].kind, "%s", cases[i].text);
        cr_expect_eq(c.negated, cases[i].negated, "%s", cases[i].text);
        cr_expect_eq(c.weighted, cases[i].weighted, "%s", cases[i].text);
        if (c.weighted) {
            cr_expect_eq(c.weight, cases[i].weight, "%s", cases[i].text);
            cr_expect_eq(c.exponent, cases[i].exponent, "%s", cases[i].text);
        }
        cr_expect_eq(c.area, cases[i].area, "%s", cases[i].text);
        cr_expect(span_eq_text(c.text, cases[i].rest), "%s: %.*s", cases[i].text, (int)c.text.n, c.text.p);
    }
}

Test(condition, reading_goes_on_after_expansion)
{
    struct condition c;

    condition_init(&c);
    condition_read(&c, span_of("! $ X"));
    cr_assert_eq(c.kind, CONDITION_EXPAND);
    condition_read(&c, span_of("! 2^1 H ?? x"));
    cr_assert_eq(c.kind, CONDITION_REGEX);
    cr_assert(!c.negated);
    cr_assert(c.weighted);
    cr_assert_eq(c.area, CONDITION_AREA_HEAD);
}

static const struct {
    const char *text, *expression, *shown;
    bool any_case;
} expressions[] = {
    {"\\<foo", "<foo", "\\<foo", false},
    {"\\\\<foo", "\\<foo", "\\\\<foo", false},
    {"\\^TO_x", "^TO_x", "\\^TO_x", false},
    {"a\\^TOx", "a\\^TOx", "a\\^TOx", false},
};

Test(condition, expressions)
{
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        struct buf expression, shown;
        bool any_case;

        buf_init(&expression, BUF_UNLIMITED);
        buf_init(&shown, BUF_UNLIMITED);
        condition_regex(span_of(expressions[i].text), &expression, &shown, &any_case);
        cr_expect_str_eq(expression.p, expressions[i].expression);
        cr_expect_str_eq(shown.p, expressions[i].shown);
        cr_expect_eq(any_case, expressions[i].any_case);
        buf_free(&expression);
        buf_free(&shown);
    }
}

Test(condition, joins_lines)
{
    struct buf joined;

    buf_init(&joined, BUF_UNLIMITED);
    condition_join(span_of("a\\\n   b\\\nc \\d"), &joined);
    cr_assert_str_eq(joined.p, "abc \\d");
    buf_free(&joined);
}

Test(condition, macros)
{
    struct buf expression, shown;
    bool any_case;

    buf_init(&expression, BUF_UNLIMITED);
    buf_init(&shown, BUF_UNLIMITED);
    condition_regex(span_of("(^TO_me|^FROM_DAEMON)"), &expression, &shown, &any_case);
    cr_assert(any_case);
    cr_assert(span_starts(buf_span(&expression), "((^((Original-)?(Resent-)?(To|Cc|Bcc)"));
    cr_assert_not_null(strstr(expression.p, "(.*[^-a-zA-Z0-9_.])?)me|(^(Mailing-List:"));
    cr_assert_null(strstr(expression.p, "FROM_DAEMON"));
    buf_free(&expression);
    buf_free(&shown);
}
