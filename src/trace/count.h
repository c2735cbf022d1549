/*
 * A reader of the trace for those who count what a test took of an rc file: a line for each event,
 * `KIND<TAB>line<TAB>column<TAB>file`.  KIND is R: a recipe is reached, T: it is carried out,
 * Y and N: a condition held, or did not.
 */
#ifndef MAILWEIR_TRACE_COUNT_H
#define MAILWEIR_TRACE_COUNT_H

#include "trace/trace.h"

struct trace_count {
    struct trace_reader reader;
    int fd;
};

/* The descriptor is not handed on to programs. */
void trace_count_init(struct trace_count *count, int fd);

#endif
