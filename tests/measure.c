/*
 * Runs a program and tells how it ended, how much memory it had at most, and the time it took:
 *
 *     measure FD PROGRAM [ARGUMENT...]
 *
 * writes `STATUS KIB PROCESSOR ELAPSED` to descriptor FD: STATUS as wait(2) gives it, KIB of the largest
 * process, both times in microseconds, with what the program started and waited for.  Whoever measures must be
 * small: the peak that the system keeps for a process begins with the size of the one that was forked.
 * SIGTERM is for the program, not for us.
 */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void ignore(int signum)
{
    (void)signum;
}

static long long microseconds(const struct timeval *time)
{
    return (long long)time->tv_sec * 1000000 + time->tv_usec;
}

static long long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (long long)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
    struct rusage usage;
    long long begun;
    int status, fd;
    pid_t pid;

    if (argc < 3)
        return 64;
    fd = atoi(argv[1]);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    signal(SIGTERM, ignore); /* not inherited by what is executed, as SIG_IGN would be */
    begun = now();
    if (posix_spawn(&pid, argv[2], NULL, NULL, argv + 2, environ)) /* copies nothing that would be measured, too */
        return 71;
    while (wait4(pid, &status, 0, &usage) < 0)
        ;
    return dprintf(fd, "%d %ld %lld %lld\n", status, usage.ru_maxrss,
                   microseconds(&usage.ru_utime) + microseconds(&usage.ru_stime), now() - begun) < 0;
}
