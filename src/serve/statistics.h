/*
 * A process that gives the counts to who asks by HTTP: GET /metrics.  It has the rights of a gate, and for
 * each request a process with those of a front.
 */
#ifndef MAILWEIR_SERVE_STATISTICS_H
#define MAILWEIR_SERVE_STATISTICS_H

#include "net/stream.h"
#include "serve/count.h"
#include "serve/serve.h"

/* `fd` listens.  Until a signal comes. */
_Noreturn void statistics_run(const struct serve_settings *settings, int fd, const struct counts *counts);

/* One request and its answer, in a stream with a deadline. */
void statistics_answer(struct stream *stream, const struct counts *counts);

#endif
