/* The details that whoever explains or counts reads from the trace. */
#include <criterion/criterion.h>

#include "tests/unit/engine/fake.h"

struct details {
    struct trace_reader reader;
    struct buf seen;
};

static const char *const names[TRACE_KINDS] = {
    [TRACE_RECIPE] = "recipe", [TRACE_CONDITION_READ] = "read", [TRACE_SEARCH] = "search",
    [TRACE_SIZE] = "size",     [TRACE_CONDITION_DONE] = "judged", [TRACE_TAKEN] = "taken",
    [TRACE_PASSED] = "passed", [TRACE_ACTED] = "acted",           [TRACE_EXPANDED] = "expanded",
    [TRACE_END] = "end",
};

static void take(struct trace_reader *reader, const struct trace_event *event, const struct trace_place *place)
{
    struct details *details = (struct details *)reader; /* its first member */

    if (!names[event->kind])
        return;
    buf_printf(&details->seen, "%u %s", place->line, names[event->kind]);
    if (event->text.n)
        buf_printf(&details->seen, " %.*s", (int)event->text.n, event->text.p);
    if (event->kind == TRACE_CONDITION_DONE)
        buf_printf(&details->seen, " %s", event->matched ? "holds" : "fails");
    if (event->weighted)
        buf_printf(&details->seen, " %g %g", event->added, event->score);
    buf_add_byte(&details->seen, '\n');
}

static const struct {
    const char *rc, *seen;
} cases[] = {
    {"A='x y'\n:0 c:\n* ^Subject: tea\n* $ ^From: $A\n$A/\n",
     "1 expanded x y\n2 recipe 0 c:\n3 read ^Subject: tea\n3 search ^Subject: tea\n3 judged holds\n"
     "4 read $ ^From: $A\n4 search ^From: x y\n4 judged fails\n2 passed conditions\n2 end end\n"},
    {":0\n* 3^1 t\n* -20^0\na/\n:0 E\n* > 5\nb/\n",
     "1 recipe 0\n2 read 3^1 t\n2 search t\n2 judged holds 6 6\n3 read -20^0\n3 search\n3 judged holds -20 -14\n"
     "1 passed score\n5 recipe 0 E\n6 read > 5\n6 size > 5\n6 judged holds\n5 taken b/\n5 expanded b/\n"
     "5 acted delivered\n5 end delivered\n"},
    {":0 A\na/\n:0 a\na/\n", "1 recipe 0 A\n1 passed A\n3 recipe 0 a\n3 passed a\n3 end end\n"},
};

Test(details, of_recipes_and_conditions)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct details details = {.reader = {.take = take, .details = true}};
        struct fake fake;

        fake_init(&fake, "From: a@b\nSubject: tea\n\nbody\n");
        buf_init(&details.seen, BUF_UNLIMITED);
        trace_add_reader(&fake.trace, &details.reader);
        fake_sort(&fake, cases[i].rc);
        cr_expect_str_eq(details.seen.p, cases[i].seen, "%zu: got\n%s", i, details.seen.p);
        buf_free(&details.seen);
        fake_free(&fake);
    }
}
