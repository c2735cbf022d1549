/*
 * Messages one after the other: header, body, and what becomes of a program or a write that fails.
 */
#include "formail/formail-private.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    STATUS_PROGRAM_KILLED = 69,
    STATUS_SYSTEM = 71,
    STATUS_CACHE = 73,
    STATUS_WRITE = 74,
};

void run_say(struct run *run, const char *text)
{
    run->out.sink->say(run->out.sink->ctx, span_of(text));
}

void run_say_about(struct run *run, const char *text, struct span what, const char *end)
{
    struct buf line;

    buf_init(&line, BUF_UNLIMITED);
    buf_add_text(&line, text);
    buf_add_span(&line, what);
    buf_add_text(&line, end);
    run->out.sink->say(run->out.sink->ctx, buf_span(&line));
    buf_free(&line);
}

static void could_not_write(struct run *run)
{
    if (run->formail->loud)
        run_say(run, "Couldn't write to stdout");
    run->status = STATUS_WRITE;
}

int run_close(struct run *run)
{
    if (output_end(&run->out, !source_failed(run->source)) == 0)
        return 0;
    could_not_write(run);
    return -1;
}

/* ---- one message */

static enum message_end message_run(struct run *run)
{
    long vouched = 0;
    enum message_end end = head_run(run, &vouched);

    if (end != MESSAGE_NEXT)
        return end;
    switch (body_run(run, vouched)) {
    case BODY_FATAL:
        return MESSAGE_FATAL;
    case BODY_NEXT:
        head_log_size(run);
        return MESSAGE_NEXT;
    case BODY_LAST:
        break;
    }
    head_log_size(run);
    return MESSAGE_LAST;
}

/* ---- from one to the next */

static int begin(struct run *run)
{
    struct err err;

    if (run->formail->split && run->skip) {
        run->skip--;
        run->out.discard = true;
        return 0;
    }
    if (run->total > 0)
        run->total--;
    if (output_begin(&run->out, &err) == 0)
        return 0;
    run_say(run, err.text);
    run->status = STATUS_SYSTEM;
    return -1;
}

static void settle(struct run *run, bool last)
{
    int status = run->out.sink->settle ? run->out.sink->settle(run->out.sink->ctx, last) : 0;

    if (run->status == 0)
        run->status = status;
}

/* A message ended and another follows: true when it is wanted. */
static bool next_begin(struct run *run)
{
    if (output_end(&run->out, true)) {
        run->torn = true;
        if (run->formail->loud)
            run_say(run, "Couldn't write to stdout, continuing...");
    }
    settle(run, false);
    return run->total != 0 && begin(run) == 0;
}

static void skip_babyl_preamble(struct formail_source *source)
{
    int c = 0, before = 0, before_that = 0;

    while (c >= 0 && !(before_that == '\037' && before == '\f' && c == '\n')) {
        before_that = before;
        before = c;
        c = source_take(source);
    }
    while (c >= 0 && (c = source_take(source)) != '\n')
        ;
}

static void run_all(struct run *run)
{
    enum message_end end;

    if (begin(run))
        return;
    do
        end = message_run(run);
    while (end == MESSAGE_NEXT && next_begin(run));
    if (end == MESSAGE_LAST && run_close(run))
        return;
    if (end != MESSAGE_FATAL)
        settle(run, true);
}

static void run_input(struct run *run)
{
    if (run->formail->babyl)
        skip_babyl_preamble(run->source);
    while (source_peek(run->source) == '\n')
        source_skip(run->source, 1);
    if (run->formail->split && source_peek(run->source) < 0)
        return; /* no message is not an empty one */
    if (!run->formail->split || run->total)
        run_all(run);
    else
        could_not_write(run); /* `-0s`: so it is in 3.22 */
}

static int status_of(const struct run *run)
{
    if (run->status < 0)
        return STATUS_PROGRAM_KILLED;
    return run->status == 0 && run->torn ? STATUS_WRITE : run->status;
}

int formail_run(const struct formail *formail, struct formail_source *source, const struct formail_sink *sink)
{
    struct run run = {
        .formail = formail,
        .source = source,
        .out = {.sink = sink, .counts = formail->log},
        .cache = -1,
        .skip = formail->skip,
        .total = formail->total,
    };

    if (formail->cache && (run.cache = seen_open(formail->cache)) < 0) {
        run_say_about(&run, "Couldn't open \"", span_of(formail->cache), "\"");
        return STATUS_CACHE;
    }
    header_init(&run.header);
    buf_init(&run.line, BUF_UNLIMITED);
    buf_init(&run.out.buf, BUF_UNLIMITED);
    buf_init(&run.sender.name, BUF_UNLIMITED);
    run_input(&run);
    if (source_failed(source)) {
        run_say_about(&run, "Couldn't read the input: ", span_of(strerror(source_failed(source))), "");
        run.status = STATUS_WRITE;
    }
    if (run.cache >= 0)
        close(run.cache);
    header_free(&run.header);
    buf_free(&run.line);
    buf_free(&run.out.buf);
    buf_free(&run.sender.name);
    return status_of(&run);
}
