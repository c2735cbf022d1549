/*
 * What happened how often: numbers in memory that the supervisor and the gate write and the process of
 * statistics reads.  Processes that hear clients, or are a user's, give it back first.
 */
#ifndef MAILWEIR_SERVE_COUNT_H
#define MAILWEIR_SERVE_COUNT_H

#include <stdatomic.h>

#include "base/buf.h"
#include "base/err.h"

enum count {
    COUNT_START, /* seconds since 1970 */
    COUNT_CONNECTIONS,
    COUNT_CONNECTIONS_REFUSED,
    COUNT_FRONTS,
    COUNT_SESSIONS_TOTAL,
    COUNT_SESSIONS_REFUSED,
    COUNT_SESSIONS_REFUSED_ADDRESS,
    COUNT_SESSIONS,
    COUNT_LOGINS_FAILED,
    COUNT_RELOADS,
    COUNT_RELOADS_FAILED,
    COUNT_GATES_FAILED,
    COUNT_FRONTS_FAILED,
    COUNT_AUTHS_FAILED,
    COUNT_SESSIONS_FAILED,
    COUNT_STATISTICS_FAILED,
    COUNT_COUNT
};

struct counts {
    atomic_ullong n[COUNT_COUNT];
};

/* Shared by all that are forked from here. */
struct counts *counts_new(struct err *err);
void counts_forget(struct counts *counts); /* in this process; NULL is fine */

void count_up(struct counts *counts, enum count which);
void count_down(struct counts *counts, enum count which);
void count_set(struct counts *counts, enum count which, unsigned long long n);

/* The text format of Prometheus. */
void counts_print(const struct counts *counts, struct buf *to);

#endif
