/*
 * Programs that only note how they were called: stand-ins for those the test names, and for
 * sendmail where forwards are expected.  They and their notes lie below `.test` in the sandbox.
 */
#ifndef MAILWEIR_RCTEST_CALLS_H
#define MAILWEIR_RCTEST_CALLS_H

#include <stdbool.h>

#include "base/err.h"
#include "rctest/rctest.h"
#include "rctest/sandbox.h"

#define CALLS_BIN ".test/bin"
#define CALLS_NOTES ".test/calls" /* in it, for each call a directory with `command` and `input` */

bool calls_has_stubs(const struct rctest *test);
bool calls_records_forwards(const struct rctest *test);

/* In a filled sandbox: 0, or -1. */
int calls_prepare(const struct rctest *test, const struct sandbox *box, struct err *err);

#endif
