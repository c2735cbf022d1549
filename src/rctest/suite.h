/*
 * A list of tests, run several at a time, reported in their order as TAP or as JUnit's XML.
 */
#ifndef MAILWEIR_RCTEST_SUITE_H
#define MAILWEIR_RCTEST_SUITE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "rctest/rctest.h"

enum suite_format { SUITE_TAP, SUITE_JUNIT };

struct suite {
    struct rctest **tests;
    size_t count;
    const char *program; /* what is tested */
    const char *peer;    /* what it is compared with, or NULL */
    bool as_procmail;    /* the program is procmail: tests that differ are skipped */
    enum suite_format format;
    bool progress;   /* how far it is, on standard error */
    bool keep;       /* sandboxes stay, and the report says where */
    int coverage_fd; /* what the tests took is added to this file (counted.h), or -1 */
    unsigned jobs;
    unsigned tries; /* a test that fails is run again until it has been run so often */
};

/* Runs all; *failed is the number of tests that failed.  -1 when it cannot go on. */
int suite_run(const struct suite *suite, FILE *to, size_t *failed, struct err *err);

enum verdict {
    VERDICT_OK,
    VERDICT_SKIPPED, /* the report is the reason, one line */
    VERDICT_FAILED,
};

/* One test, in this process, which must have no other children (run.h). */
enum verdict suite_run_test(const struct suite *suite, const struct rctest *test, struct buf *report);

#endif
