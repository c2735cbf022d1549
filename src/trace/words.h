/*
 * 3.22's words for each kind of event (procmail(1), DIAGNOSTICS).
 */
#ifndef MAILWEIR_TRACE_WORDS_H
#define MAILWEIR_TRACE_WORDS_H

#include <stdbool.h>

#include "base/buf.h"
#include "trace/trace.h"

/* Is it told only when VERBOSE is on? */
bool words_is_verbose(enum trace_kind kind);

/* Does 3.22 have no words for it, so that it is not in the log at all? */
bool words_is_silent(enum trace_kind kind);

/* Appends the event as a line, without `procmail: ` and with its newline. */
void words_print(const struct trace_event *event, struct buf *to);

#endif
