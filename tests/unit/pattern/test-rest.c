#include <criterion/criterion.h>
#include <string.h>

#include "base/buf.h"
#include "pattern/pattern.h"

#include "pattern/subject.h"

/* Whoever searches a large text rests now and then, whatever searches, and finds the same. */

enum { SIZE = 20 << 20 };

static void count_rest(void *ctx)
{
    ++*(unsigned *)ctx;
}

static struct span make_text(void)
{
    struct buf text;
    struct span subject;

    buf_init(&text, BUF_UNLIMITED);
    memset(buf_reserve(&text, SIZE), 'a', SIZE);
    buf_commit(&text, SIZE);
    text.p[SIZE - 100] = '\n';
    memcpy(text.p + (4 << 20) - 5, "here and there", 14); /* across the end of the first piece */
    memcpy(text.p + SIZE - 50, "needle", 6);
    subject = subject_new(buf_span(&text));
    buf_free(&text);
    return subject;
}

static const struct {
    const char *expression;
    bool matches;
} cases[] = {
    {"needle", true},         {"nEEdle", true},         {"nowhere", false},     {"[0-9]", false},
    {"[b-z]eedl[a-e]", true}, {"here and there", true}, {"(needle|pin)", true}, {"a+[0-9]", false},
    {"()\\/[n]eedle", true},  {"a\\/[0-9]", false},
};

Test(rest, comes_in_time)
{
    struct span text = make_text();

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pattern *pattern = pattern_new(span_of(cases[i].expression), 0);
        unsigned rests = 0;
        struct span match;
        bool found;

        pattern_set_rest(pattern, count_rest, &rests);
        found = pattern_extracts(pattern) ? pattern_extract(pattern, text, &match)
                                          : pattern_matches(pattern, text);
        cr_expect_eq(found, cases[i].matches, "'%s'", cases[i].expression);
        if (i == 5)
            cr_expect_eq(rests, 1, "'%s': %u", cases[i].expression, rests);
        else
            cr_expect(rests >= 4 && rests < 40, "'%s': %u", cases[i].expression, rests);
        pattern_free(pattern);
    }
    subject_free(text);
}

Test(rest, counts_the_same)
{
    struct span text = make_text();
    static const char *const expressions[] = {"e", "a[^a]", "()\\/h?ere"};
    static const size_t counts[] = {7, 3, 2};

    for (size_t i = 0; i < 3; i++) {
        struct pattern *pattern = pattern_new(span_of(expressions[i]), 0);
        size_t from = 0, end, count = 0;
        struct span match;

        for (; pattern_next(pattern, text, from, &end, &match); from = end)
            count++;
        cr_expect_eq(count, counts[i], "'%s': %zu", expressions[i], count);
        pattern_free(pattern);
    }
    subject_free(text);
}
