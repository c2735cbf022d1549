#include <criterion/criterion.h>
#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "pattern/pattern-private.h"
#include "pattern/pattern.h"

#include "pattern/subject.h"

static uint64_t seed(void)
{
    const char *given = getenv("PATTERN_SEED");
    uint64_t value = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);

    printf("PATTERN_SEED=%llu\n", (unsigned long long)value);
    return value;
}

static unsigned choose(uint64_t *state, unsigned n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*state >> 33) % n;
}

/* Any tokens in a row: what is no expression is mended as rc files have it mended. */
static void make_expression(uint64_t *random, struct buf *to)
{
    static const char *const tokens[] = {"a", "a", "b", "b", ".", "^", "$", "^^", "\\<", "[^a]",
                                         "(", "(", "|", ")", ")", "*", "+", "?",  "\\/"};
    unsigned n = 1 + choose(random, 14);

    buf_cut(to, 0);
    while (n--)
        buf_add_text(to, tokens[choose(random, sizeof tokens / sizeof *tokens)]);
}

static struct span make_subject(uint64_t *random, unsigned longest, const char *bytes)
{
    struct buf text;
    struct span subject;
    unsigned n = choose(random, longest);

    buf_init(&text, BUF_UNLIMITED);
    while (n--)
        buf_add_byte(&text, bytes[choose(random, (unsigned)strlen(bytes))]);
    subject = subject_new(buf_span(&text));
    buf_free(&text);
    return subject;
}

/* ---- against the obvious way */

/* By position and state, from the end: true where the final state is reached. */
static bool *obvious(const struct program *program, struct span subject)
{
    size_t count = program->count;
    bool *known = calloc((subject.n + 1) * count, sizeof *known);

    for (size_t at = subject.n + 1; at-- > 0;) {
        bool *here = known + at * count, *next = here + count, more = true;

        while (more) {
            more = false;
            for (uint32_t i = 0; i < count; i++) {
                const struct state *s = &program->states[i];
                bool reaches = s->kind == STATE_FINAL ||
                               (s->kind == STATE_FORK && (here[s->x] || here[s->y])) ||
                               (s->kind == STATE_SPLIT && here[s->x]) ||
                               (s->kind == STATE_END && at == subject.n - 1 && here[s->x]) ||
                               (s->kind == STATE_BEGIN && at == 0 && next[s->x]);

                if (at < subject.n && program_takes(program, s, (unsigned char)subject.p[at]) && next[s->x])
                    reaches = true;
                more |= reaches != here[i];
                here[i] = reaches;
            }
        }
    }
    return known;
}

Test(outlook, agrees_with_the_obvious_one)
{
    uint64_t random = seed();
    struct buf expression;

    buf_init(&expression, BUF_UNLIMITED);
    for (unsigned i = 0; i < 3000; i++) {
        struct span text = make_subject(&random, 40, "aaabb\n_"), subject = span_make(text.p - 1, text.n + 2);
        struct program program;
        struct rest rest = {NULL, NULL, 0};
        struct outlook *outlook;
        struct tree tree;
        bool *want;

        make_expression(&random, &expression);
        tree_parse(&tree, buf_span(&expression), true);
        program_make(&program, &tree);
        outlook = outlook_new(&program, subject, &rest);
        want = obvious(&program, subject);
        for (size_t at = 0; at <= subject.n; at++)
            for (uint32_t state = 0; state < program.count; state++)
                cr_assert_eq(outlook_reaches(outlook, at, state), want[at * program.count + state],
                             "'%s' on '%.*s': state %u at %zu", expression.p, (int)text.n, text.p, state, at);
        free(want);
        outlook_free(outlook);
        program_free(&program);
        tree_free(&tree);
        subject_free(text);
    }
    buf_free(&expression);
}

/* ---- series */

/* A series in which each search begins anew never has an outlook. */
static void compare_series(const char *expression, struct span text)
{
    struct pattern *pattern = pattern_new(span_of(expression), 0);
    size_t from = 0, end, end_alone, hits = 0;
    struct span match, match_alone;
    bool found, found_alone;

    do {
        struct pattern *alone = pattern_new(span_of(expression), 0);

        found = pattern_next(pattern, text, from, &end, &match);
        found_alone = pattern_next(alone, text, from, &end_alone, &match_alone);
        pattern_free(alone);
        cr_assert_eq(found, found_alone, "'%s', hit %zu on '%.*s'", expression, hits, (int)text.n, text.p);
        if (!found)
            break;
        cr_assert_eq(end, end_alone, "'%s', hit %zu on '%.*s'", expression, hits, (int)text.n, text.p);
        cr_assert(match.p == match_alone.p && match.n == match_alone.n, "'%s', hit %zu on '%.*s'", expression,
                  hits, (int)text.n, text.p);
        hits++;
    } while (end > from && (from = end, true));
    pattern_free(pattern);
}

static const char *const far[] = {
    "a\\/(.*$(.*$)*zzz)?",         "()\\/[a-b](.*$(.*$)*q)?",
    "(a|b.*$(.*$)*zz)\\/.",        "()\\/a(b|.*$(.*$)*b.*z^^)?",
    "a\\/b|()\\/a.*$(.*$)*qq|b",   "(a\\/)+(.*$(.*$)*q|b)?",
    "^\\/a?(.*$)?(.*$)*z$^^|\\/b", "\\<\\/.(.|$)*_",
};

Test(outlook, series_are_the_same_with_and_without)
{
    uint64_t random = seed() + 1;

    for (unsigned i = 0; i < 300; i++) {
        struct span text = make_subject(&random, 300, "aaaabbb\n\nz_");

        compare_series(far[i % (sizeof far / sizeof *far)], text);
        subject_free(text);
    }
}

Test(outlook, random_series_are_the_same_with_and_without)
{
    uint64_t random = seed() + 2;
    struct buf expression;

    buf_init(&expression, BUF_UNLIMITED);
    for (unsigned i = 0; i < 3000; i++) {
        struct span text = make_subject(&random, 80, "aaabb\n_");

        make_expression(&random, &expression);
        compare_series(expression.p, text);
        subject_free(text);
    }
    buf_free(&expression);
}

Test(outlook, a_series_that_looks_to_the_end_takes_linear_time, .timeout = 60)
{
    size_t n = 1000000;
    struct buf text;
    struct span subject;

    buf_init(&text, BUF_UNLIMITED);
    memset(buf_reserve(&text, n), 'a', n);
    buf_commit(&text, n);
    subject = subject_new(buf_span(&text));
    buf_free(&text);
    for (size_t i = 0; i < 2; i++) {
        struct pattern *pattern = pattern_new(span_of(far[i]), 0);
        size_t from = 0, end, hits = 0;
        struct span match;

        for (; pattern_next(pattern, subject, from, &end, &match) && end > from; from = end)
            hits++;
        cr_expect_eq(hits, n, "'%s': %zu", far[i], hits);
        pattern_free(pattern);
    }
    subject_free(subject);
}
