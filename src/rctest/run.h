/*
 * One run of a program on one test, in a sandbox: its own session, a minimal environment,
 * a time limit, and nothing left running behind it.
 */
#ifndef MAILWEIR_RCTEST_RUN_H
#define MAILWEIR_RCTEST_RUN_H

#include <stdbool.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "rctest/command.h"
#include "rctest/rctest.h"
#include "rctest/sandbox.h"

enum { RUN_LIMIT = 60 }; /* seconds, where the test says nothing */

struct run {
    int status;     /* as wait(2) gives it */
    bool timed_out; /* it, or something it left behind, was killed at the limit */
    struct buf out, errs;
    time_t began, ended;
};

/*
 * Runs the program with the test's arguments and environment and one of its messages in the sandbox, which
 * is filled already, and waits until it and everything it started have ended.
 * -1 when it cannot be run at all.  The calling process becomes the reaper of orphans and
 * must have no other children; one run at a time.
 */
int run_program(struct run *run, const struct rctest *test, const struct rctest_section *message,
                const struct sandbox *box, const struct agent *agent, struct err *err);
void run_free(struct run *run);

/* "exit 0", "signal 15". */
void run_print_status(struct buf *to, int status);

#endif
