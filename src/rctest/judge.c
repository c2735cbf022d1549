/* One test: what is run, and what makes it good. */
#include "rctest/suite.h"

#include <string.h>

#include "rctest/calls.h"
#include "rctest/command.h"
#include "rctest/compare.h"
#include "rctest/counted.h"
#include "rctest/expect.h"
#include "rctest/namespace.h"
#include "rctest/outcome.h"

static bool asks_variables(const struct rctest *test)
{
    return rctest_find(test, RCTEST_EXPECT_VARIABLE) || rctest_find(test, RCTEST_EXPECT_NO_VARIABLE);
}

/* Why this test is not run at all; NULL when it is. */
static const char *reason_to_skip(const struct suite *suite, const struct rctest *test)
{
    if (suite->as_procmail && rctest_find(test, RCTEST_DIFFERS))
        return "differs from procmail on purpose";
    if (suite->as_procmail && rctest_find(test, RCTEST_CLOCK))
        return "has a clock, which procmail cannot be given";
    if (suite->as_procmail && asks_variables(test))
        return "expects variables, which procmail does not tell";
    if (!suite->peer && !rctest_expects(test))
        return "expects nothing: it is for --peer";
    if (rctest_find(test, RCTEST_PASSWD) && !namespace_available())
        return "needs root and mount namespaces";
    return NULL;
}

static int report_err(struct buf *report, const struct err *err)
{
    buf_printf(report, "%s\n", err->text);
    return 1;
}

/* One program's way through a test: its sandbox, into which message after message comes. */
struct way {
    const char *who;
    struct agent agent;
    struct outcome outcome;
    bool open;
};

static int way_begin(struct way *way, const struct rctest *test, struct buf *report)
{
    struct err err;

    way->open = true;
    return outcome_begin(&way->outcome, test, &err) ? report_err(report, &err) : 0;
}

static int way_run(struct way *way, const struct rctest_section *message, struct buf *report)
{
    struct err err;

    if (outcome_run(&way->outcome, message, &way->agent, &err))
        return report_err(report, &err);
    return outcome_faults(&way->outcome, way->who, report);
}

static void way_end(const struct suite *suite, struct way *way, struct buf *report)
{
    if (!way->open)
        return;
    if (suite->keep)
        buf_printf(report, "%s's sandbox: %s\n", way->who, way->outcome.box.path);
    outcome_free(&way->outcome, suite->keep);
}

/* The program has shown that the peer, whom nothing holds, would send mail. */
static bool peer_would_send(const struct rctest *test, const struct outcome *ours, struct buf *report)
{
    const char *why = NULL;

    if (outcome_left_sandbox(ours))
        why = "the rc file sets SENDMAIL to a program outside of the sandbox";
    else if (!command_presets_sendmail(test) && calls_count(&ours->tree) > ours->calls_before)
        why = "it was forwarded, and the section 'args' has no '$SETTINGS'";
    if (why)
        buf_printf(report, "%s:%u: the peer is not run, which would send mail: %s\n", test->file, test->line,
                   why);
    return why != NULL;
}

/* The faults after one message; `stage` is its number, 0 for the last. */
static int judge_message(const struct rctest *test, const struct rctest_section *message, unsigned stage,
                         struct way *ours, struct way *peer, struct buf *report)
{
    int faults = way_run(ours, message, report);

    if (faults)
        return faults;
    faults = expect_check(test, stage, &ours->outcome, report);
    if (!peer->agent.program)
        return faults;
    if (peer_would_send(test, &ours->outcome, report) || way_run(peer, message, report))
        return faults + 1;
    return faults + compare_outcomes(&ours->outcome, &peer->outcome, report);
}

/* Other programs than mailweir, such as its companions, know no such options, and send nothing. */
static bool is_held(const struct suite *suite)
{
    const char *slash = strrchr(suite->program, '/');

    return !suite->as_procmail && !strcmp(slash ? slash + 1 : suite->program, "mailweir");
}

/* The number of faults in one run of the test, which ends with the first message that has any. */
static int judge(const struct suite *suite, const struct rctest *test, struct buf *report)
{
    bool compared = suite->peer && !rctest_find(test, RCTEST_DIFFERS) && !rctest_find(test, RCTEST_CLOCK);
    struct way ours = {.who = "the program",
                       .agent = {suite->program, !suite->as_procmail, is_held(suite), -1, -1}};
    struct way peer = {.who = "the peer", .agent = {compared ? suite->peer : NULL, false, false, -1, -1}};
    const struct rctest_section *message = rctest_find(test, RCTEST_MESSAGE);
    bool several = rctest_find_next(message) != NULL;
    int faults = way_begin(&ours, test, report);
    FILE *counts = suite->coverage_fd >= 0 ? counted_open(&ours.agent.count_fd) : NULL;
    bool tells = asks_variables(test) || (compared && ours.agent.held);
    FILE *variables = tells ? counted_open(&ours.agent.variables_fd) : NULL;

    if (compared)
        faults += way_begin(&peer, test, report);
    for (unsigned stage = 1; message && !faults; stage++) {
        const struct rctest_section *next = rctest_find_next(message);

        faults = judge_message(test, message, next ? stage : 0, &ours, &peer, report);
        if (faults && several)
            buf_printf(report, "%s:%u: this was after message %u\n", test->file, message->line, stage);
        message = next;
    }
    if (variables)
        fclose(variables);
    if (counts)
        counted_close(counts, suite->coverage_fd, test, &ours.outcome.box);
    way_end(suite, &ours, report);
    way_end(suite, &peer, report);
    return faults;
}

enum verdict suite_run_test(const struct suite *suite, const struct rctest *test, struct buf *report)
{
    const char *reason = reason_to_skip(suite, test);

    if (reason) {
        buf_add_text(report, reason);
        return VERDICT_SKIPPED;
    }
    if (!judge(suite, test, report))
        return VERDICT_OK;
    for (unsigned run = 2; run <= suite->tries; run++) {
        struct buf again;
        int faults;

        buf_init(&again, BUF_UNLIMITED);
        faults = judge(suite, test, &again);
        buf_free(&again);
        if (!faults) {
            buf_printf(report, "run %u was good\n", run);
            return VERDICT_OK;
        }
    }
    return VERDICT_FAILED;
}
