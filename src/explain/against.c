#include "explain/against.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "explain/outcome.h"
#include "explain/wall.h"
#include "process/orphans.h"
#include "process/signal.h"
#include "process/spawn.h"

enum { NOT_STARTED = 126 };

static int open_in(const struct stage *stage, const char *name, int flags)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", stage->root, name);
    return open(path, flags | O_CLOEXEC, 0600);
}

/* A descriptor that we were started with is a door in the wall. */
static void close_rest(void)
{
    syscall(SYS_close_range, 3U, ~0U, 0U);
}

_Noreturn static void become(const struct against *a, const char *program, const char *said)
{
    int in = open_in(a->stage, "message", O_RDONLY);
    int out = open_in(a->stage, said, O_WRONLY | O_CREAT | O_EXCL | O_APPEND);
    struct err err;

    setsid();
    signal(SIGPIPE, SIG_DFL);
    umask(022);
    if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 || chdir(a->stage->home))
        _exit(NOT_STARTED);
    close_rest();
    if (wall_raise(a->stage->home, a->may_fork, &err) == 0)
        execv(program, (char *const *)a->arguments);
    _exit(NOT_STARTED);
}

void against_wait_for_rest(time_t deadline)
{
    const struct timespec tick = {0, 20 * 1000 * 1000};
    pid_t pid;

    while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0 || errno == EINTR) {
        if (clock_ms() / 1000 > deadline || signal_must_end())
            orphans_kill();
        if (pid == 0)
            nanosleep(&tick, NULL);
    }
}

/* Its exit status, or -1. */
static int run_on_stage(const struct against *a, const char *program, const char *said, struct err *err)
{
    time_t deadline = spawn_deadline(a->limit);
    bool timed_out = false;
    int status;
    pid_t pid;

    if (stage_fill(a->stage, a->home_steps, err))
        return -1;
    orphans_adopt();
    pid = fork();
    if (pid == 0)
        become(a, program, said);
    if (pid < 0)
        return err_set_errno(err, ERR_TEMP, "cannot fork");
    status = spawn_wait(pid, deadline, &timed_out);
    against_wait_for_rest(deadline);
    if (timed_out || status == SPAWN_INTERRUPTED)
        return err_set(err, ERR_TEMP, "'%s' was ended: %s", program,
                       timed_out ? "it took too long" : "so were we");
    if (status == NOT_STARTED)
        return err_set(err, ERR_NOINPUT, "cannot run '%s'", program);
    return status;
}

static int write_message(const struct against *a, struct err *err)
{
    int fd = open_in(a->stage, "message", O_WRONLY | O_CREAT | O_EXCL), failed;

    if (fd < 0)
        return err_set_errno(err, ERR_CANTCREAT, "cannot make a file in '%s'", a->stage->root);
    failed = message_write(a->message, message_range(a->message, MESSAGE_WHOLE), fd, err);
    close(fd);
    return failed;
}

static int take_outcome(const struct against *a, struct outcome *outcome, const char *program,
                        const char *said, const char *kept, struct err *err)
{
    int status = run_on_stage(a, program, said, err);

    if (status == -1 || stage_keep(a->stage, kept, err))
        return -1;
    outcome->who = program;
    outcome->status = status;
    return outcome_read(outcome, a->stage->root, kept, said, a->stage->home, a->steps, err);
}

int against_compare(const struct against *against, FILE *to, struct err *err)
{
    struct outcome ours, theirs;
    int result = -1;

    outcome_init(&ours);
    outcome_init(&theirs);
    if (write_message(against, err) == 0 &&
        take_outcome(against, &ours, against->agent, "said-ours", "ours", err) == 0 &&
        take_outcome(against, &theirs, against->other, "said-theirs", "theirs", err) == 0)
        result = outcome_compare(&ours, &theirs, to) ? 1 : 0;
    outcome_free(&ours);
    outcome_free(&theirs);
    return result;
}
