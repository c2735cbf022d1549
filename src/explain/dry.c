#include "explain/dry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "explain/dry-private.h"
#include "process/spawn.h"

/* ---- locks, directories, the log */

static bool can_write(const char *path)
{
    return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0;
}

bool dry_can_make(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct buf parent;
    bool can;

    buf_init(&parent, BUF_UNLIMITED);
    if (slash)
        buf_add(&parent, path, (size_t)(slash - path) + 1);
    buf_add_byte(&parent, '.'); /* so that it is no file */
    can = can_write(parent.p);
    buf_free(&parent);
    return can;
}

void dry_note(struct explain_dry *dry, const char *before, const char *text, const char *after)
{
    struct buf line;

    buf_init(&line, BUF_UNLIMITED);
    buf_printf(&line, "%s%s%s", before, text, after);
    explain_add(dry->explain, EXPLAIN_NOTE, &dry->trace->place)->text =
        explain_keep(dry->explain, buf_span(&line));
    buf_free(&line);
}

static bool dry_lock(void *ctx, enum deliver_slot slot, const char *path,
                     const struct deliver_lock_policy *policy)
{
    struct explain_dry *dry = ctx;

    (void)policy;
    if (!dry_can_make(path)) {
        dry_note(dry, "the lock file '", path, "' could not be made: it would go on without");
        return false;
    }
    dry_note(dry, "would lock '", path, access(path, F_OK) ? "'" : "', and wait: it is there now");
    dry->locks[slot] = mem_strdup(path);
    return true;
}

static void dry_unlock(void *ctx, enum deliver_slot slot)
{
    struct explain_dry *dry = ctx;

    free(dry->locks[slot]);
    dry->locks[slot] = NULL;
}

static const char *dry_locked(void *ctx, enum deliver_slot slot)
{
    return ((struct explain_dry *)ctx)->locks[slot];
}

static int dry_change_directory(void *ctx, const char *path)
{
    (void)ctx;
    return chdir(path);
}

static void dry_set_umask(void *ctx, mode_t mask)
{
    (void)ctx;
    umask(mask);
}

/* Whether it could be opened is all that matters. */
static int dry_open_log(void *ctx, const char *path)
{
    (void)ctx;
    if (access(path, F_OK) == 0 ? can_write(path) : dry_can_make(path))
        return 0;
    errno = EACCES;
    return -1;
}

static void dry_set_verbose(void *ctx, bool verbose)
{
    (void)ctx;
    (void)verbose;
}

static int dry_find_biff(void *ctx, const char *service, const char *host)
{
    (void)ctx;
    (void)service;
    (void)host;
    return 0;
}

static void dry_tell_biff(void *ctx, struct span text)
{
    (void)ctx;
    (void)text;
}

/* ---- other processes */

static int dry_detach(void *ctx)
{
    struct explain_dry *dry = ctx;

    dry->detached = true;
    dry_note(dry, "", "the mailer is told that all is well; what follows happens behind its back", "");
    return 0;
}

pid_t dry_fork(struct explain_dry *dry)
{
    struct explain *explain = dry->explain;
    int ends[2];
    pid_t pid;

    if (spawn_pipe(ends, SPAWN_WE_WAIT, NULL))
        return -1;
    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        if (dry->to_parent >= 0)
            close(dry->to_parent);
        close(ends[0]);
        dry->to_parent = ends[1];
        dry->sent = explain->last; /* the parent has these */
        return 0;
    }
    close(ends[1]);
    if (pid > 0 && explain_receive(explain, ends[0]))
        dry_note(dry, "", "what another process does could not be explained", "");
    close(ends[0]);
    return pid;
}

static void begin_copy(struct explain_dry *dry)
{
    struct explain *explain = dry->explain;

    dry->end = EXPLAIN_COPY_END;
    explain->copy = ++explain->copies;
    for (int slot = 0; slot < DELIVER_LOCKS; slot++)
        dry_unlock(dry, slot);
    explain_add(explain, EXPLAIN_COPY, &dry->trace->place);
}

/* The copy is waited for whatever the recipe says: its steps come before ours. */
static pid_t dry_clone(void *ctx, long retries, long pause)
{
    pid_t pid = dry_fork(ctx);

    (void)retries;
    (void)pause;
    if (pid == 0)
        begin_copy(ctx);
    return pid;
}

static void dry_wait_for_clone(void *ctx, pid_t pid, long timeout, struct deliver_outcome *outcome)
{
    (void)ctx;
    (void)timeout;
    *outcome = (struct deliver_outcome){.has_status = true};
    outcome->status = spawn_wait(pid, 0, NULL);
    outcome->done = outcome->status == 0;
}

bool explain_dry_recipient(struct explain_dry *dry, const char *name, int *status)
{
    pid_t pid = dry_fork(dry);

    if (pid == 0) {
        dry->end = EXPLAIN_RECIPIENT_END;
        explain_add(dry->explain, EXPLAIN_RECIPIENT, NULL)->text = explain_keep(dry->explain, span_of(name));
        return true;
    }
    *status = pid > 0 ? spawn_wait(pid, 0, NULL) : EX_TEMPFAIL;
    return false;
}

void explain_dry_end(struct explain_dry *dry, int status)
{
    struct explain *explain = dry->explain;

    if (dry->detached && explain->copy == 0)
        status = 0;
    explain->status = status;
    if (dry->to_parent < 0)
        return;
    explain_add(explain, dry->end, NULL)->number = status;
    explain_send(dry->sent ? dry->sent->next : explain->first, dry->to_parent);
    _exit(status);
}

const struct deliver_ops explain_dry_ops = {
    .folder = dry_folder,
    .pipe = dry_pipe,
    .filter = dry_filter,
    .capture = dry_capture,
    .substitute = dry_substitute,
    .lock = dry_lock,
    .unlock = dry_unlock,
    .locked = dry_locked,
    .change_directory = dry_change_directory,
    .set_umask = dry_set_umask,
    .open_log = dry_open_log,
    .set_verbose = dry_set_verbose,
    .find_biff = dry_find_biff,
    .tell_biff = dry_tell_biff,
    .detach = dry_detach,
    .clone = dry_clone,
    .wait_for_clone = dry_wait_for_clone,
};

void explain_dry_init(struct explain_dry *dry, struct explain *explain, struct trace *trace)
{
    *dry = (struct explain_dry){
        .explain = explain, .trace = trace, .timeout = 30, .end = EXPLAIN_COPY_END, .to_parent = -1};
}

void explain_dry_free(struct explain_dry *dry)
{
    for (int slot = 0; slot < DELIVER_LOCKS; slot++)
        dry_unlock(dry, slot);
    ends_free(&dry->ends);
}
