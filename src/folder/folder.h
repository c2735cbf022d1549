/*
 * Folders: one type per format, told apart by the shape of the path as procmail does it.
 *
 *     x/     Maildir        x/.    MH        an existing directory: plain directory
 *     anything else: mbox   /dev/null: nothing
 *
 * A message put into a folder is whole in it, under its final name, file and directory synced
 * (and the parent of a directory just made), or it is not there at all: a failed append leaves
 * earlier mail as it was.
 */
#ifndef MAILWEIR_FOLDER_FOLDER_H
#define MAILWEIR_FOLDER_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "message/message.h"

enum folder_event {
    FOLDER_NAMED,                /* the name under which the message will be known (LASTFOLDER); comes
                                    before the first byte is written, so also before a failure, but for a
                                    Maildir when it is there.  Comes again if another took that name. */
    FOLDER_LINKED_NAME,          /* one more name, for a link target that was made */
    FOLDER_OPENING,              /* Opening "x" (verbose) */
    FOLDER_KERNEL_LOCKING,       /* Acquiring kernel-lock (verbose); no text */
    FOLDER_KERNEL_LOCK_FAILED,   /* Kernel-lock failed; no text */
    FOLDER_KERNEL_LOCK_TIMEOUT,  /* Timeout, was waiting for "x" */
    FOLDER_KERNEL_UNLOCK_FAILED, /* Kernel-unlock failed; no text */
    FOLDER_NO_DIRECTORY,         /* Unable to treat as directory "x" */
    FOLDER_SKIPPED,              /* Skipped "x" */
    FOLDER_NO_TEMP,              /* Couldn't create or rename temp file "x" */
    FOLDER_UNREADABLE,           /* Couldn't read "x": an MH directory */
    FOLDER_LINKING,              /* Linking to "x" (verbose) */
    FOLDER_LINK_FAILED,          /* Couldn't make link to "x" */
    FOLDER_NO_SPACE,             /* No space left to finish writing "x" */
    FOLDER_OVER_QUOTA,           /* Quota exceeded while writing "x" */
    FOLDER_WRITE_FAILED,         /* Error while writing to "x" */
    FOLDER_TRUNCATED,            /* Truncated file to former size; no text */
};

/* `text` is never NULL: an empty string where there is none. */
struct folder_listener {
    void (*say)(void *ctx, enum folder_event event, const char *text);
    void *ctx;
};

struct folder_append {
    const struct message *message;
    enum message_part part;
    bool raw;                  /* flag r: no final newline, no `From ` quoting */
    bool ignore_errors;        /* flag i: a write error is no failure */
    const char *msgprefix;     /* MSGPREFIX, for plain directories */
    const char *const *links;  /* further directories, NULL-terminated; NULL: none */
    size_t *offset;            /* of an mbox: where it begins; else left alone; may be NULL */
    long kernel_lock_deadline; /* for lock_kernel() */
    struct folder_listener listener;
};

enum folder_shape {
    FOLDER_MBOX,
    FOLDER_MAILDIR,
    FOLDER_MH,
    FOLDER_DIRECTORY,
    FOLDER_DEVNULL,
};

/* By the text of the path, and by a look at the file system where the text leaves it open.  What
 * becomes of it may still be an mbox: where a directory can neither be found nor made. */
enum folder_shape folder_shape_of(const char *path);

/*
 * Puts a message part into the folder at `path` (relative to the current directory).
 * 0: it is there; *written is the number of bytes stored, with added newline and `>`.
 * -1: it is not there; the listener has been told why (except where the message could not be read,
 * and where an ending signal came while waiting for the kernel lock), err has the class (ERR_SPACE,
 * ERR_TEMP, ERR_CANTCREAT).
 */
int folder_append(const char *path, const struct folder_append *append, size_t *written, struct err *err);

/* The bytes that would be stored, for who only wants to know. */
size_t folder_size(const struct folder_append *append, enum folder_shape shape);

/* Writes a message part to fd as it stands, with the final newline that 3.22 adds (unless raw):
 * for the folder `|`, which is standard output.  No quoting, no lock, no sync. */
int folder_write_plain(int fd, const struct folder_append *append, size_t *written, struct err *err);

#endif
