/*
 * Lock files, kept as procmail keeps them: procmailrc(5), LOCKSLEEP, LOCKTIMEOUT, SUSPEND,
 * LOCKEXT.  Made by liblockfile, NFS-safe; waiting, forcing and the 16-byte rule are here,
 * because liblockfile with retries would delete locks that 3.22 waits for.
 * The file holds one character, `0`, with mode 0444 & ~umask.
 */
#ifndef MAILWEIR_LOCK_LOCK_H
#define MAILWEIR_LOCK_LOCK_H

#include "base/err.h"

struct lock_policy {
    long sleep;   /* LOCKSLEEP: seconds between tries */
    long timeout; /* LOCKTIMEOUT: age in seconds after which a lock is removed by force; 0: never */
    long suspend; /* SUSPEND: seconds of sleep after forcing */
};

enum lock_event {
    LOCK_TRYING,        /* Locking "x" (verbose): before each try */
    LOCK_FORCING,       /* Forcing lock on "x" */
    LOCK_FORCE_DENIED,  /* Forced unlock denied on "x" */
    LOCK_TRUNCATING,    /* Truncating "x" and retrying lock: the name was too long */
    LOCK_FAILED,        /* Lock failure on "x" */
    LOCK_RELEASING,     /* Unlocking "x" (verbose) */
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
 * with LOCKSLEEP between them, no permission, …) or an ending signal arrived while waiting (see
 * signal_received()); what that means is for the caller to decide.
 * The lock is known to undo.
 */
struct lock *lock_acquire(const char *path, const struct lock_policy *policy,
                          const struct lock_listener *listener, struct err *err);

const char *lock_path(const struct lock *lock);

/* Gives it back and frees it; NULL is fine. */
void lock_release(struct lock *lock, const struct lock_listener *listener);

/* In a forked clone: lock files are not inherited.  Frees it, leaves the file alone. */
void lock_disown(struct lock *lock);

/*
 * Kernel lock (fcntl, exclusive, from the present offset on) on an open folder.  Waits; an ending
 * signal or the deadline (seconds of CLOCK_MONOTONIC, 0: none) ends the wait with -1.
 */
int lock_kernel(int fd, long deadline, struct err *err);
int lock_kernel_release(int fd);

#endif
