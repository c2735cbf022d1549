/* One test: what is run, and what makes it good. */
#include "rctest/suite.h"

#include "rctest/compare.h"
#include "rctest/expect.h"
#include "rctest/namespace.h"
#include "rctest/outcome.h"

/* Why this test is not run at all; NULL when it is. */
static const char *reason_to_skip(const struct suite *suite, const struct rctest *test)
{
    if (suite->as_procmail && rctest_find(test, RCTEST_DIFFERS))
        return "differs from procmail on purpose";
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

static int judge_peer(const struct suite *suite, const struct rctest *test, const struct outcome *ours,
                      struct buf *report)
{
    struct outcome peer;
    struct err err;
    int faults;

    if (outcome_make(&peer, test, suite->peer, &err))
        faults = report_err(report, &err);
    else
        faults = outcome_faults(&peer, "the peer", report) + compare_outcomes(ours, &peer, report);
    if (suite->keep)
        buf_printf(report, "the peer's sandbox: %s\n", peer.box.path);
    outcome_free(&peer, suite->keep);
    return faults;
}

/* The number of faults in one run of the test. */
static int judge(const struct suite *suite, const struct rctest *test, struct buf *report)
{
    struct outcome ours;
    struct err err;
    int faults;

    if (outcome_make(&ours, test, suite->program, &err)) {
        faults = report_err(report, &err);
    } else {
        faults = outcome_faults(&ours, "the program", report) + expect_check(test, &ours, report);
        if (suite->peer && !rctest_find(test, RCTEST_DIFFERS))
            faults += judge_peer(suite, test, &ours, report);
    }
    if (suite->keep)
        buf_printf(report, "the sandbox: %s\n", ours.box.path);
    outcome_free(&ours, suite->keep);
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
