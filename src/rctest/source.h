/*
 * Files that the tests name are read whole, into memory, as far as that is sensible.
 */
#ifndef MAILWEIR_RCTEST_SOURCE_H
#define MAILWEIR_RCTEST_SOURCE_H

#include "base/buf.h"

enum { SOURCE_MAX = 64 << 20 };

/* Takes the descriptor.  -1 with errno, which is EFBIG where there is more than SOURCE_MAX. */
int source_read(int fd, struct buf *to);

/* The same of a file by its name, which must be a plain file or /dev/null: a pipe might keep us waiting. */
int source_read_file(const char *path, struct buf *to);

#endif
