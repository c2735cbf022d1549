#include "deliver/real-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process/signal.h"
#include "process/spawn.h"
#include "process/undo.h"

static const enum trace_kind lock_kinds[] = {
    [LOCK_TRYING] = TRACE_LOCKING,
    [LOCK_TEMP_FAILED] = TRACE_WRITE_ERROR,
    [LOCK_FORCING] = TRACE_FORCING_LOCK,
    [LOCK_FORCE_DENIED] = TRACE_FORCE_DENIED,
    [LOCK_TRUNCATING] = TRACE_TRUNCATING_LOCK,
    [LOCK_FAILED] = TRACE_LOCK_FAILURE,
    [LOCK_RELEASING] = TRACE_UNLOCKING,
    [LOCK_RELEASE_FAILED] = TRACE_CANNOT_UNLOCK,
};

static void lock_say(void *ctx, enum lock_event event, const char *path)
{
    struct deliver_real *real = ctx;

    if (event == LOCK_TEMP_FAILED && !real->log->verbose)
        return; /* what counts is told at the end */
    trace_say_text(real->trace, lock_kinds[event], path);
}

static bool real_lock(void *ctx, enum deliver_slot slot, const char *path,
                      const struct deliver_lock_policy *policy)
{
    struct deliver_real *real = ctx;
    struct lock_policy p = {policy->sleep, policy->timeout, policy->suspend};

    real->locks[slot] = lock_acquire(path, &p, &(struct lock_listener){lock_say, real}, NULL);
    return real->locks[slot] != NULL;
}

static void real_unlock(void *ctx, enum deliver_slot slot)
{
    struct deliver_real *real = ctx;

    lock_release(real->locks[slot], &(struct lock_listener){lock_say, real});
    real->locks[slot] = NULL;
}

static const char *real_locked(void *ctx, enum deliver_slot slot)
{
    struct deliver_real *real = ctx;

    return real->locks[slot] ? lock_path(real->locks[slot]) : NULL;
}

static int real_change_directory(void *ctx, const char *path)
{
    (void)ctx;
    return chdir(path);
}

static void real_set_umask(void *ctx, mode_t mask)
{
    (void)ctx;
    umask(mask);
}

static int real_open_log(void *ctx, const char *path)
{
    struct deliver_real *real = ctx;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0667);

    if (fd < 0)
        return -1;
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    if (dup2(fd, STDERR_FILENO) < 0) {
        close(fd);
        return -1;
    }
    close(fd);
    real->log_is_file = true;
    return 0;
}

static void real_set_verbose(void *ctx, bool verbose)
{
    ((struct deliver_real *)ctx)->log->verbose = verbose;
}

bool real_retry(long *retries, long pause)
{
    if (*retries == 0 || signal_must_end())
        return false;
    if (*retries > 0)
        --*retries;
    return signal_sleep(pause > 0 ? (unsigned)pause : 0);
}

static pid_t real_clone(void *ctx, long retries, long pause)
{
    struct deliver_real *real = ctx;
    pid_t pid;

    while ((pid = fork()) < 0 && real_retry(&retries, pause))
        ;
    if (pid != 0)
        return pid;
    for (int slot = 0; slot < DELIVER_LOCKS; slot++) { /* lock files are not inherited */
        if (real->locks[slot])
            lock_disown(real->locks[slot]);
        real->locks[slot] = NULL;
    }
    undo_disown();
    trace_log_forked(real->log);
    return 0;
}

static int real_detach(void *ctx)
{
    struct deliver_real *real = ctx;
    pid_t pid = fork();

    if (pid > 0)
        _exit(0); /* locks and all else are the child's now */
    if (pid == 0)
        trace_log_forked(real->log);
    return pid < 0 ? -1 : 0;
}

static void real_wait_for_clone(void *ctx, pid_t pid, long timeout, struct deliver_outcome *outcome)
{
    struct deliver_real *real = ctx;
    bool late;

    *outcome = (struct deliver_outcome){0};
    outcome->status = spawn_wait(pid, spawn_deadline(timeout), &late);
    outcome->has_status = true;
    outcome->done = outcome->status == 0;
    if (late)
        trace_say_text(real->trace, TRACE_TIMEOUT_TERMINATING, "procmail");
}

static int real_find_biff(void *ctx, const char *service, const char *host)
{
    struct deliver_real *real = ctx;

    return biff_find(&real->biff, service, host);
}

static void real_tell_biff(void *ctx, struct span text)
{
    const struct deliver_real *real = ctx;

    biff_send(&real->biff, text);
}

const struct deliver_ops deliver_real_ops = {
    .folder = real_folder,
    .pipe = real_pipe,
    .filter = real_filter,
    .capture = real_capture,
    .substitute = real_substitute,
    .lock = real_lock,
    .unlock = real_unlock,
    .locked = real_locked,
    .change_directory = real_change_directory,
    .set_umask = real_set_umask,
    .open_log = real_open_log,
    .set_verbose = real_set_verbose,
    .find_biff = real_find_biff,
    .tell_biff = real_tell_biff,
    .detach = real_detach,
    .clone = real_clone,
    .wait_for_clone = real_wait_for_clone,
};

/* The three standard descriptors are there, so that no file of ours can take their place. */
static int fill_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
            return -1;
    return 0;
}

int deliver_real_init(struct deliver_real *real, struct trace *trace, struct trace_log *log, struct err *err)
{
    int nowhere;

    *real = (struct deliver_real){.trace = trace, .log = log, .biff = biff_usual()};
    if (fill_standard_descriptors())
        return err_set_errno(err, ERR_TEMP, "cannot open '/dev/null'");
    real->standard_output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (real->standard_output < 0 || nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0)
        return err_set_errno(err, ERR_TEMP, "cannot open '/dev/null'");
    close(nowhere);
    return 0;
}
