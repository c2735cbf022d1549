/*
 * One lock file, for those who wait for it: dotlock.c as procmail does, semaphore.c as lockfile.
 */
#ifndef MAILWEIR_LOCK_LOCK_PRIVATE_H
#define MAILWEIR_LOCK_LOCK_PRIVATE_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include "lock/lock.h"

struct undo;

struct lock {
    char *path;
    char *base; /* in path: behind the last slash */
    int dir;    /* the directory it is in: path may be relative */
    int fd;     /* the file, or -1: while it is open another cannot get its inode number */
    dev_t dev;
    ino_t ino;
    time_t taken;
    struct undo *undo;
};

struct lock *lock_new(const char *path);
void lock_free(struct lock *lock); /* the file stays */

/* Where nothing of that name is: makes it, once.  0, or why not: EAGAIN when another came first or
 * when there are no links here. */
int lock_make(struct lock *lock);

/* Removes what is there, whosever it is. */
int lock_remove(const struct lock *lock);

/* Removes it if it is still the file that was found to be stale.  -1 with errno: EAGAIN if another has
 * forced it meanwhile, and this may be somebody's new one. */
int lock_force(const struct lock *lock, const struct stat *stale);

/* The directory part of the path; "." without one.  To be freed. */
char *lock_directory(const struct lock *lock);

/* The time in that directory: on a network file system the server's clock made st_mtime. */
time_t lock_time_there(const struct lock *lock);

/* A name that is too long gets one character less, as 3.22 does it; not into the directory's name:
 * false with errno, then. */
bool lock_shorten(struct lock *lock, const struct lock_listener *listener);

void lock_say(const struct lock_listener *listener, enum lock_event event, const char *path);
unsigned lock_seconds(long n); /* for signal_sleep(): none below 0, and not beyond all measure */

#endif
