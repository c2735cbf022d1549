#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "deliver/abstract.h"
#include "deliver/place.h"
#include "engine/run-private.h"
#include "process/signal.h"

/* LOGABSTRACT says no by default unless somebody reads. */
static bool wants_abstract(const struct run *run)
{
    long n = run->numbers[NUMBER_LOGABSTRACT];

    return n > 0 || (n && (run->log_opened || run->numbers[NUMBER_VERBOSE]));
}

void run_abstract(struct run *run, const char *folder)
{
    struct buf text;

    if (!wants_abstract(run))
        return;
    buf_init(&text, BUF_UNLIMITED);
    abstract_print(run->message, folder ? folder : "", run->last_written, &text);
    run_trace(run, TRACE_TEXT, buf_span(&text));
    buf_free(&text);
}

/* ---- folders */

void run_set_lastfolder(struct run *run, struct span name, bool is_program)
{
    run->last_is_program = is_program;
    run->last_linked = 0;
    run_assign_plain(run, "LASTFOLDER", name);
}

/* LASTFOLDER; several names of one message stand behind each other. */
static void named(void *ctx, const char *name, bool more)
{
    struct run *run = ctx;
    const char *before = more ? env_get(run->env, "LASTFOLDER") : NULL;
    struct buf text;

    if (!more) {
        run_set_lastfolder(run, span_of(name), *name == '|');
        return;
    }
    buf_init(&text, BUF_UNLIMITED);
    buf_printf(&text, "%s %s", before ? before : "", name);
    if (run_keep(run, "LASTFOLDER", buf_span(&text)))
        run->last_linked += 1 + strlen(name);
    buf_free(&text);
}

bool run_to_folder(struct run *run, const char *path, const char *const *links, enum message_part part,
                   bool raw, bool ignore_errors)
{
    struct deliver_outcome outcome;
    struct deliver_folder folder = {
        .path = path,
        .links = links,
        .message = run->message,
        .part = part,
        .raw = raw,
        .ignore_errors = ignore_errors,
        .msgprefix = run->texts[TEXT_MSGPREFIX],
        .timeout = run->numbers[NUMBER_TIMEOUT],
        .named = named,
        .ctx = run,
    };

    run->options.ops->folder(run->options.ops_ctx, &folder, &outcome);
    run_note(run, &outcome);
    run->last_offset = outcome.offset;
    return outcome.done;
}

static bool to_default(struct run *run, const char *path)
{
    const char *global = run->options.ops->locked(run->options.ops_ctx, DELIVER_LOCK_GLOBAL);
    struct buf lock;

    if (place_needs_lock(path)) {
        buf_init(&lock, BUF_UNLIMITED);
        buf_printf(&lock, "%s%s", path, run->texts[TEXT_LOCKEXT]);
        if (!global || strcmp(global, lock.p))
            run_lock(run, DELIVER_LOCK_LOCAL, lock.p);
        buf_free(&lock);
    }
    return !signal_must_end() && run_to_folder(run, path, NULL, MESSAGE_WHOLE, false, false);
}

void run_delivered(struct run *run)
{
    const char *folder = env_get(run->env, "LASTFOLDER");

    run->anything_delivered = true;
    run_trace_text(run, TRACE_DELIVERED, folder ? folder : "");
}

/* What no recipe took goes to DEFAULT, and if it will not go there, to ORGMAIL. */
static bool fall_through(struct run *run)
{
    const char *orgmail = env_get(run->env, "ORGMAIL");
    char *path = mem_strdup(run->texts[TEXT_DEFAULT]);
    bool done;

    run->options.trace->place = (struct trace_place){0};
    done = *path && to_default(run, path);
    if (!done && !signal_must_end() && orgmail && *orgmail && strcmp(orgmail, path)) {
        free(path);
        path = mem_strdup(orgmail);
        done = run_to_folder(run, path, NULL, MESSAGE_WHOLE, false, false);
    }
    free(path);
    if (done)
        run_delivered(run);
    return done;
}

/* ---- the end */

/* EXITCODE in force; -1: it does not say. */
static long exitcode_of(const struct run *run)
{
    const char *value = env_get(run->env, "EXITCODE");

    return run->exitcode_set && value ? effect_number(value, -2) : -1;
}

static void run_trap(struct run *run, int *status, bool takes_status)
{
    struct deliver_program program;
    struct deliver_outcome outcome;
    struct command command;

    command_of_text(run, span_of(run->texts[TEXT_TRAP]), &command);
    program = run_program(run, &command);
    program.output_to_log = true;
    program.wait = DELIVER_WAIT_SILENT;
    run->options.ops->pipe(run->options.ops_ctx, &program, &outcome);
    if (takes_status && outcome.has_status && outcome.status)
        *status = outcome.status;
    command_free(&command);
}

/* EXITCODE and TRAP have the last word. */
static int apply_exitcode(struct run *run, int status)
{
    const char *value = env_get(run->env, "EXITCODE");
    bool said = run->exitcode_set && value;
    long exitcode = exitcode_of(run);
    char number[32];

    if (said && exitcode >= 0) {
        status = (int)exitcode;
    } else if (!said && *run->texts[TEXT_TRAP]) {
        snprintf(number, sizeof number, "%d", status);
        run_assign_plain(run, "EXITCODE", span_of(number));
    }
    if (*run->texts[TEXT_TRAP])
        run_trap(run, &status, said && exitcode == -2);
    return status;
}


static const char *failure_name(const struct run *run, int status)
{
    if (run->pretending)
        return "**Lost**";
    return status == EX_TEMPFAIL ? "**Requeued**" : "**Bounced**";
}

static int end_with(struct run *run, int status)
{
    run_unlock(run, DELIVER_LOCK_LOCAL);
    if (status == EX_OK) {
        run_notify(run, NULL);
        run_abstract(run, env_get(run->env, "LASTFOLDER"));
    } else {
        run_notify(run, failure_name(run, status));
        run_abstract(run, failure_name(run, status));
    }
    status = apply_exitcode(run, status);
    run_unlock(run, DELIVER_LOCK_LOCAL);
    run_unlock(run, DELIVER_LOCK_GLOBAL);
    return status & 0xff;
}

/* A message that is nowhere stays queued for trouble that may pass, and for who asked so (-t). */
static int status_of_failure(const struct run *run)
{
    return run->options.soft || run->deferred || (run->passing && !run->anything_delivered) ? EX_TEMPFAIL : EX_CANTCREAT;
}

int run_finish_undelivered(struct run *run)
{
    return end_with(run, EX_OK);
}

int run_finish(struct run *run, enum run_end end)
{
    if (end != RUN_DELIVERED && end != RUN_SIGNALLED && fall_through(run))
        end = RUN_DELIVERED;
    if (end != RUN_DELIVERED && signal_must_end()) {
        signal_ignore_ending();
        run_trace_text(run, TRACE_TERMINATING, "");
        return end_with(run, EX_TEMPFAIL);
    }
    signal_ignore_ending();
    run_close_all(run);
    return end_with(run, end == RUN_DELIVERED ? EX_OK : status_of_failure(run));
}
