#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine/run-private.h"

/* No honest set of rc files comes near these; an INCLUDERC or SWITCHRC that names itself does. */
enum {
    DEPTH_MAX = 250,
    FILES_MAX = 10000, /* opened for one message: one that includes itself twice would never end */
};

void run_open_file(struct run *run, struct rc *rc)
{
    if (run->frame_count == run->frame_room) {
        run->frame_room = run->frame_room ? 2 * run->frame_room : 8;
        run->frames = mem_realloc(run->frames, run->frame_room * sizeof *run->frames);
    }
    run->files_opened++;
    run->frames[run->frame_count++] =
        (struct run_frame){.rc = rc, .item = rc->items, .saved_depth = run->saved_count};
}

/* SWITCHRC and HOST close the file whose item sets them, which goes on to be used: it is freed later. */
void run_close_file(struct run *run)
{
    struct run_frame *frame = &run->frames[--run->frame_count];

    run->saved_count = frame->saved_depth; /* blocks that are open are closed */
    if (run->closed_count == run->closed_room) {
        run->closed_room = run->closed_room ? 2 * run->closed_room : 8;
        run->closed = mem_realloc(run->closed, run->closed_room * sizeof *run->closed);
    }
    run->closed[run->closed_count++] = frame->rc;
}

void run_free_closed(struct run *run)
{
    if (!run->closed_count)
        return;
    run->options.trace->place = (struct trace_place){0}; /* it may be in one of them */
    while (run->closed_count)
        rc_free(run->closed[--run->closed_count]);
}

void run_close_all(struct run *run)
{
    while (run->frame_count)
        run_close_file(run);
    run->skipping = 0;
}

const char *run_rc_name(const struct run *run)
{
    return run->frame_count ? run->frames[run->frame_count - 1].rc->name : "";
}

static bool names_nothing(const char *name)
{
    return !*name || !strcmp(name, "/dev/null");
}

/* 3.22 shows a relative name behind an absolute MAILDIR. */
static struct rc *parse(struct run *run, const char *name, const struct buf *text)
{
    const char *maildir = env_get(run->env, "MAILDIR");
    struct buf shown;
    struct rc *rc;

    buf_init(&shown, BUF_UNLIMITED);
    if (*name != '/' && maildir && *maildir == '/')
        buf_printf(&shown, "%s/", maildir);
    buf_add_text(&shown, name);
    rc = rc_parse(shown.p, buf_span(text));
    buf_free(&shown);
    return rc;
}

void run_include(struct run *run, const char *name)
{
    struct buf text;

    if (!run->frame_count || names_nothing(name))
        return;
    if (run->frame_count > DEPTH_MAX || run->files_opened >= FILES_MAX) {
        run_trace_text(run, TRACE_TOO_MANY_INCLUDES, name);
        return;
    }
    buf_init(&text, BUF_UNLIMITED);
    switch (trust_read(name, TRUST_INCLUDE, run->options.uid, run->options.gid, &text)) {
    case TRUST_OK:
        run_open_file(run, parse(run, name, &text));
        break;
    case TRUST_EMPTY:
        break;
    default:
        run_trace_text(run, TRACE_CANNOT_READ, name);
    }
    buf_free(&text);
}

/* The present file ends here, at whatever depth of blocks. */
static void leave(struct run *run)
{
    struct run_frame *frame = &run->frames[run->frame_count - 1];

    run->saved_count = frame->saved_depth;
    frame->block = NULL;
    frame->item = NULL;
}

void run_switch(struct run *run, const char *name)
{
    struct rc *rc = NULL;
    struct buf text;

    if (!run->frame_count)
        return;
    if (names_nothing(name)) {
        leave(run);
        return;
    }
    if (run->files_opened >= FILES_MAX) {
        run_trace_text(run, TRACE_TOO_MANY_INCLUDES, name);
        leave(run);
        return;
    }
    buf_init(&text, BUF_UNLIMITED);
    switch (trust_read(name, TRUST_INCLUDE, run->options.uid, run->options.gid, &text)) {
    case TRUST_OK:
        rc = parse(run, name, &text);
        run_close_file(run);
        run_open_file(run, rc);
        break;
    case TRUST_EMPTY:
        leave(run);
        break;
    default:
        run_trace_text(run, TRACE_CANNOT_READ, name);
    }
    buf_free(&text);
}
