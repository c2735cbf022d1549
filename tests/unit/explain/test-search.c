/* What a step says of a search: the text that matched, or the nearest miss. */
#include <criterion/criterion.h>

#include "explain/explain.h"

#include "tests/unit/pattern/subject.h"

static struct explain explain;

static void setup(void)
{
    explain_init(&explain);
}

static void teardown(void)
{
    explain_free(&explain);
}

static const struct explain_step *search(const char *area, const char *expression, struct span text,
                                         bool case_matters)
{
    struct explain_step *step = explain_add(&explain, EXPLAIN_CONDITION, NULL);
    struct span subject = subject_new(text);

    step->subject = span_of(area);
    step->expression = span_of(expression);
    explain_search(&explain, step, subject, case_matters);
    subject_free(subject);
    return step;
}

static void expect_text(struct span text, const char *wanted)
{
    cr_expect(span_eq_text(text, wanted), "'%.*s' is not '%s'", (int)text.n, text.p, wanted);
}

Test(search, shows_the_match_in_its_line, .init = setup, .fini = teardown)
{
    const struct explain_step *step =
        search("H", "tea.*five", span_of("From: a\nSubject: at tea five!\nTo: b"), false);

    cr_expect(!step->has_miss && !step->is_cut);
    expect_text(step->before, "Subject: at ");
    expect_text(step->hit, "tea five");
    expect_text(step->after, "!");
    cr_expect_eq(step->hit_at, sizeof "From: a\nSubject: at " - 1);
}

Test(search, shows_no_newlines_around_a_line, .init = setup, .fini = teardown)
{
    const struct explain_step *step = search("H", "^To: b$", span_of("From: a\nTo: b\nCc: c"), false);

    expect_text(step->before, "");
    expect_text(step->hit, "To: b");
    expect_text(step->after, "");
    cr_expect_eq(step->hit_at, sizeof "From: a\n" - 1);
}

Test(search, tells_where_the_miss_is, .init = setup, .fini = teardown)
{
    const struct explain_step *step =
        search("HB", "tea at [0-9]", span_of("To: b\n\nHi.\nTea at five?"), false);

    cr_expect(step->has_miss && !step->lacks_field && !step->case_differs && !step->at_end);
    cr_expect_eq(step->got_at, sizeof "To: b\n\nHi.\n" - 1);
    expect_text(step->got, "Tea at ");
    expect_text(step->wanted, "[0-9]");
    expect_text(step->instead, "five?");
    expect_text(step->miss,
                "got as far as 'Tea at ' in line 2 of the body; wanted one of '[0-9]', found 'five?'");
}

Test(search, tells_in_which_field, .init = setup, .fini = teardown)
{
    expect_text(search("H", "bob@example\\.org", span_of("To: Bob <bob@example.net>"), false)->miss,
                "got as far as 'bob@example.' in the field To; wanted 'org', found 'net>'");
}

Test(search, tells_what_flag_D_did, .init = setup, .fini = teardown)
{
    cr_expect(search("H", "^subject:", span_of("Subject: x"), true)->case_differs);
    cr_expect(!search("H", "^subject: y", span_of("Subject: x"), true)->case_differs);
    cr_expect(!search("H", "^subject: y", span_of("Subject: x"), false)->case_differs);
}

Test(search, shortens_what_is_long, .init = setup, .fini = teardown)
{
    char text[20000];
    const struct explain_step *step;

    memset(text, 'x', sizeof text);
    step = search("B", "x+", span_make(text, sizeof text), false);
    cr_expect_eq(step->hit.n, 4096);
    step = search("B", "^x*y", span_make(text, sizeof text), false);
    cr_expect_leq(step->miss.n, 250, "%zu", step->miss.n);
    memset(text, '\xc3', sizeof text); /* no character is whole */
    step = search("B", "^a", span_make(text, sizeof text), false);
    expect_text(step->miss, "no line of the body begins with 'a'");
}

Test(search, says_when_nothing_can_match_or_nothing_is_there, .init = setup, .fini = teardown)
{
    expect_text(search("H", "a", span_make("", 0), false)->miss, "the header is empty");
    expect_text(search("NAME", "a", span_make("", 0), false)->miss, "NAME is empty or not set");
    expect_text(search("NAME", "a$b", span_of("a"), false)->miss,
                "got as far as 'a' in NAME; wanted 'b', found the end of what is searched");
}
