#include "rctest/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "process/orphans.h"
#include "rctest/command.h"
#include "rctest/namespace.h"

enum { OUTPUT_MAX = 16 * 1024 * 1024, NOT_STARTED = 126 };

static int temporary_file(struct err *err)
{
    FILE *file = tmpfile();
    int fd = file ? fcntl(fileno(file), F_DUPFD_CLOEXEC, 3) : -1;

    if (file)
        fclose(file);
    if (fd < 0)
        err_set_errno(err, ERR_TEMP, "cannot make a temporary file");
    return fd;
}

/* The message comes through a pipe, as from a mailer, and its writer is a process of its own
 * because it may be larger than a pipe holds.  It is our child, not the program's, which must
 * not find a child it never had.  The end to read from, or -1. */
static int feed_message(struct span message)
{
    int ends[2];

    if (pipe(ends))
        return -1;
    switch (fork()) {
    case -1:
        close(ends[0]);
        close(ends[1]);
        return -1;
    case 0:
        close(ends[0]);
        io_write(ends[1], message.p, message.n);
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

_Noreturn static void child(const struct rctest *test, const struct sandbox *box,
                            const struct command *command, const struct agent *agent, int in, int out,
                            int errs)
{
    sigset_t none;

    setsid();
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    umask(022);
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(errs, 2) < 0)
        _exit(NOT_STARTED);
    close(in);
    if (agent->count_fd >= 0)
        (void)fcntl(agent->count_fd, F_SETFD, 0);
    if (agent->variables_fd >= 0)
        (void)fcntl(agent->variables_fd, F_SETFD, 0);
    if (rctest_find(test, RCTEST_PASSWD) && namespace_enter(box->path))
        _exit(NOT_STARTED);
    if (chdir(box->path) == 0)
        execve(command->program, command->argv, command->envp);
    dprintf(2, "mailweir-test: cannot run '%s': %s\n", command->program, strerror(errno));
    _exit(NOT_STARTED);
}

static long limit_of(const struct rctest *test)
{
    const struct rctest_section *limit = rctest_find(test, RCTEST_LIMIT);

    return limit ? limit->number : RUN_LIMIT;
}

/* Reaps all there is; true when no child is left. */
static bool reap(pid_t pid, int *status)
{
    for (;;) {
        int s;
        pid_t got = waitpid(-1, &s, WNOHANG);

        if (got == pid)
            *status = s;
        if (got == 0)
            return false;
        if (got < 0 && errno != EINTR)
            return true;
    }
}

/* Clones, and programs nobody waits for, outlive the program: as their reaper we see the
 * end of the last of them. */
static void wait_for_all(struct run *run, pid_t pid, long limit)
{
    sigset_t chld;
    struct timespec tick = {0, 200 * 1000 * 1000};
    time_t deadline = clock_ms() / 1000 + limit;

    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    while (!reap(pid, &run->status)) {
        if (clock_ms() / 1000 > deadline) {
            if (run->timed_out)
                return; /* killed already: something cannot be */
            run->timed_out = true;
            kill(-pid, SIGKILL);
            deadline = clock_ms() / 1000 + 2;
        }
        if (run->timed_out)
            orphans_kill();
        sigtimedwait(&chld, NULL, &tick);
    }
}

static int read_back(struct buf *to, int fd, struct err *err)
{
    struct stat st;
    char *room;

    if (fstat(fd, &st) || st.st_size > OUTPUT_MAX)
        return err_set(err, ERR_DATA, "the program wrote too much");
    room = buf_reserve(to, (size_t)st.st_size);
    if (!room || io_pread(fd, room, (size_t)st.st_size, 0) != st.st_size)
        return err_set_errno(err, ERR_TEMP, "cannot read what the program wrote");
    buf_commit(to, (size_t)st.st_size);
    return 0;
}

static int start(struct run *run, const struct rctest *test, const struct rctest_section *message,
                 const struct sandbox *box, const struct agent *agent, const struct command *command, int out,
                 int errs, struct err *err)
{
    sigset_t chld;
    pid_t pid;
    int in = feed_message(message->text);

    if (in < 0)
        return err_set_errno(err, ERR_TEMP, "cannot make a pipe for the message");
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    orphans_adopt();
    run->began = time(NULL);
    pid = fork();
    if (pid == 0)
        child(test, box, command, agent, in, out, errs);
    close(in);
    if (pid < 0)
        return err_set_errno(err, ERR_TEMP, "cannot fork");
    wait_for_all(run, pid, limit_of(test));
    run->ended = time(NULL);
    return 0;
}

int run_program(struct run *run, const struct rctest *test, const struct rctest_section *message,
                const struct sandbox *box, const struct agent *agent, struct err *err)
{
    struct command *command = command_new(test, box, agent);
    int result = -1, out = -1, errs = -1;

    *run = (struct run){0};
    buf_init(&run->out, OUTPUT_MAX);
    buf_init(&run->errs, OUTPUT_MAX);
    out = temporary_file(err);
    if (out < 0)
        goto done;
    errs = temporary_file(err);
    if (errs < 0)
        goto done;
    if (start(run, test, message, box, agent, command, out, errs, err))
        goto done;
    result = read_back(&run->out, out, err) || read_back(&run->errs, errs, err) ? -1 : 0;
done:
    if (out >= 0)
        close(out);
    if (errs >= 0)
        close(errs);
    command_free(command);
    return result;
}

void run_free(struct run *run)
{
    buf_free(&run->out);
    buf_free(&run->errs);
}

void run_print_status(struct buf *to, int status)
{
    if (WIFSIGNALED(status))
        buf_printf(to, "signal %d", WTERMSIG(status));
    else
        buf_printf(to, "exit %d", WEXITSTATUS(status));
}
