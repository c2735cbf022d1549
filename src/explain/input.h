/*
 * What is to be explained: messages from files that hold one or many, and rc files, looked at before
 * anything begins, so that what is none is told in one line.
 */
#ifndef MAILWEIR_EXPLAIN_INPUT_H
#define MAILWEIR_EXPLAIN_INPUT_H

#include "base/err.h"
#include "message/message.h"

/* A file to be read; its descriptor, or -1 (ERR_NOINPUT: it is not there, or a directory). */
int input_open(const char *path, struct err *err);

/* The n-th message, from 1, of an mbox; NULL: there is none (ERR_NOINPUT), or it cannot be read. */
struct message *input_from_mbox(int fd, unsigned long number, struct err *err);

/* Is it mail at all? 0, or -1: it is empty (ERR_NOINPUT) or binary data without a header (ERR_DATA). */
int input_check_message(const struct message *message, struct err *err);

/* Is it an rc file?  0, or -1: it cannot be read (ERR_NOINPUT), or is none (ERR_DATA). */
int input_check_rc(const char *path, struct err *err);

#endif
