#include <criterion/criterion.h>
#include <stdio.h>

#include "base/buf.h"
#include "pattern/pattern.h"

#include "pattern/subject.h"

/* What would take an exponential, or quadratic, matcher longer than anybody waits. */

static struct span long_line(size_t n, const char *behind)
{
    struct buf text;
    struct span subject;

    buf_init(&text, BUF_UNLIMITED);
    memset(buf_reserve(&text, n), 'a', n);
    buf_commit(&text, n);
    buf_add_text(&text, behind);
    subject = subject_new(buf_span(&text));
    buf_free(&text);
    return subject;
}

Test(hard, a_line_of_a_million, .timeout = 60)
{
    static const struct {
        const char *expression;
        bool matches;
    } cases[] = {
        {"(a|aa)+[bc]", false},      {"(a*)*(a*)*[bc]", true},      {"a+\\/a*[bc]", false},
        {"(x([^ ]*|M)|.*)+p", true}, {"(x([^ ]*|M)|.*)+ap", false}, {"a*a*a*[bc]", true},
        {"a+[bc]", false},           {"(.*)*(.*)*[qz]", false},     {"((a?)*(a?)*)*b$c", true},
    };
    struct span text = long_line(1000000, "\nb\nc\nx p\n");

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pattern *pattern = pattern_new(span_of(cases[i].expression), 0);
        struct span match;
        size_t end;

        cr_expect_eq(pattern_matches(pattern, text), cases[i].matches, "'%s'", cases[i].expression);
        cr_expect_eq(pattern_extract(pattern, text, &match), cases[i].matches, "'%s'", cases[i].expression);
        cr_expect_eq(pattern_next(pattern, text, 0, &end, NULL), cases[i].matches, "'%s'",
                     cases[i].expression);
        pattern_free(pattern);
    }
    subject_free(text);
}

Test(hard, small_subjects_that_backtrack, .timeout = 60)
{
    static const char *const expressions[] = {"(a|aa)+[bc]", "(a*)*(a*)*[bc]", "a*a*a*a*a*[bc]",
                                              "((a?)*(a?)*)*[bc]"};
    struct span text = long_line(8000, "");

    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        struct pattern *pattern = pattern_new(span_of(expressions[i]), 0);

        cr_expect_not(pattern_matches(pattern, text), "'%s'", expressions[i]);
        pattern_free(pattern);
    }
    subject_free(text);
}

static struct pattern *nested(const char *open, const char *middle, const char *close, size_t depth)
{
    struct buf text;
    struct pattern *pattern;

    buf_init(&text, BUF_UNLIMITED);
    for (size_t i = 0; i < depth; i++)
        buf_add_text(&text, open);
    buf_add_text(&text, middle);
    for (size_t i = 0; i < depth; i++)
        buf_add_text(&text, close);
    pattern = pattern_new(buf_span(&text), 0);
    buf_free(&text);
    return pattern;
}

Test(hard, deep_nesting, .timeout = 60)
{
    static const char *const shapes[][3] = {
        {"(", "b", ")"},    {"(", "b", ")*b"},   {"(a|", "b", ")"},
        {"(", "b", "|a)+"}, {"((", "b", ")?)*"}, {"(", "b", ""},
    };
    struct span text = subject_new(span_of("xx abba"));

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct pattern *pattern = nested(shapes[i][0], shapes[i][1], shapes[i][2], 50000);
        struct span match;

        cr_expect(pattern_matches(pattern, text), "shape %zu", i);
        cr_expect(pattern_extract(pattern, text, &match), "shape %zu", i);
        cr_expect_eq(pattern_is_faulty(pattern), i == 5);
        pattern_free(pattern);
    }
    subject_free(text);
}

Test(hard, large_patterns, .timeout = 60)
{
    struct pattern *literal = nested("abcdefghij", "", "", 10000);
    struct pattern *choice = nested("", "(", "some-word|", 10000);
    struct span text = long_line(20000, "\n some-word");

    cr_expect_not(pattern_matches(literal, text));
    cr_expect(pattern_is_faulty(choice));
    cr_expect(pattern_matches(choice, text));
    pattern_free(literal);
    pattern_free(choice);
    subject_free(text);
}

/* A long line in which a run of many words is begun at each byte. */
Test(hard, literals_are_counted_in_linear_time, .timeout = 60)
{
    struct pattern *pattern = pattern_new(span_of("aB?"), 0);
    struct span text = long_line(1000000, "");
    size_t from = 0, end, count = 0;

    for (; pattern_next(pattern, text, from, &end, NULL) && end > from; from = end)
        count++;
    cr_expect_eq(count, 1000000);
    pattern_free(pattern);
    subject_free(text);
}
