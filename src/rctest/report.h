/*
 * How the results of tests are written: as TAP, and as the XML of JUnit that build servers read.
 */
#ifndef MAILWEIR_RCTEST_REPORT_H
#define MAILWEIR_RCTEST_REPORT_H

#include <stdio.h>

#include "rctest/suite.h"

struct report_line {
    const struct rctest *test;
    size_t number;
    enum verdict verdict;
    struct span text; /* what failed, or why it was skipped */
    double seconds;
};

void report_tap_begin(FILE *to, size_t count);
void report_tap(FILE *to, const struct report_line *line);
void report_tap_end(FILE *to, size_t count, size_t failed);

/* Known only at the end, though it stands at the beginning. */
struct report_sum {
    size_t tests, failed, skipped;
    double seconds;
};

void report_junit_begin(FILE *to, const struct report_sum *sum);
void report_junit(FILE *to, const struct report_line *line);
void report_junit_end(FILE *to);

#endif
