/*
 * What one run left behind, ready to be compared: how it ended, what it wrote, its sandbox.
 */
#ifndef MAILWEIR_RCTEST_OUTCOME_H
#define MAILWEIR_RCTEST_OUTCOME_H

#include "rctest/normal.h"
#include "rctest/run.h"
#include "rctest/tree.h"

struct outcome {
    struct arena *arena;
    struct sandbox box;
    struct run run;
    struct span variables; /* `NAME=value`, each with a NUL behind it; of ours, where asked for */
    unsigned calls_before; /* of stand-ins, until the last message came */
    struct tree tree;      /* paths and texts as they are, not normal */
    struct normal normal;
};

/* Makes a sandbox and fills it.  -1 when that cannot be done; what outcome_free() needs is set in
 * any case. */
int outcome_begin(struct outcome *outcome, const struct rctest *test, struct err *err);

/* Runs the program on one of the test's messages, in the sandbox as it is, and reads that back:
 * what an earlier run came to is forgotten, but for what it left in the sandbox. */
int outcome_run(struct outcome *outcome, const struct rctest_section *message, const struct agent *agent,
                struct err *err);

/* Was SENDMAIL to be a program outside of the sandbox?  Of ours, where its variables are known. */
bool outcome_left_sandbox(const struct outcome *outcome);

/* `keep`: the sandbox stays. */
void outcome_free(struct outcome *outcome, bool keep);

/* The mark to print in front of each line: "outcome->run was killed" and the like are faults of
 * a run by itself; adds a line for each to `to` and returns how many there are. */
int outcome_faults(const struct outcome *outcome, const char *who, struct buf *to);

#endif
