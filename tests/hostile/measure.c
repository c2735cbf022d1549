/*
 * Runs a program and tells how it ended, how much memory it had at most, and its time of the processor:
 *
 *     measure FD PROGRAM [ARGUMENT...]
 *
 * writes `STATUS KIB MILLISECONDS` to descriptor FD, STATUS as wait(2) gives it.  Whoever measures must be
 * small: the peak that the system keeps for a process begins with the size of the one that was forked.
 * SIGTERM is for the program, not for us.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void ignore(int signum)
{
    (void)signum;
}

static long milliseconds(const struct timeval *time)
{
    return (long)time->tv_sec * 1000 + (long)time->tv_usec / 1000;
}

int main(int argc, char **argv)
{
    struct rusage usage;
    int status, fd;
    pid_t pid;

    if (argc < 3)
        return 64;
    fd = atoi(argv[1]);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    signal(SIGTERM, ignore); /* not inherited by what is executed, as SIG_IGN would be */
    pid = fork();
    if (pid == 0) {
        execv(argv[2], argv + 2);
        _exit(127);
    }
    if (pid < 0)
        return 71;
    while (wait4(pid, &status, 0, &usage) < 0)
        ;
    return dprintf(fd, "%d %ld %ld\n", status, usage.ru_maxrss,
                   milliseconds(&usage.ru_utime) + milliseconds(&usage.ru_stime)) < 0;
}
