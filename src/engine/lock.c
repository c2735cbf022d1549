#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "engine/run-private.h"

void run_unlock(struct run *run, enum deliver_slot slot)
{
    const struct deliver_ops *ops = run->options.ops;

    if (ops->locked(run->options.ops_ctx, slot))
        ops->unlock(run->options.ops_ctx, slot);
}

void run_release_lock(struct run *run)
{
    run_unlock(run, DELIVER_LOCK_LOCAL);
}

/* Of each kind at most one is held: another name gives the old one back first. */
bool run_lock(struct run *run, enum deliver_slot slot, const char *path)
{
    const struct deliver_ops *ops = run->options.ops;
    struct deliver_lock_policy policy = {
        .sleep = run->numbers[NUMBER_LOCKSLEEP],
        .timeout = run->numbers[NUMBER_LOCKTIMEOUT],
        .suspend = run->numbers[NUMBER_SUSPEND],
    };
    const char *held = ops->locked(run->options.ops_ctx, slot);

    if (held && !strcmp(held, path))
        return true;
    if (held)
        ops->unlock(run->options.ops_ctx, slot);
    if (!*path)
        return true;
    return ops->lock(run->options.ops_ctx, slot, path, &policy);
}

/* A lock within a folder that is a directory yet to be made cannot be had, and is not needed. */
static bool is_in_missing_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct stat st;
    char *directory;
    bool missing;

    if (!slash || slash == path)
        return false;
    directory = mem_strndup(path, (size_t)(slash - path));
    missing = stat(directory, &st) != 0;
    free(directory);
    return missing;
}

void run_lock_local(struct run *run, const struct head *head, struct span derived_from, bool may_derive)
{
    const char *global = run->options.ops->locked(run->options.ops_ctx, DELIVER_LOCK_GLOBAL);
    bool is_directory = derived_from.n && (derived_from.p[derived_from.n - 1] == '/' ||
                                           (derived_from.n > 1 && derived_from.p[derived_from.n - 1] == '.' &&
                                            derived_from.p[derived_from.n - 2] == '/'));
    struct buf path;

    if (!head->locks || (!head->lockfile.n && !may_derive))
        return;
    buf_init(&path, BUF_UNLIMITED);
    if (head->lockfile.n) {
        buf_add_span(&path, head->lockfile);
    } else {
        buf_add_span(&path, derived_from);
        buf_add_text(&path, run->texts[TEXT_LOCKEXT]);
    }
    if (global && !strcmp(global, path.p))
        run_trace_text(run, TRACE_DEADLOCK, path.p);
    else if (span_eq_text(derived_from, path.p)) /* 3.22 would take the folder for its lock, and remove it */
        run_trace_text(run, TRACE_LOCK_FAILURE, path.p);
    else if (head->lockfile.n || !is_directory || !is_in_missing_directory(path.p))
        run_lock(run, DELIVER_LOCK_LOCAL, path.p);
    buf_free(&path);
}
