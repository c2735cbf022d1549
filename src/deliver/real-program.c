#include "deliver/real-private.h"

#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "deliver/feed.h"
#include "deliver/inner.h"
#include "deliver/status.h"
#include "process/signal.h"
#include "process/spawn.h"

/* One program, from its start to its end. */
struct session {
    struct deliver_real *real;
    const struct deliver_program *program;
    struct deliver_outcome *outcome;
    struct feed feed;
    bool here; /* it was run without a process, and there is no pid */
    struct inner_output output;
    int status_here;
    pid_t pid;
    int to, from; /* our ends of its pipes; -1 */
    time_t deadline;
    enum spawn_exchanged exchanged;
    bool timed_out;

    struct message_builder *builder; /* where its output goes: one of the two, or neither */
    struct buf *buf;
    bool overflow;

    struct span pending; /* taken from the feed and not yet written */
};

static void say(struct session *s, enum trace_kind kind)
{
    trace_say_text(s->real->trace, kind, s->program->command->name);
}

void real_trouble(struct deliver_real *real, const struct err *err, struct deliver_outcome *outcome)
{
    trace_say_text(real->trace, TRACE_TROUBLE, err->text);
    outcome->passing = true;
}

static int source(void *ctx, struct span *piece, struct err *err)
{
    struct session *s = ctx;

    if (!s->pending.n)
        return feed_next(&s->feed, piece, err);
    *piece = s->pending;
    s->pending = SPAN_NULL;
    return 0;
}

/* What fits into the pipe goes there before the program can close its end: whether it looks at a
 * small message or not must not depend on who is faster. */
static int fill_pipe(struct session *s, struct err *err)
{
    do {
        ssize_t written;

        if (feed_next(&s->feed, &s->pending, err))
            return -1;
        written = s->pending.n ? write(s->to, s->pending.p, s->pending.n) : 0;
        if (written <= 0)
            return 0;
        s->pending = span_from(s->pending, (size_t)written);
    } while (!s->pending.n);
    return 0;
}

static int sink(void *ctx, struct span piece, struct err *err)
{
    struct session *s = ctx;

    if (s->builder)
        return message_builder_add(s->builder, piece, err);
    if (piece.n > s->buf->max - s->buf->n) {
        s->overflow = true;
        piece.n = s->buf->max - s->buf->n;
    }
    buf_add_span(s->buf, piece);
    return s->overflow ? err_set(err, ERR_DATA, "too much output") : 0;
}

static void close_pair(int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

/* Makes the pipes and starts it; -1: told, and the outcome says so. */
static int begin_process(struct session *s, bool read_output)
{
    const struct deliver_program *program = s->program;
    struct spawn spawn = {.argv = program->command->argv, .envp = program->envp, .in = -1, .out = -1, .errs = -1};
    int in[2], out[2] = {-1, -1};
    long retries = program->retries;
    struct err err;

    if (spawn_pipe(in, SPAWN_WE_WRITE, &err))
        goto trouble;
    if (read_output && spawn_pipe(out, SPAWN_WE_READ, &err)) {
        close_pair(in);
        goto trouble;
    }
    s->to = in[1];
    if (fill_pipe(s, &err)) {
        close_pair(in);
        if (read_output)
            close_pair(out);
        goto trouble;
    }
    spawn.in = in[0];
    spawn.out = read_output ? out[1] : program->output_to_log ? STDERR_FILENO : -1;
    while ((s->pid = spawn_start(&spawn, &err)) < 0 && err.class == ERR_TEMP && real_retry(&retries, program->pause))
        ;
    close(in[0]);
    if (read_output)
        close(out[1]);
    s->from = out[0];
    if (s->pid > 0)
        return 0;
    close(in[1]);
    if (read_output)
        close(out[0]);
    s->outcome->has_status = true;
    s->outcome->status = DELIVER_STATUS_CANNOT_START;
    if (err.class == ERR_NOINPUT) {
        say(s, TRACE_CANNOT_EXECUTE);
        return -1;
    }
    say(s, TRACE_CANNOT_FORK);
trouble:
    real_trouble(s->real, &err, s->outcome);
    return -1;
}

static int gather(struct session *s, struct buf *input, struct err *err)
{
    struct span piece;

    buf_reserve(input, s->program->message ? s->program->range.n : s->program->text.n);
    do {
        if (feed_next(&s->feed, &piece, err))
            return -1;
        buf_add_span(input, piece);
    } while (piece.n);
    return 0;
}

/* True when it was run without a process, and what it printed is at hand. */
static bool run_here(struct session *s)
{
    struct inner *inner = s->real->always_fork ? NULL : inner_new(&s->real->tools, s->program);
    struct buf input;
    bool ran;

    if (!inner)
        return false;
    buf_init(&input, BUF_UNLIMITED);
    ran = gather(s, &input, NULL) == 0 && inner_run(inner, buf_span(&input), &s->output);
    if (!ran) { /* a process meets the same trouble, or has room */
        inner_output_free(&s->output);
        feed_init(&s->feed, s->program);
    }
    buf_free(&input);
    inner_free(inner);
    return ran;
}

static int begin(struct session *s, bool read_output)
{
    *s->outcome = (struct deliver_outcome){0};
    feed_init(&s->feed, s->program);
    s->deadline = spawn_deadline(s->program->timeout);
    trace_say(s->real->trace, TRACE_EXECUTING, s->program->command->shown);
    s->here = run_here(s);
    return s->here ? 0 : begin_process(s, read_output);
}

/* A program that cannot print all ends with that, unless it has failed anyway. */
static void not_all_printed(struct inner_output *output)
{
    if (output->status == 0)
        output->status = EX_IOERR;
}

/* Takes what was printed without a process. */
static enum spawn_exchanged take_output(struct session *s, struct err *err)
{
    struct inner_output *output = &s->output;
    enum spawn_exchanged exchanged = SPAWN_DONE;

    io_write(STDERR_FILENO, output->said.p, output->said.n);
    if (s->builder || s->buf) {
        if (sink(s, buf_span(&output->out), err))
            exchanged = SPAWN_BROKEN;
    } else if (s->program->output_to_log && io_write(STDERR_FILENO, output->out.p, output->out.n)) {
        not_all_printed(output);
    }
    if (exchanged == SPAWN_BROKEN && output->out.n > SPAWN_PIPE_SIZE)
        not_all_printed(output);
    s->status_here = output->status;
    inner_output_free(output);
    return exchanged;
}

/* Feeds it, and reads what it prints if anybody wants it. */
static void exchange(struct session *s)
{
    struct spawn_exchange x = {s->to, s->from, source, sink, s, s->deadline, s->pid};
    struct err err;

    s->exchanged = s->here ? take_output(s, &err) : spawn_exchange(&x, &err);
    s->outcome->written = feed_given(&s->feed);
    s->outcome->has_written = true;
    if (s->overflow)
        say(s, TRACE_EXCESSIVE_OUTPUT);
    if (s->exchanged == SPAWN_BROKEN && !s->overflow)
        real_trouble(s->real, &err, s->outcome);
    if (s->exchanged == SPAWN_REFUSED && !s->program->ignore_errors)
        say(s, TRACE_WRITE_ERROR);
    if (s->exchanged == SPAWN_TIMED_OUT) {
        say(s, TRACE_TIMEOUT_TERMINATING);
        s->timed_out = true;
    }
}

static bool exchange_failed(const struct session *s)
{
    return s->exchanged == SPAWN_TIMED_OUT || s->exchanged == SPAWN_SIGNALLED || s->exchanged == SPAWN_BROKEN ||
           (s->exchanged == SPAWN_REFUSED && !s->program->ignore_errors);
}

static void wait_for_it(struct session *s)
{
    bool late = false;

    if (s->here)
        s->outcome->status = s->status_here;
    else
        s->outcome->status = spawn_wait(s->pid, s->timed_out ? spawn_deadline(SPAWN_GRACE) : s->deadline, &late);
    s->outcome->has_status = true;
    if (late && !s->timed_out) {
        s->timed_out = true;
        say(s, TRACE_TIMEOUT_TERMINATING);
    }
}

static void tell_failure(struct session *s)
{
    struct trace_event event = {
        .kind = s->program->wait == DELIVER_WAIT_QUIET ? TRACE_NONZERO_EXIT : TRACE_PROGRAM_FAILURE,
        .text = span_of(s->program->command->name),
        .number = s->outcome->status,
    };

    if (s->program->wait == DELIVER_WAIT_SILENT || s->outcome->status == SPAWN_INTERRUPTED)
        return;
    trace_emit(s->real->trace, &event);
}

static bool never_ran(const struct session *s)
{
    return s->outcome->has_status && deliver_status_never_ran(s->program, s->outcome->status);
}

/* Nobody waits, but mail is gone if the shell found nothing to run, or sendmail refused it. */
static void save_last_copy(struct session *s)
{
    struct deliver_outcome *outcome = s->outcome;

    outcome->status = s->here ? s->status_here : spawn_wait_patiently(s->pid, s->deadline);
    outcome->has_status = outcome->status != SPAWN_STILL_RUNNING && outcome->status != SPAWN_INTERRUPTED;
    if (outcome->has_status && deliver_status_fails(s->program, outcome->status)) {
        outcome->done = false;
        if (never_ran(s))
            say(s, TRACE_CANNOT_EXECUTE);
        else
            tell_failure(s);
    }
    outcome->has_status = false; /* $? is for those who wait */
}

void real_pipe(void *ctx, const struct deliver_program *program, struct deliver_outcome *outcome)
{
    struct session s = {.real = ctx, .program = program, .outcome = outcome};

    if (begin(&s, false))
        return;
    exchange(&s);
    outcome->done = !exchange_failed(&s);
    if (program->wait != DELIVER_NO_WAIT) {
        wait_for_it(&s);
        if (outcome->status != 0) {
            outcome->done = false;
            tell_failure(&s);
        }
    } else if (program->last_copy && outcome->done && (program->command->shell || program->hands_over)) {
        save_last_copy(&s);
    }
}

/* A filter that failed: the text it was given is kept. */
static void rescue(struct session *s)
{
    enum trace_kind kind = TRACE_RESCUE_SUCCEEDED;

    if (s->program->wait == DELIVER_WAIT_QUIET && !exchange_failed(s))
        kind = TRACE_RESCUE_QUIETLY;
    s->outcome->done = false;
    if (!s->program->nothing_to_keep)
        trace_say(s->real->trace, kind, SPAN_NULL);
}

/* A program whose output is wanted: a filter or a capture. */
static void run_filter(struct session *s)
{
    struct deliver_outcome *outcome = s->outcome;

    if (begin(s, true)) {
        rescue(s);
        return;
    }
    exchange(s);
    outcome->has_written = false;
    if (s->program->wait != DELIVER_NO_WAIT || s->program->command->shell || exchange_failed(s))
        wait_for_it(s);
    outcome->done = !exchange_failed(s) && !s->timed_out;
    if (!outcome->done) {
        outcome->status = s->timed_out ? EX_UNAVAILABLE : EX_IOERR;
        rescue(s);
    } else if (never_ran(s) && s->program->wait == DELIVER_NO_WAIT) {
        say(s, TRACE_CANNOT_EXECUTE);
        rescue(s);
    } else if (s->program->wait == DELIVER_NO_WAIT) {
        outcome->has_status = false;
    } else if (outcome->status != 0) {
        tell_failure(s);
        rescue(s);
    }
}

void real_filter(void *ctx, const struct deliver_program *program, struct message_builder *output,
                 struct deliver_outcome *outcome)
{
    struct session s = {.real = ctx, .program = program, .outcome = outcome, .builder = output};

    run_filter(&s);
}

void real_capture(void *ctx, const struct deliver_program *program, struct buf *output,
                  struct deliver_outcome *outcome)
{
    struct session s = {.real = ctx, .program = program, .outcome = outcome, .buf = output};

    run_filter(&s);
}

void real_substitute(void *ctx, const struct deliver_program *program, struct buf *output,
                     struct deliver_outcome *outcome)
{
    struct session s = {.real = ctx, .program = program, .outcome = outcome, .buf = output};

    if (begin(&s, true))
        return;
    exchange(&s);
    wait_for_it(&s);
    if (s.timed_out)
        trace_say(s.real->trace, TRACE_RESCUE_SUCCEEDED, SPAN_NULL);
    outcome->overflow = s.overflow;
    outcome->has_written = false;
    outcome->done = true;
}
