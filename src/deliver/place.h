/*
 * Does a folder want a lock file while it is written?  Those that are one file do.
 */
#ifndef MAILWEIR_DELIVER_PLACE_H
#define MAILWEIR_DELIVER_PLACE_H

#include <stdbool.h>

bool place_needs_lock(const char *path);

#endif
