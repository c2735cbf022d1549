#include "process/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "process/process-private.h"
#include "process/signal.h"

extern char **environ;

/* ---- descriptors */

int moved_up(int fd)
{
    int up, saved;

    if (fd < 0 || fd > 2)
        return fd;
    up = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    saved = errno;
    close(fd);
    errno = saved;
    return up;
}

int spawn_pipe(int ends[2], enum spawn_ours ours, struct err *err)
{
    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_set_errno(err, ERR_TEMP, "cannot make a pipe");
    ends[0] = moved_up(ends[0]);
    ends[1] = moved_up(ends[1]);
    if (ends[0] >= 0 && ends[1] >= 0 && (ours == SPAWN_WE_WAIT || fcntl(ends[ours], F_SETFL, O_NONBLOCK) >= 0))
        return 0;
    err_set_errno(err, ERR_TEMP, "cannot make a pipe");
    if (ends[0] >= 0)
        close(ends[0]);
    if (ends[1] >= 0)
        close(ends[1]);
    return -1;
}

/* ---- in the child */

static void close_from_to(unsigned first, unsigned last)
{
    if (first > last)
        return;
#ifdef CLOSE_RANGE_CLOEXEC
    if (close_range(first, last, 0) == 0)
        return;
#endif
    long limit = sysconf(_SC_OPEN_MAX);

    if (limit < 0 || limit > 65536)
        limit = 65536;
    for (unsigned fd = first; fd <= last && fd < (unsigned)limit; fd++)
        close((int)fd);
}

/* Puts fd (-1: /dev/null) at `at`; all of them were moved out of the way before. */
static int place(int fd, int at, int flags)
{
    int opened = -1, result;

    if (fd < 0)
        fd = opened = open("/dev/null", flags);
    if (fd < 0)
        return -1;
    result = fd == at ? fcntl(fd, F_SETFD, 0) : dup2(fd, at);
    if (opened >= 0 && opened != at)
        close(opened);
    return result < 0 ? -1 : 0;
}

static int place_three(const struct spawn *spawn)
{
    int in = spawn->in, out = spawn->out, errs = spawn->errs;

    if ((in >= 0 && (in = fcntl(in, F_DUPFD_CLOEXEC, 3)) < 0) ||
        (out >= 0 && (out = fcntl(out, F_DUPFD_CLOEXEC, 3)) < 0) ||
        (errs >= 0 && (errs = fcntl(errs, F_DUPFD_CLOEXEC, 3)) < 0))
        return -1;
    if (place(in, 0, O_RDONLY) < 0 || place(out, 1, O_WRONLY) < 0)
        return -1;
    if (errs < 0 && fcntl(2, F_GETFD) >= 0) /* ours stays */
        return 0;
    return place(errs, 2, O_WRONLY);
}

/* Moves `report` out of the way, too; the first descriptor that is to be closed, or -1. */
static int place_all(const struct spawn *spawn, int *report)
{
    int more;

    if (!spawn->more)
        return place_three(spawn) < 0 ? -1 : 3;
    more = fcntl(spawn->more, F_DUPFD_CLOEXEC, 4);
    *report = fcntl(*report, F_DUPFD_CLOEXEC, 4);
    return more < 0 || *report < 0 || place_three(spawn) < 0 || dup2(more, 3) < 0 ? -1 : 4;
}

/* Becomes the program, or reports errno through `report`, which closes by itself when all is well. */
static _Noreturn void become(const struct spawn *spawn, int report)
{
    int failed, first;

    signal_restore();
    if (spawn->leads)
        setpgid(0, 0);
    first = place_all(spawn, &report);
    if (first >= 0) {
        close_from_to((unsigned)first, (unsigned)report - 1);
        close_from_to((unsigned)report + 1, ~0U);
        environ = (char **)spawn->envp; /* execvp takes PATH from there */
        execvp(spawn->argv[0], (char *const *)spawn->argv);
    }
    failed = errno;
    io_write(report, &failed, sizeof failed);
    _exit(127);
}

/* ---- starting */

/* Signals wait until the child has none of our handlers: they must neither be lost in it nor
 * be taken for the parent's. */
static pid_t fork_quietly(const struct spawn *spawn, const int report[2])
{
    sigset_t all, old;
    pid_t pid;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    pid = fork();
    if (pid == 0)
        become(spawn, report[1]);
    sigprocmask(SIG_SETMASK, &old, NULL);
    return pid;
}

pid_t spawn_start(const struct spawn *spawn, struct err *err)
{
    int report[2], failed = 0;
    ssize_t got;
    pid_t pid;

    signal_fd(); /* SIGCHLD is ours from now on, so that waiting for the child works */
    signal_forces_timeout(); /* one from before is not meant for it */
    if (spawn_pipe(report, SPAWN_WE_WAIT, err) < 0)
        return -1;
    pid = fork_quietly(spawn, report);
    close(report[1]);
    if (pid < 0) {
        err_set_errno(err, ERR_TEMP, "cannot fork");
        close(report[0]);
        return -1;
    }
    got = io_read(report[0], &failed, sizeof failed);
    close(report[0]);
    if (got != (ssize_t)sizeof failed)
        return pid;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
    errno = failed;
    return err_set_errno(err, ERR_NOINPUT, "cannot start '%s'", spawn->argv[0]);
}

/* ---- waiting */

time_t spawn_deadline(long seconds)
{
    struct timespec now;

    if (seconds <= 0)
        return 0;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + seconds + (now.tv_nsec > 0);
}

int deadline_left(time_t deadline)
{
    struct timespec now;
    long long left;

    if (signal_forces_timeout())
        return 0;
    if (!deadline)
        return -1;
    clock_gettime(CLOCK_MONOTONIC, &now);
    left = (long long)(deadline - now.tv_sec) * 1000 - now.tv_nsec / 1000000;
    return left <= 0 ? 0 : left > 3600000 ? 3600000 : (int)left;
}

static int result_of(int status)
{
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* Looks after the child once, and sleeps until something may have changed. */
enum waited { WAITED_ENDED, WAITED_INTERRUPTED, WAITED_LATE, WAITED_WOKEN };

static enum waited wait_once(pid_t pid, time_t deadline, int *result)
{
    struct pollfd waker = {.fd = signal_fd(), .events = POLLIN};
    int status, left;
    pid_t ended;

    if (pid <= 0)
        err_bug("waiting for no process");
    signal_drain();
    ended = waitpid(pid, &status, WNOHANG);
    if (ended == pid) {
        *result = result_of(status);
        return WAITED_ENDED;
    }
    if (ended < 0 && errno != EINTR)
        err_bug("waiting for a process that is no child of ours");
    if (signal_must_end()) {
        kill(pid, SIGTERM);
        *result = SPAWN_INTERRUPTED;
        return WAITED_INTERRUPTED;
    }
    left = deadline_left(deadline);
    if (left == 0)
        return WAITED_LATE;
    poll(&waker, 1, left);
    return WAITED_WOKEN;
}

int spawn_wait(pid_t pid, time_t deadline, bool *timed_out)
{
    bool late = false;
    int result;

    if (timed_out)
        *timed_out = false;
    for (;;) {
        enum waited waited = wait_once(pid, deadline, &result);

        if (waited == WAITED_ENDED || waited == WAITED_INTERRUPTED)
            return result;
        if (waited == WAITED_LATE) {
            kill(pid, late ? SIGKILL : SIGTERM);
            if (timed_out)
                *timed_out = true;
            deadline = late ? 0 : spawn_deadline(SPAWN_GRACE);
            late = true;
        }
    }
}

int spawn_wait_patiently(pid_t pid, time_t deadline)
{
    int result;

    for (;;) {
        enum waited waited = wait_once(pid, deadline, &result);

        if (waited == WAITED_ENDED || waited == WAITED_INTERRUPTED)
            return result;
        if (waited == WAITED_LATE)
            return SPAWN_STILL_RUNNING;
    }
}
