/* What the files of message/ know about a message and nobody else does. */
#ifndef MAILWEIR_MESSAGE_MESSAGE_PRIVATE_H
#define MAILWEIR_MESSAGE_MESSAGE_PRIVATE_H

#include "base/buf.h"
#include "message/message.h"

/*
 * Bytes lie one behind the start of their storage: a newline stands before the first and
 * one behind the last, in memory and in the spool alike, so that an area needs no copy.
 */
enum { MESSAGE_SLACK = 1 };

struct message {
    char *bytes; /* NULL when spooled; bytes[-1] and bytes[size] are newlines */
    int spool;   /* -1 when in memory */
    size_t size;
    size_t start;
    size_t head_size;
    size_t quotable_from;

    char *window; /* a part of the spool, or NULL */
    size_t window_from;
    size_t window_n;

    bool keeps_folds; /* nothing is unfolded */
    char *copies[MESSAGE_AREA_ALL + 1]; /* kept for searching, with slack around */
    int unfolded_spool; /* the whole message with a large header unfolded, as the spool is laid out; or -1 */
    char *mapping;
    size_t mapping_n;
    size_t mapping_changed; /* so much of it is not as in the file */
};

/* Looks for the end of the header, from the first byte on; sets start and head_size. */
int message_find_head(struct message *message, struct err *err);

/* Sets the number of a Content-Length field right and, by it, quotable_from. */
int message_fix_content_length(struct message *message, struct err *err);

void message_drop_copies(struct message *message);

/* As message_read_at, but exactly n bytes, which must be there and fit the window. */
int message_peek(const struct message *message, size_t offset, size_t n, struct span *out, struct err *err);

/* builder.c: a new unlinked file; -1 and *err. */
int message_spool_open(struct err *err);

/* Overwrites n bytes in place. */
int message_patch(struct message *message, size_t offset, const char *p, size_t n, struct err *err);

#endif
