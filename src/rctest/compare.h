/*
 * Two programs on the same test: everything in which they differ.
 */
#ifndef MAILWEIR_RCTEST_COMPARE_H
#define MAILWEIR_RCTEST_COMPARE_H

#include "base/buf.h"
#include "rctest/outcome.h"

/* Adds a report of each difference between ours (+) and the peer's (-): exit status, standard
 * output and error, and the sandboxes' files with bytes, modes and link counts, logs as logs.
 * Returns their number. */
int compare_outcomes(const struct outcome *ours, const struct outcome *peer, struct buf *report);

#endif
