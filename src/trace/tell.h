/*
 * A reader of the trace that tells, for each place a message goes to, which recipe sent it
 * there: one line, `folder<TAB>file:line`, or `folder<TAB>no recipe`.
 */
#ifndef MAILWEIR_TRACE_TELL_H
#define MAILWEIR_TRACE_TELL_H

#include "trace/trace.h"

struct trace_tell {
    struct trace_reader reader;
    int fd;
};

void trace_tell_init(struct trace_tell *tell, int fd);

#endif
