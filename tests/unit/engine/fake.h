/*
 * A world in which nothing happens: operations that only write down what they were asked for,
 * and a run in it.
 */
#ifndef MAILWEIR_TESTS_UNIT_ENGINE_FAKE_H
#define MAILWEIR_TESTS_UNIT_ENGINE_FAKE_H

#include "base/buf.h"
#include "engine/run.h"
#include "trace/trace.h"

struct fake {
    struct buf done;   /* a line for each act */
    struct buf said;   /* a line for each event, in 3.22's words */
    struct trace trace;
    struct trace_reader reader;
    const char *locks[DELIVER_LOCKS];
    const char *output; /* what every program prints */
    int status;         /* what every program exits with */
    bool folders_fail;
    bool forks_fail;
    bool passing;
    struct run *run;
};

void fake_init(struct fake *fake, const char *message);
void fake_free(struct fake *fake);

/* Walks over the rc and ends; the exit status. */
int fake_sort(struct fake *fake, const char *rc);

#endif
