/*
 * Reading and writing all of it: short counts and EINTR are dealt with here.
 */
#ifndef MAILWEIR_BASE_IO_H
#define MAILWEIR_BASE_IO_H

#include <stddef.h>
#include <sys/types.h>

/* Writes all n bytes; 0, or -1 with errno (EPIPE where the reader is gone and SIGPIPE ignored). */
int io_write(int fd, const void *p, size_t n);

/* Reads up to n bytes, fewer only at end of file; -1 with errno. */
ssize_t io_read(int fd, void *p, size_t n);
ssize_t io_pread(int fd, void *p, size_t n, off_t offset);
int io_pwrite(int fd, const void *p, size_t n, off_t offset);

#endif
