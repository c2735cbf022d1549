/*
 * Lock files, kept as procmail keeps them: procmailrc(5), LOCKSLEEP, LOCKTIMEOUT, SUSPEND,
 * LOCKEXT.  Made whole by link(2), which is safe on NFS; liblockfile's helper makes those in the mail spool
 * that we may not make.  liblockfile itself would delete locks that 3.22 waits for.
 * The file holds one character, `0`, with mode 0444 & ~umask.
 *
 * A lock belongs to the directory it was made in: it can be released after chdir(2).  A file
 * that is no longer the one we made (somebody forced our lock) is left alone.
 */
#ifndef MAILWEIR_LOCK_LOCK_H
#define MAILWEIR_LOCK_LOCK_H

#include <stdbool.h>

#include "base/err.h"

struct lock_policy {
    long sleep;   /* LOCKSLEEP: seconds between tries */
    long timeout; /* LOCKTIMEOUT: age in seconds after which a lock is removed by force; 0: never */
    long suspend; /* SUSPEND: seconds of sleep after forcing */
};

enum lock_event {
    LOCK_TRYING,         /* Locking "x" (verbose): before each try */
    LOCK_TEMP_FAILED,    /* Error while writing to "x": no file can be made in that directory */
    LOCK_FORCING,        /* Forcing lock on "x": it has been removed */
    LOCK_FORCE_DENIED,   /* Forced unlock denied on "x" */
    LOCK_TRUNCATING,     /* Truncating "x" (newline) and retrying lock: the name was too long */
    LOCK_FAILED,         /* Lock failure on "x" */
    LOCK_RELEASING,      /* Unlocking "x" (verbose) */
    LOCK_RELEASE_FAILED, /* Couldn't unlock "x" */
};

/* Told as things happen, for the log. */
struct lock_listener {
    void (*say)(void *ctx, enum lock_event event, const char *path);
    void *ctx;
};

struct lock;

/*
 * Waits for and takes the lock.  NULL: it cannot be had (missing directory after 7 further tries
 * with LOCKSLEEP between them, no permission, a directory or device of that name, …; ERR_CANTCREAT,
 * or ERR_TEMP and ERR_SPACE by errno) or an ending signal arrived while waiting (ERR_TEMP; see
 * signal_must_end(); no LOCK_FAILED is told then); what that means is for the caller to decide.
 * The lock is known to undo.
 */
struct lock *lock_acquire(const char *path, const struct lock_policy *policy,
                          const struct lock_listener *listener, struct err *err);

/* How lockfile(1) waits. */
struct lock_wait {
    long sleep;   /* seconds between tries */
    long retries; /* tries after the first, over all names: counted down; below 0: without an end */
    long timeout; /* age in seconds after which a lock is removed by force; 0 and less: never */
    long suspend; /* seconds of sleep after forcing */
    bool helped;  /* the system mailbox: liblockfile's helper may write where we may not */
};

enum lock_end {
    LOCK_MADE,
    LOCK_BUSY,        /* the retries are used up */
    LOCK_CANNOT,      /* no lock can be made there: no directory, no permission, no space */
    LOCK_INTERRUPTED, /* an ending signal arrived while waiting */
};

/*
 * As above, as lockfile(1) does it: whatever has that name is waited for, a directory as well, and
 * what does not pass by itself is not waited for.  A lock of any size is removed when it is old
 * enough, but for what begins as a mailbox does.  *lock, which is always set, tells the name.
 */
enum lock_end lock_wait(const char *path, struct lock_wait *wait, const struct lock_listener *listener,
                        struct lock **lock);

/* As given, cut where it was too long. */
const char *lock_path(const struct lock *lock);

/* Gives it back and frees it; NULL is fine. */
void lock_release(struct lock *lock, const struct lock_listener *listener);

/* Removes a lock that another process took for us, whoever that was; 0, or -1 with errno. */
int lock_break(const char *path);

/* Frees it, leaves the file alone: in a forked clone, which inherits no lock files, and for a lock that
 * is to outlive us. */
void lock_disown(struct lock *lock);

/*
 * Kernel lock (fcntl, exclusive, on the whole file: what mutt, Dovecot and 3.22 on a new folder
 * take) on an open folder.  Waits; -1, ERR_TEMP, with err->errnum EINTR: an ending signal came,
 * ETIMEDOUT: the deadline (seconds of CLOCK_MONOTONIC, 0: none) passed, other: no such locks here.
 * Mind that closing any descriptor of the same file gives the lock back (fcntl(2)).
 */
int lock_kernel(int fd, long deadline, struct err *err);
int lock_kernel_release(int fd);

#endif
