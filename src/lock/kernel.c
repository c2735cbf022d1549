#include "lock/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "process/signal.h"

enum { LONGEST_NAP = 50 }; /* milliseconds between tries */

static int whole_file(int fd, short type)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET};

    return fcntl(fd, F_SETLK, &lock);
}

static bool has_passed(long deadline)
{
    return signal_forces_timeout() || (deadline && clock_ms() / 1000 >= deadline);
}

static int give_up(struct err *err, int errnum, const char *text)
{
    err_set(err, ERR_TEMP, "%s", text);
    if (err)
        err->errnum = errnum;
    return -1;
}

/* Tries again and again: F_SETLKW would miss a signal that comes right before it. */
int lock_kernel(int fd, long deadline, struct err *err)
{
    int nap = 1;

    while (whole_file(fd, F_WRLCK) < 0) {
        struct pollfd waker = {.fd = signal_fd(), .events = POLLIN};

        if (errno != EAGAIN && errno != EACCES && errno != EINTR)
            return err_set_errno(err, ERR_TEMP, "no kernel lock");
        signal_drain();
        if (signal_must_end())
            return give_up(err, EINTR, "interrupted while waiting for a kernel lock");
        if (has_passed(deadline))
            return give_up(err, ETIMEDOUT, "timeout while waiting for a kernel lock");
        poll(&waker, 1, nap);
        nap = nap * 2 > LONGEST_NAP ? LONGEST_NAP : nap * 2;
    }
    return 0;
}

int lock_kernel_release(int fd)
{
    return whole_file(fd, F_UNLCK);
}
