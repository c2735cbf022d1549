/*
 * Taking the log from under those who write it: it gets another name, an empty one takes its place,
 * and it is read to its end, which is where the last writer has closed it.
 */
#ifndef MAILWEIR_STAT_LOG_H
#define MAILWEIR_STAT_LOG_H

#include <stdbool.h>

#include "base/err.h"

struct stat_log {
    int fd; /* to be read; the caller closes it */
    bool moved;
};

/* Opens it, and moves it to `old` unless that is NULL.  -1: it cannot be read or moved, or another
 * is at it (ERR_TEMP); it is where it was then. */
int stat_log_open(struct stat_log *log, const char *name, const char *old, struct err *err);

/* At its end, waits for those who have it still open for writing, for a second at most.  True if
 * nobody has, and where that cannot be known: what can be read now is all there will be. */
bool stat_log_is_quiet(const struct stat_log *log);

#endif
