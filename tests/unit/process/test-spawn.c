#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "process/signal.h"
#include "process/spawn.h"

#define ENVP                              \
    (const char *const[])                 \
    {                                     \
        "PATH=/usr/bin:/bin", "A=1", NULL \
    }
#define SHELL(text)                 \
    (const char *const[])           \
    {                               \
        "/bin/sh", "-c", text, NULL \
    }

static pid_t start(const char *const *argv, int in, int out)
{
    struct spawn spawn = {.argv = argv, .envp = ENVP, .in = in, .out = out, .errs = -1};
    struct err err;
    pid_t pid = spawn_start(&spawn, &err);

    cr_assert_gt(pid, 0, "%s", err.text);
    return pid;
}

/* What the command writes. */
static void output_of(const char *const *argv, const char *const *envp, char *to, size_t n)
{
    struct spawn spawn = {.argv = argv, .envp = envp, .in = -1, .errs = -1};
    int ends[2];
    ssize_t got;
    pid_t pid;

    cr_assert_eq(spawn_pipe(ends, SPAWN_WE_WAIT, NULL), 0);
    spawn.out = ends[1];
    pid = spawn_start(&spawn, NULL);
    cr_assert_gt(pid, 0);
    close(ends[1]);
    got = io_read(ends[0], to, n - 1);
    cr_assert_geq(got, 0);
    to[got] = '\0';
    close(ends[0]);
    cr_assert_eq(spawn_wait(pid, 0, NULL), 0);
}

Test(spawn, status_and_signals_are_told)
{
    bool timed_out = true;

    cr_assert_eq(spawn_wait(start(SHELL("exit 7"), -1, -1), 0, &timed_out), 7);
    cr_assert_not(timed_out);
    cr_assert_eq(spawn_wait(start(SHELL("kill -9 $$"), -1, -1), 0, NULL), -SIGKILL);
}

Test(spawn, what_cannot_start_is_reported)
{
    struct spawn spawn = {.argv = (const char *const[]){"no-such-program", NULL},
                          .envp = ENVP,
                          .in = -1,
                          .out = -1,
                          .errs = -1};
    struct err err;

    cr_assert_eq(spawn_start(&spawn, &err), -1);
    cr_assert_eq(err.class, ERR_NOINPUT);
    cr_assert_eq(err.errnum, ENOENT);
    spawn.argv = (const char *const[]){"/", NULL};
    cr_assert_eq(spawn_start(&spawn, &err), -1);
    cr_assert_eq(err.errnum, EACCES);
}

Test(spawn, path_and_environment_are_the_given_ones)
{
    char dir[] = P_tmpdir "/mailweir-XXXXXX", path[100], text[100];
    const char *env[] = {path, "B=2", NULL};
    char *file;
    int fd;

    cr_assert_not_null(mkdtemp(dir));
    file = path + snprintf(path, sizeof path, "PATH=");
    snprintf(file, 90, "%s/only-here", dir);
    fd = open(file, O_WRONLY | O_CREAT, 0700);
    cr_assert_eq(io_write(fd, "echo $B$A\n", 10), 0); /* without #!: the shell runs it */
    close(fd);
    strcpy(strrchr(path, '/'), "");
    output_of((const char *const[]){"only-here", NULL}, env, text, sizeof text);
    cr_assert_str_eq(text, "2\n");
    snprintf(path, sizeof path, "%s/only-here", dir);
    unlink(path);
    rmdir(dir);
}

Test(spawn, no_descriptor_leaks)
{
    char text[100];

    cr_assert_gt(dup(0), 2);
    cr_assert_gt(open("/dev/null", O_RDONLY), 2);
    output_of((const char *const[]){"ls", "/proc/self/fd", NULL}, ENVP, text, sizeof text);
    cr_assert_str_eq(text, "0\n1\n2\n3\n", "ls itself holds 3");
}

Test(spawn, low_descriptors_may_cross)
{
    struct spawn spawn = {.argv = SHELL("cat; echo to-errs >&2"), .envp = ENVP, .in = 1, .out = 2, .errs = 0};
    char dir[] = P_tmpdir "/mailweir-XXXXXX", name[60], text[20];
    pid_t pid;
    int keep[3];

    cr_assert_not_null(mkdtemp(dir));
    for (int i = 0; i < 3; i++) {
        keep[i] = fcntl(i, F_DUPFD, 10);
        snprintf(name, sizeof name, "%s/%d", dir, i);
        close(i);
        cr_assert_eq(open(name, O_RDWR | O_CREAT | O_TRUNC, 0600), i);
    }
    io_pwrite(1, "through", 7, 0);
    pid = spawn_start(&spawn, NULL);
    cr_assert_eq(spawn_wait(pid, 0, NULL), 0);
    cr_assert_eq(io_pread(2, text, sizeof text, 0), 7);
    cr_assert_eq(io_pread(0, text, sizeof text, 0), 8);
    for (int i = 0; i < 3; i++) {
        dup2(keep[i], i);
        snprintf(name, sizeof name, "%s/%d", dir, i);
        unlink(name);
    }
    rmdir(dir);
}

Test(spawn, signals_are_default_in_the_program)
{
    signal_install(); /* ignores SIGPIPE */
    cr_assert_eq(spawn_wait(start(SHELL("kill -PIPE $$; exit 3"), -1, -1), 0, NULL), -SIGPIPE);
}

Test(spawn, works_though_children_were_ignored)
{
    signal(SIGCHLD, SIG_IGN);
    cr_assert_eq(spawn_wait(start(SHELL("exit 4"), -1, -1), 0, NULL), 4);
}

Test(spawn, deadline_ends_a_program)
{
    bool timed_out;
    int status;

    signal_install();
    status =
        spawn_wait(start((const char *const[]){"sleep", "60", NULL}, -1, -1), spawn_deadline(1), &timed_out);
    cr_assert(timed_out);
    cr_assert_eq(status, -SIGTERM);
}

Test(spawn, a_program_deaf_to_term_is_killed)
{
    bool timed_out;
    int status;

    signal_install();
    status = spawn_wait(start(SHELL("trap '' TERM; while :; do sleep 1; done"), -1, -1), spawn_deadline(1),
                        &timed_out);
    cr_assert(timed_out);
    cr_assert_eq(status, -SIGKILL);
}

Test(spawn, ending_signal_ends_the_wait)
{
    pid_t pid, child;

    signal_install();
    pid = getpid();
    child = start((const char *const[]){"sleep", "60", NULL}, -1, -1);
    if (fork() == 0) {
        usleep(100000);
        kill(pid, SIGTERM);
        _exit(0);
    }
    cr_assert_eq(spawn_wait(child, 0, NULL), SPAWN_INTERRUPTED);
    signal_ignore_ending();
    cr_assert_eq(spawn_wait(child, 0, NULL), -SIGTERM);
}

Test(spawn, deadlines_are_never_early)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    cr_assert_gt(spawn_deadline(1), now.tv_sec);
    cr_assert_eq(spawn_deadline(0), 0);
    cr_assert_eq(spawn_deadline(-5), 0);
}

Test(spawn, one_descriptor_more)
{
    struct spawn spawn = {.argv = SHELL("cat <&3; ls /proc/self/fd | grep -c '^.$'"), .envp = ENVP, .in = -1, .errs = -1};
    char got[64] = "";
    int in[2], out[2], held[8];

    /* with few and with many descriptors open: nothing that is needed may be where 3 is to be */
    for (int open_before = 0; open_before < 8; open_before++) {
        held[open_before] = fcntl(2, F_DUPFD_CLOEXEC, 3);
        cr_assert_eq(spawn_pipe(in, SPAWN_WE_WAIT, NULL), 0);
        cr_assert_eq(spawn_pipe(out, SPAWN_WE_WAIT, NULL), 0);
        cr_assert_eq(io_write(in[1], "three\n", 6), 0);
        close(in[1]);
        spawn.more = in[0];
        spawn.out = out[1];
        pid_t pid = spawn_start(&spawn, NULL);

        cr_assert_gt(pid, 0);
        close(in[0]);
        close(out[1]);
        cr_assert_gt(io_read(out[0], got, sizeof got - 1), 0);
        close(out[0]);
        cr_expect_str_eq(got, "three\n5\n", "%s", got); /* 0 to 3, and that of ls */
        cr_expect_eq(spawn_wait(pid, 0, NULL), 0);
    }
    for (int i = 0; i < 8; i++)
        close(held[i]);
}

Test(spawn, more_and_no_such_program)
{
    struct spawn spawn = {.argv = (const char *const[]){"no-such-program", NULL}, .envp = ENVP, .in = -1, .out = -1,
                          .errs = -1, .more = 2};
    struct err err;

    cr_expect_eq(spawn_start(&spawn, &err), -1);
    cr_expect_eq(err.errnum, ENOENT);
}

Test(spawn, leads_a_group)
{
    struct spawn spawn = {.argv = SHELL("sleep 100 & wait"), .envp = ENVP, .in = -1, .out = -1, .errs = -1,
                          .leads = true};
    pid_t pid = spawn_start(&spawn, NULL);

    cr_assert_gt(pid, 0);
    cr_expect_eq(getpgid(pid), pid);
    cr_expect_eq(kill(-pid, SIGKILL), 0);
    cr_expect_eq(spawn_wait(pid, 0, NULL), -SIGKILL);
}
