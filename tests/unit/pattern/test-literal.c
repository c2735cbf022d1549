#include <criterion/criterion.h>

#include "pattern/pattern-private.h"

#include "pattern/subject.h"

static void make(struct literal *literal, const char *expression)
{
    struct tree tree;

    tree_parse(&tree, span_of(expression), true);
    literal_make(literal, &tree);
    tree_free(&tree);
}

/* The runs with `|` between them. */
static void print_runs(const struct literal *literal, char *out)
{
    for (unsigned i = 0; i < literal->count; i++) {
        if (i)
            *out++ = '|';
        memcpy(out, literal->bytes + literal->runs[i].at, literal->runs[i].n);
        out += literal->runs[i].n;
    }
    *out = '\0';
}

Test(literal, collects_what_every_match_holds)
{
    static const struct {
        const char *expression, *runs;
        bool leads, whole;
    } cases[] = {
        {"foo", "foo", true, true},
        {"^Subject:.*Foo", "\nsubject:|foo", true, false},
        {"^Subject: \\/foo", "\nsubject: foo", true, true},
        {"(a|b)foo+x*bar?z", "foo|ba|z", false, false},
        {"(ab(cd))e", "abcde", true, true},
        {"a*", "", false, false},
        {"(foo)+", "", false, false},
        {"^^foo", "foo", false, false},
        {"()[.]x", ".x", true, true},
        {"a.b.c.d.e.f.g.h", "a|b|c|d|e|f", true, false},
        {"a|b", "", false, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct literal literal;
        char runs[2 * LITERAL_BYTES];

        make(&literal, cases[i].expression);
        print_runs(&literal, runs);
        cr_expect_str_eq(runs, cases[i].runs, "'%s'", cases[i].expression);
        cr_expect_eq(literal.leads, cases[i].leads, "'%s'", cases[i].expression);
        cr_expect_eq(literal.whole, cases[i].whole, "'%s'", cases[i].expression);
    }
}

Test(literal, is_found_in_small_and_large_subjects)
{
    static const size_t sizes[] = {0, 1, 10, 4090, 4096, 70000};
    struct literal literal;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t n = sizes[i];
        char *text = mem_alloc(n + 10);
        size_t from = 0;

        memset(text, 'q', n);
        memcpy(text + n, "QuiZ, quiz", 10);
        make(&literal, "quiz,");
        cr_expect_eq(literal_find(&literal, 0, span_make(text, n + 10), 0), n);
        cr_expect_eq(literal_find(&literal, 0, span_make(text, n + 10), n), n);
        cr_expect_eq(literal_find(&literal, 0, span_make(text, n + 10), n + 1), SIZE_MAX);
        cr_expect_eq(literal_find(&literal, 0, span_make(text, n + 4), 0), SIZE_MAX);
        cr_expect_eq(literal_find(&literal, 0, span_make(text, n + 10), n + 100), SIZE_MAX);
        cr_expect(literal_all(&literal, span_make(text, n + 10), &from));
        cr_expect_eq(from, n);
        literal_free(&literal);
        free(text);
    }
}

Test(literal, keeps_the_order)
{
    struct literal literal;
    size_t from = 0;

    make(&literal, "foo.*bar");
    cr_expect(literal_all(&literal, span_of("xfoo bar"), &from));
    from = 0;
    cr_expect_not(literal_all(&literal, span_of("bar foo ba"), &from));
    literal_free(&literal);
}
