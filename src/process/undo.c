#include "process/undo.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

struct undo {
    struct undo *next; /* the one registered before */
    void (*act)(void *ctx);
    void *ctx;
    pid_t owner; /* a forked child that forgot to disown must not undo its parent's work */
};

static struct undo *registered; /* the newest first */

struct undo *undo_add(void (*act)(void *ctx), void *ctx)
{
    struct undo *undo = mem_alloc(sizeof *undo);

    *undo = (struct undo){.next = registered, .act = act, .ctx = ctx, .owner = getpid()};
    registered = undo;
    return undo;
}

static void unlink_file(void *ctx)
{
    unlink(ctx);
}

/* Works after a chdir, too; where the present directory has no name the path stays as it is. */
static char *absolute(const char *path)
{
    struct buf full;
    size_t room = 256;
    char *to;

    if (*path == '/')
        return mem_strdup(path);
    buf_init(&full, BUF_UNLIMITED);
    while (to = buf_reserve(&full, room), to && !getcwd(to, room)) {
        if (errno != ERANGE) {
            buf_free(&full);
            return mem_strdup(path);
        }
        room *= 2;
    }
    if (!to)
        err_out_of_memory();
    buf_commit(&full, strlen(to));
    buf_add_byte(&full, '/');
    buf_add_text(&full, path);
    return buf_take(&full);
}

struct undo *undo_unlink(const char *path)
{
    return undo_add(unlink_file, absolute(path));
}

static void undo_free(struct undo *undo)
{
    if (undo->act == unlink_file)
        free(undo->ctx);
    free(undo);
}

void undo_forget(struct undo *undo)
{
    struct undo **at = &registered;

    while (*at && *at != undo)
        at = &(*at)->next;
    if (!undo || !*at)
        return;
    *at = undo->next;
    undo_free(undo);
}

void undo_all(void)
{
    while (registered) {
        struct undo *undo = registered;

        registered = undo->next; /* first, so that act may call undo_forget() */
        if (undo->owner == getpid())
            undo->act(undo->ctx);
        undo_free(undo);
    }
}

void undo_disown(void)
{
    while (registered)
        undo_forget(registered);
}
