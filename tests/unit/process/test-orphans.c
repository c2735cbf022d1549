#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "process/orphans.h"

enum { TRIES = 500 };

static void rest(void)
{
    nanosleep(&(struct timespec){0, 10 * 1000 * 1000}, NULL);
}

/* A child that leaves one of its own behind, in a session of its own, and ends: the latter's pid. */
static pid_t leave_one(void)
{
    int ends[2];
    pid_t pid, left = 0;

    cr_assert_eq(pipe(ends), 0);
    pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        close(ends[0]);
        left = fork();
        if (left == 0) {
            setsid();
            left = getpid();
            io_write(ends[1], (const char *)&left, sizeof left);
            close(ends[1]);
            for (;;)
                pause();
        }
        _exit(0);
    }
    close(ends[1]);
    cr_assert_eq(io_read(ends[0], (char *)&left, sizeof left), (ssize_t)sizeof left);
    close(ends[0]);
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    return left;
}

Test(orphans, are_adopted_and_killed, .timeout = 30)
{
    int status = 0, tries = 0;
    pid_t left;

    orphans_adopt();
    left = leave_one();
    cr_expect_eq(waitpid(left, NULL, WNOHANG), 0, "it is ours, and lives");
    orphans_kill();
    while (waitpid(left, &status, WNOHANG) == 0 && tries++ < TRIES)
        rest();
    cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

Test(orphans, are_not_ours_before, .timeout = 30)
{
    pid_t left = leave_one();

    cr_expect_eq(waitpid(left, NULL, WNOHANG), -1);
    cr_expect_eq(errno, ECHILD);
    orphans_kill();
    cr_expect_eq(kill(left, 0), 0, "somebody else's are left alone");
    kill(left, SIGKILL);
}
