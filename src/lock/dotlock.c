/* Waiting for a lock file as procmail does. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lock/lock-private.h"
#include "process/signal.h"

enum {
    LARGEST_LOCK = 16, /* what is larger is taken for somebody's file, never removed */
    FURTHER_TRIES = 7, /* where the directory is missing, or there is no space */
};

struct attempt {
    struct lock *lock;
    const struct lock_policy *policy;
    const struct lock_listener *listener;
    int tries_left;
    bool denied; /* it could not be forced */
};

enum outcome {
    TAKEN,
    FAILED,
    TRUNCATED,
    WAIT,   /* LOCKSLEEP, then again */
    FORCED, /* SUSPEND, then again */
};

static bool is_stale(const struct attempt *attempt, const struct stat *st)
{
    return attempt->policy->timeout > 0 && st->st_size <= LARGEST_LOCK &&
           lock_time_there(attempt->lock) - st->st_mtime > attempt->policy->timeout;
}

/* Something of that name is there. */
static enum outcome meet(struct attempt *attempt, const struct stat *st)
{
    const struct lock *lock = attempt->lock;

    if (!S_ISREG(st->st_mode) && !S_ISLNK(st->st_mode)) {
        errno = EEXIST; /* a folder, say: it would never go away, and must not */
        return FAILED;
    }
    attempt->tries_left = FURTHER_TRIES;
    if (!is_stale(attempt, st)) {
        attempt->denied = false;
        return WAIT;
    }
    if (attempt->denied)
        return FAILED;
    if (lock_force(lock, st) == 0) {
        lock_say(attempt->listener, LOCK_FORCING, lock->path);
        return FORCED;
    }
    if (errno == EAGAIN)
        return WAIT;
    lock_say(attempt->listener, LOCK_FORCE_DENIED, lock->path);
    attempt->denied = true;
    return WAIT;
}

static enum outcome retry_or_fail(struct attempt *attempt, int errnum)
{
    errno = errnum;
    return attempt->tries_left-- > 0 ? WAIT : FAILED;
}

/* Nothing of that name is there. */
static enum outcome make(struct attempt *attempt)
{
    int errnum = lock_make(attempt->lock);

    if (!errnum)
        return TAKEN;
    if (errnum == EAGAIN)
        return retry_or_fail(attempt, errnum);
    lock_say(attempt->listener, LOCK_TEMP_FAILED, attempt->lock->path);
    switch (errnum) {
    case ENOENT:
    case ENOTDIR:
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EEXIST: /* another's file has our temporary name */
        return retry_or_fail(attempt, errnum);
    }
    errno = errnum;
    return FAILED;
}

static enum outcome try(struct attempt *attempt)
{
    struct stat st;

    lock_say(attempt->listener, LOCK_TRYING, attempt->lock->path);
    if (lstat(attempt->lock->path, &st) == 0)
        return meet(attempt, &st);
    if (errno == ENAMETOOLONG)
        return lock_shorten(attempt->lock, attempt->listener) ? TRUNCATED : FAILED;
    return make(attempt);
}

static bool pause_after(const struct attempt *attempt, enum outcome outcome)
{
    const struct lock_policy *policy = attempt->policy;

    if (outcome == FORCED)
        return signal_sleep(lock_seconds(policy->suspend));
    if (outcome == WAIT && attempt->tries_left == FURTHER_TRIES && policy->sleep < 1)
        return signal_sleep(1); /* waiting for another must not eat the processor */
    return outcome != WAIT || signal_sleep(lock_seconds(policy->sleep));
}

struct lock *lock_acquire(const char *path, const struct lock_policy *policy,
                          const struct lock_listener *listener, struct err *err)
{
    struct attempt attempt = {
        .lock = lock_new(path), .policy = policy, .listener = listener, .tries_left = FURTHER_TRIES};
    enum outcome outcome;

    do {
        outcome = try(&attempt);
        if (outcome == TAKEN)
            return attempt.lock;
    } while (outcome != FAILED && pause_after(&attempt, outcome));
    if (outcome == FAILED) {
        err_set_errno(err, ERR_CANTCREAT, "cannot lock '%s'", attempt.lock->path);
        lock_say(listener, LOCK_FAILED, attempt.lock->path);
    } else {
        err_set(err, ERR_TEMP, "interrupted while waiting for '%s'", attempt.lock->path);
    }
    lock_free(attempt.lock);
    return NULL;
}
