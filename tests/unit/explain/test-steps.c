/* Steps on their way from one process to another, and numbers that stay apart. */
#include <criterion/criterion.h>

#include <unistd.h>

#include "explain/explain.h"

static struct explain here, there;

static void setup(void)
{
    explain_init(&here);
    explain_init(&there);
}

static void teardown(void)
{
    explain_free(&here);
    explain_free(&there);
}

static void send_all(void)
{
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    cr_expect_eq(explain_send(here.first, ends[1]), 0);
    close(ends[1]);
    cr_expect_eq(explain_receive(&there, ends[0]), 0);
    close(ends[0]);
}

Test(steps, arrive_whole, .init = setup, .fini = teardown)
{
    struct trace_place place = {"rc", 3, 4};
    struct explain_step *step = explain_add(&here, EXPLAIN_CONDITION, &place);

    step->raw = explain_keep(&here, span_of("^Subject:"));
    step->miss = explain_keep(&here, span_make("a\0b", 3));
    step->score = 1.5;
    explain_add(&here, EXPLAIN_END, NULL)->text = span_of("end");
    send_all();
    cr_assert(there.first && there.first->next && there.first->next == there.last);
    cr_expect_eq(there.first->kind, EXPLAIN_CONDITION);
    cr_expect(span_eq_text(there.first->file, "rc") && there.first->line == 3 && there.first->column == 4);
    cr_expect(span_eq_text(there.first->raw, "^Subject:"));
    cr_expect(span_eq(there.first->miss, span_make("a\0b", 3)));
    cr_expect_neq(there.first->miss.p, step->miss.p);
    cr_expect_eq(there.first->score, 1.5);
    cr_expect(span_eq_text(there.last->text, "end") && !there.last->next);
}

Test(steps, of_others_take_their_numbers, .init = setup, .fini = teardown)
{
    here.copy = 7;
    here.way = 9;
    explain_add(&here, EXPLAIN_COPY, NULL);
    send_all();
    cr_expect_eq(there.copies, 7);
    cr_expect_eq(there.ways, 9);
    cr_expect_eq(there.copy, 0);
    cr_expect_eq(there.way, 0);
}

Test(steps, cut_short_are_noticed, .init = setup, .fini = teardown)
{
    int ends[2];

    explain_add(&here, EXPLAIN_COPY, NULL);
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], here.first, sizeof *here.first - 1), (ssize_t)(sizeof *here.first - 1));
    close(ends[1]);
    cr_expect_eq(explain_receive(&there, ends[0]), -1);
    close(ends[0]);
}
