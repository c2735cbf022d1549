/*
 * The expectations of a test against what a run left behind.
 */
#ifndef MAILWEIR_RCTEST_EXPECT_H
#define MAILWEIR_RCTEST_EXPECT_H

#include "base/buf.h"
#include "rctest/outcome.h"

/* Adds a report of each expectation of this stage that does not hold; returns their number.
 * Where a test expects anything but no exit status, it expects 0. */
int expect_check(const struct rctest *test, unsigned stage, const struct outcome *outcome,
                 struct buf *report);

#endif
