/*
 * Runs a program and tells how it ended and how much memory it had at most:
 *
 *     measure FD PROGRAM [ARGUMENT...]
 *
 * writes `STATUS KIB` to descriptor FD, STATUS as wait(2) gives it.  Whoever measures must be small: the peak
 * that the system keeps for a process begins with the size of the one that was forked.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct rusage usage;
    int status, fd;
    pid_t pid;

    if (argc < 3)
        return 64;
    fd = atoi(argv[1]);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    pid = fork();
    if (pid == 0) {
        execv(argv[2], argv + 2);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
        return 71;
    return dprintf(fd, "%d %ld\n", status, usage.ru_maxrss) < 0;
}
