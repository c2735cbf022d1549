#include "stat/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAPS = 50, NAP = 20 }; /* milliseconds */

/* Is what we have open still what has that name? */
static bool has_name(int fd, const char *name)
{
    struct stat ours, theirs;

    return fstat(fd, &ours) == 0 && stat(name, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
           ours.st_ino == theirs.st_ino;
}

static int open_log(const char *name, struct err *err)
{
    int fd = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat st;

    if (fd < 0)
        return err_set_errno(err, ERR_NOINPUT, "cannot read '%s'", name);
    if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
        return fd;
    close(fd);
    return err_set(err, ERR_NOINPUT, "'%s' is a directory", name);
}

/* Two at a time would each move a log away, and the second the empty one over the first. */
static int claim(int fd, const char *name, struct err *err)
{
    struct stat st;

    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return err_set(err, ERR_CANTCREAT, "'%s' is no file that could be moved: use -k", name);
    if ((flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) || !has_name(fd, name))
        return err_set(err, ERR_TEMP, "another takes '%s' at this moment", name);
    return 0;
}

static int move(const char *name, const char *old, struct err *err)
{
    int fd;

    if (rename(name, old) < 0)
        return err_set_errno(err, ERR_CANTCREAT, "cannot move '%s' to '%s'", name, old);
    fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd >= 0) /* else the next who writes makes it */
        close(fd);
    return 0;
}

int stat_log_open(struct stat_log *log, const char *name, const char *old, struct err *err)
{
    log->moved = old != NULL;
    log->fd = open_log(name, err);
    if (log->fd < 0)
        return -1;
    if (!old || (claim(log->fd, name, err) == 0 && move(name, old, err) == 0))
        return 0;
    close(log->fd);
    return -1;
}

bool stat_log_is_quiet(const struct stat_log *log)
{
#ifdef F_SETLEASE
    /* A lease for reading is given only where nobody has it open for writing. */
    for (int i = 0; i < NAPS && log->moved; i++) {
        if (fcntl(log->fd, F_SETLEASE, F_RDLCK) == 0) {
            fcntl(log->fd, F_SETLEASE, F_UNLCK);
            return true;
        }
        if (errno != EAGAIN)
            return true;
        poll(NULL, 0, NAP);
    }
    return !log->moved;
#else
    (void)log;
    return true;
#endif
}
