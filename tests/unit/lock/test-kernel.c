#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lock/lock.h"
#include "process/signal.h"
#include "process/spawn.h"

static char name[] = P_tmpdir "/mailweir-XXXXXX";
static int fd = -1;

static void enter(void)
{
    fd = mkstemp(name);
    cr_assert_geq(fd, 0);
    signal_install();
}

static void leave(void)
{
    close(fd);
    unlink(name);
}

TestSuite(kernel, .init = enter, .fini = leave);

/* A child that holds the lock for some milliseconds; it has it when this returns. */
static pid_t hold(unsigned ms)
{
    int ready[2];
    char c;
    pid_t child;

    cr_assert_eq(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        if (lock_kernel(fd, 0, NULL) < 0 || write(ready[1], "", 1) < 0)
            _exit(1);
        usleep(ms * 1000);
        _exit(0);
    }
    close(ready[1]);
    cr_assert_eq(read(ready[0], &c, 1), 1);
    close(ready[0]);
    return child;
}

Test(kernel, waits_for_another)
{
    pid_t child = hold(300);

    cr_assert_eq(lock_kernel(fd, 0, NULL), 0);
    cr_assert_eq(waitpid(child, NULL, WNOHANG), child, "it still held the lock");
    cr_assert_eq(lock_kernel_release(fd), 0);
}

Test(kernel, covers_the_whole_file_and_its_growth)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 5, .l_len = 1};
    pid_t child;
    int status;

    cr_assert_eq(lock_kernel(fd, 0, NULL), 0);
    child = fork();
    if (child == 0)
        _exit(fcntl(fd, F_GETLK, &lock) < 0 || lock.l_type != F_WRLCK || lock.l_start || lock.l_len);
    waitpid(child, &status, 0);
    cr_assert_eq(status, 0);
}

Test(kernel, deadline_ends_the_wait)
{
    pid_t child = hold(60000);
    struct err err;

    cr_assert_eq(lock_kernel(fd, spawn_deadline(1), &err), -1);
    cr_assert_eq(err.class, ERR_TEMP);
    cr_assert_eq(err.errnum, ETIMEDOUT);
    kill(child, SIGKILL);
}

Test(kernel, ending_signal_ends_the_wait)
{
    pid_t child = hold(60000), target = getpid();
    struct err err;

    if (fork() == 0) {
        usleep(200000);
        kill(target, SIGTERM);
        _exit(0);
    }
    cr_assert_eq(lock_kernel(fd, 0, &err), -1);
    cr_assert_eq(err.errnum, EINTR);
    kill(child, SIGKILL);
}

Test(kernel, no_such_lock_is_told_apart)
{
    struct err err;

    close(fd);
    cr_assert_eq(lock_kernel(fd, 0, &err), -1);
    cr_assert_eq(err.errnum, EBADF);
    fd = -1;
}
