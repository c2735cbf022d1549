/*
 * A wall around this process and all that it starts: for programs that are run to be compared with, and that
 * nobody may trust with the user's mail.  Files can be read as before.
 */
#ifndef MAILWEIR_EXPLAIN_WALL_H
#define MAILWEIR_EXPLAIN_WALL_H

#include <stdbool.h>

#include "base/err.h"

/* Can it be raised on this system?  Tried in a child. */
bool wall_available(void);

/*
 * From here on nothing can be made, written, removed or renamed but below `inside` (and /dev/null), no modes,
 * owners or times be changed, no sockets be had, no rights be gained; and, unless `may_fork`, no process be
 * started. There is no way back.  -1: ERR_OSERR, the wall does not stand whole.
 */
int wall_raise(const char *inside, bool may_fork, struct err *err);

#endif
