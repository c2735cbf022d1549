/*
 * A users file on the disk.
 */
#ifndef MAILWEIR_ACCOUNT_FILE_H
#define MAILWEIR_ACCOUNT_FILE_H

#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"

/* All of it, if it is a regular file of root's or ours that others cannot write, and did not change
 * meanwhile; *st tells which that was.  ERR_NOINPUT, ERR_NOPERM, ERR_DATA (too large), or ERR_TEMP. */
int file_read(const char *path, struct buf *text, struct stat *st, struct err *err);

/* The same of a file that is open at its beginning. */
int file_read_open(int fd, const char *path, struct buf *text, struct stat *st, struct err *err);

/* Would file_read() find what it found then? */
bool file_is_same(const struct stat *a, const struct stat *b);

#endif
