/*
 * The operations for real: mail is delivered, programs run, locks are taken.
 */
#ifndef MAILWEIR_DELIVER_REAL_H
#define MAILWEIR_DELIVER_REAL_H

#include "deliver/biff.h"
#include "deliver/inner.h"
#include "deliver/ops.h"
#include "lock/lock.h"
#include "trace/log.h"
#include "trace/trace.h"

extern const struct deliver_ops deliver_real_ops;

/* What the real operations need; their ctx. */
struct deliver_real {
    struct trace *trace;
    struct trace_log *log;
    int standard_output; /* the one the program was started with */
    struct lock *locks[DELIVER_LOCKS];
    bool log_is_file;
    struct inner_tools tools;
    bool always_fork; /* programs of ours, too (deliver/inner.h) */
    struct sockaddr_in biff;
};

/* Moves standard output out of the way of programs and folders. */
int deliver_real_init(struct deliver_real *real, struct trace *trace, struct trace_log *log, struct err *err);

#endif
