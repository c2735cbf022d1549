/* Waiting for a lock file as lockfile(1) does. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "lock/lock-private.h"
#include "process/signal.h"

enum { SPINS = 4 }; /* tries without a pause; then there is one of a second, as in 3.22 */
enum { MISSED_MAX = 100 }; /* then there are no links here: it is not that others come and go */

struct attempt {
    struct lock *lock;
    struct lock_wait *wait;
    const struct lock_listener *listener;
    int spins;
    int missed; /* so often nothing was there, and it could not be made all the same */
};

enum outcome {
    TAKEN,
    FAILED,
    AGAIN,  /* at once */
    WAIT,   /* if tries are left */
    FORCED, /* wait->suspend, then again */
};

/* Somebody forgot the `.lock`: that file is not to be thrown away. */
static bool is_mailbox(const struct lock *lock, const struct stat *st)
{
    static const char begin[] = "From ";
    char bytes[sizeof begin - 1];
    bool is;
    int fd;

    if (!S_ISREG(st->st_mode))
        return false;
    fd = open(lock->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    is = fd >= 0 && io_read(fd, bytes, sizeof bytes) == sizeof bytes && !memcmp(bytes, begin, sizeof bytes);
    if (fd >= 0)
        close(fd);
    return is;
}

static bool is_stale(const struct attempt *attempt, const struct stat *st)
{
    return attempt->wait->timeout > 0 &&
           lock_time_there(attempt->lock) - st->st_mtime > attempt->wait->timeout &&
           !is_mailbox(attempt->lock, st);
}

static bool cannot_be_made(const struct attempt *attempt)
{
    char *directory = lock_directory(attempt->lock);
    bool cannot = !attempt->wait->helped && faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) < 0;

    free(directory);
    return cannot;
}

/* Something of that name is there. */
static enum outcome meet(const struct attempt *attempt, const struct stat *st)
{
    const struct lock *lock = attempt->lock;

    if (cannot_be_made(attempt))
        return FAILED;
    if (!is_stale(attempt, st))
        return WAIT;
    if (lock_force(lock, st) == 0) {
        lock_say(attempt->listener, LOCK_FORCING, lock->path);
        return FORCED;
    }
    if (errno == EAGAIN)
        return AGAIN;
    lock_say(attempt->listener, LOCK_FORCE_DENIED, lock->path);
    return WAIT;
}

static enum outcome try(struct attempt *attempt)
{
    struct stat st;
    int errnum;

    if (lstat(attempt->lock->path, &st) == 0)
        return attempt->missed = 0, meet(attempt, &st);
    if (errno == ENAMETOOLONG)
        return lock_shorten(attempt->lock, attempt->listener) ? AGAIN : FAILED;
    if (!*attempt->lock->base) /* no name, or a slash behind the name of no directory */
        return FAILED;
    errnum = lock_make(attempt->lock);
    if (errnum == EAGAIN || errnum == EEXIST)
        return ++attempt->missed < MISSED_MAX ? WAIT : FAILED;
    return errnum ? FAILED : TAKEN;
}

static bool use_up_retry(struct lock_wait *wait)
{
    if (wait->retries == 0)
        return false;
    if (wait->retries > 0)
        wait->retries--;
    return true;
}

enum lock_end lock_wait(const char *path, struct lock_wait *wait, const struct lock_listener *listener,
                        struct lock **lock)
{
    struct attempt attempt = {.lock = lock_new(path), .wait = wait, .listener = listener};

    *lock = attempt.lock;
    for (;;) {
        long pause = 0;

        switch (try(&attempt)) {
        case TAKEN:
            return LOCK_MADE;
        case FAILED:
            return LOCK_CANNOT;
        case AGAIN:
            break;
        case WAIT:
            if (!use_up_retry(wait))
                return LOCK_BUSY;
            pause = wait->sleep > 0 || ++attempt.spins % SPINS ? wait->sleep : 1;
            break;
        case FORCED:
            pause = wait->suspend;
            break;
        }
        if (!signal_sleep(lock_seconds(pause)))
            return LOCK_INTERRUPTED;
    }
}
