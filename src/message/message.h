/*
 * One message, as bytes: read once, never converted.
 *
 * While it is small (MESSAGE_SMALL) it lives in memory, else in an unlinked spool file
 * ($TMPDIR, else /var/tmp) that is looked at through a window, so that a message of any
 * size costs about MESSAGE_WINDOW of memory.
 *
 *     first byte                                  body                          size
 *     | leading newlines | From_ | fields | empty line | body … |
 *
 * The header reaches up to and including the newline of the first empty line; without
 * one everything is header and the body is empty.  Leading newlines are skipped when the
 * header is looked for (3.22's habit).  CR is an ordinary byte, and so is NUL.
 *
 * Errors are ERR_TEMP or ERR_SPACE: the message stays with the sender.
 */
#ifndef MAILWEIR_MESSAGE_MESSAGE_H
#define MAILWEIR_MESSAGE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"

enum {
    MESSAGE_SMALL = 1 << 20,  /* bytes */
    MESSAGE_WINDOW = 1 << 18, /* bytes */
};

enum message_part {
    MESSAGE_WHOLE,
    MESSAGE_HEAD, /* with the empty line */
    MESSAGE_BODY,
};

struct message;

/* Bytes [from, from + n) of the message. */
struct message_range {
    size_t from;
    size_t n;
};

void message_free(struct message *message); /* NULL is fine */

/* Looks for the end of the header again, and at Content-Length (unless berkeley). */
int message_look_again(struct message *message, bool berkeley, struct err *err);

size_t message_size(const struct message *message);
size_t message_head_size(const struct message *message); /* = offset of the body */
struct message_range message_range(const struct message *message, enum message_part part);

/* Offset of the first byte that is no leading newline (the size, when there is none other). */
size_t message_start(const struct message *message);

/* Length of the From_ line and the `>From ` lines behind it, at the very beginning of the
 * message, newlines included; 0 when it does not begin with `From `. */
size_t message_from_lines(const struct message *message);

/* Where `From ` quoting of the body may begin: an mbox writer quotes `From ` behind a
 * newline at or after this offset (and in the header).  Usually the newline before the
 * body; further on when a Content-Length field vouches for that much of the body. */
size_t message_quotable_from(const struct message *message);

/* The bytes from `offset` on, at most `n` and at most what the window holds, at least one
 * unless offset is at the end.  The span is good until the next call on this message.
 * -1 when the spool cannot be read. */
int message_read_at(const struct message *message, size_t offset, size_t n, struct span *out,
                    struct err *err);

/* Writes the range to fd; 0, or -1 with errno of the write left in err->errnum. */
int message_write(const struct message *message, struct message_range range, int fd, struct err *err);

/*
 * Text to be searched: contiguous, with a newline byte right before and right behind it
 * (text.p[-1] and text.p[text.n]), which are not part of it.  In the header each newline
 * that is followed by a blank reads as one space (unfolding; lengths do not change).
 * message_keep_folds(message, true) leaves that out until it is called again.
 * At most one view of a message is open at a time; the message is not to be written or
 * read while it is.
 */
enum message_area {
    MESSAGE_AREA_HEAD,
    MESSAGE_AREA_BODY,
    MESSAGE_AREA_ALL,
};

int message_area_open(struct message *message, enum message_area area, struct span *text,
                      struct err *err);
void message_area_close(struct message *message);
void message_keep_folds(struct message *message, bool keep);

/* Gives back the memory of an area that is open, as far as it can come again by itself; the text stays good. */
void message_area_rest(struct message *message);

/* Length of the area, in bytes, without opening it. */
size_t message_area_size(const struct message *message, enum message_area area);

/*
 * Making messages.  A builder takes bytes in order; finish looks for the header and sets
 * the number in a Content-Length field right (unless berkeley).  The builder is freed by
 * finish and by discard.
 */
struct message_builder;

struct message_builder *message_builder_new(void);
int message_builder_add(struct message_builder *builder, struct span bytes, struct err *err);
/* Everything from fd to its end. */
int message_builder_add_fd(struct message_builder *builder, int fd, struct err *err);
int message_builder_add_message(struct message_builder *builder, const struct message *message,
                                struct message_range range, struct err *err);
size_t message_builder_size(const struct message_builder *builder);
void message_builder_discard(struct message_builder *builder);
struct message *message_builder_finish(struct message_builder *builder, bool berkeley, struct err *err);

/* As finish, but the header ends at `head_size` whatever it looks like: for a filter that
 * saw the body alone (it never changes the header). */
#define MESSAGE_HEAD_UNKNOWN SIZE_MAX /* look for it */
struct message *message_builder_finish_at(struct message_builder *builder, size_t head_size, bool berkeley,
                                          struct err *err);

/* The program's standard input, whole, as it is. */
struct message *message_read(int fd, bool berkeley, struct err *err);

#endif
