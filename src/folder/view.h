/*
 * A folder as a reader sees it: its messages in the order of their UIDs (RFC 3501, 2.3.1.1), while other
 * programs deliver to it, read it, and change flags.
 *
 * A view is what was there when it was opened: messages keep their place, UID and number of octets.  One that
 * another program has since removed is known by the error of those who ask for its text.  What is opened is
 * not changed, but for the list of UIDs beside it (folder/uidlist.h), which is on the disk before a UID is
 * told.
 */
#ifndef MAILWEIR_FOLDER_VIEW_H
#define MAILWEIR_FOLDER_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/span.h"
#include "folder/folder.h"

enum view_flag {
    VIEW_SEEN = 1 << 0,
    VIEW_ANSWERED = 1 << 1,
    VIEW_FLAGGED = 1 << 2,
    VIEW_DELETED = 1 << 3,
    VIEW_DRAFT = 1 << 4,
    VIEW_PASSED = 1 << 5, /* Maildir's P: forwarded, bounced */
    VIEW_FRESH = 1 << 6,  /* in new/: no reader has taken note of it */
};

struct view_message {
    uint32_t uid;
    unsigned flags;
    struct span pop_id; /* a UIDL that the list gives this message alone, else SPAN_NULL */
};

struct view;

/*
 * Opens the folder of that shape at `path` (without the slash or dot that tells it).  What cannot be kept in
 * an mbox goes into files whose names begin with `state`, in a directory that is there; NULL: beside it.  A
 * folder that is not there is empty: a delivery makes it.  A list of UIDs that makes no sense is replaced,
 * UIDVALIDITY rises, and `say`, which may be NULL, is told.  NULL: ERR_TEMP, another has locked it, or the
 * disk; ERR_NOPERM; ERR_DATA, it is no mbox.
 */
struct view *view_open(enum folder_shape shape, const char *path, const char *state,
                       void (*say)(const char *text), struct err *err);

/* Frees it, too; what was learned of sizes is noted where that can be done. */
void view_close(struct view *view);

uint32_t view_validity(const struct view *view); /* UIDVALIDITY; 0: no message, no list */
size_t view_count(const struct view *view);
const struct view_message *view_message(const struct view *view, size_t index);

/* Octets of the message as a protocol sends it: each newline, with or without a CR before it, counts two.
 * Looks into the message the first time.  -1: as for view_text_open(). */
int view_octets(struct view *view, size_t index, uint64_t *octets, struct err *err);

/* The text of one message, without a From_ line. */
struct view_text;

/* NULL, ERR_NOINPUT: it is gone; ERR_TEMP: the disk. */
struct view_text *view_text_open(struct view *view, size_t index, struct err *err);

/* Up to n bytes, fewer only at the end; -1 with errno. */
ssize_t view_text_read(struct view_text *text, char *to, size_t n);
void view_text_close(struct view_text *text);

/*
 * For those who allow one session at a time: a lock file of its own, which nobody else looks at and which
 * ends with the process.  The descriptor, which the caller closes when he is done; -1: ERR_TEMP with errnum
 * EAGAIN, another has it; else it cannot be had.  -2: there is no folder, and nothing to claim.
 */
int view_claim(enum folder_shape shape, const char *path, const char *state, struct err *err);

/*
 * Removes the messages whose byte in `marked` (one for each message) is not 0, and no other, whatever
 * happens; those that are gone already count as removed.  0: all of them are, durably.  -1: some may be left;
 * *err of the first that is.
 */
int view_remove(struct view *view, const char *marked, struct err *err);

#endif
