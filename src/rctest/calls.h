/*
 * Programs that only note how they were called: stand-ins for those the test names, and in each test
 * for sendmail.  They and their notes lie below `.test` in the sandbox.
 */
#ifndef MAILWEIR_RCTEST_CALLS_H
#define MAILWEIR_RCTEST_CALLS_H

#include <stdbool.h>

#include "base/err.h"
#include "rctest/rctest.h"
#include "rctest/sandbox.h"
#include "rctest/tree.h"

#define CALLS_BIN ".test/bin"
#define CALLS_SENDMAIL "$HOME/" CALLS_BIN "/sendmail"
#define CALLS_NOTES ".test/calls" /* in it, for each call a directory with `command` and `input` */

bool calls_has_stubs(const struct rctest *test);

/* How many there were until now. */
unsigned calls_count(const struct tree *tree);

/* In a filled sandbox: 0, or -1. */
int calls_prepare(const struct rctest *test, const struct sandbox *box, struct err *err);

#endif
