/*
 * The log as 3.22 writes it: a reader of the trace that puts lines on a descriptor (standard
 * error, on which LOGFILE is opened), each written at once and whole so that several
 * programs, our clones among them, can share the file.
 */
#ifndef MAILWEIR_TRACE_LOG_H
#define MAILWEIR_TRACE_LOG_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "base/buf.h"
#include "trace/trace.h"

struct trace_log {
    struct trace_reader reader;
    int fd;
    bool verbose;
    pid_t pid;        /* shown in the line that dates the log */
    time_t dated;     /* second of the last such line */
    struct buf line;  /* being made */
};

void trace_log_init(struct trace_log *log, int fd);
void trace_log_free(struct trace_log *log);

/* In a forked clone: a new pid to show. */
void trace_log_forked(struct trace_log *log);

#endif
