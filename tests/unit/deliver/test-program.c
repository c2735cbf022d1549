#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "deliver/real.h"
#include "process/signal.h"
#include "trace/words.h"

/* The real operations, run on programs that every system has. */
struct world {
    struct trace trace;
    struct trace_log log;
    struct deliver_real real;
    struct message *message;
    const char *argv[4];
    struct deliver_command command;
    struct deliver_program program;
    struct deliver_outcome outcome;
};

static const char *const envp[] = {"PATH=/usr/bin:/bin", NULL};

static void world_init(struct world *w, struct span text, const char *script)
{
    struct message_builder *builder = message_builder_new();

    *w = (struct world){.argv = {"/bin/sh", "-c", script, NULL}};
    signal_install();
    trace_log_init(&w->log, STDERR_FILENO);
    w->real = (struct deliver_real){.trace = &w->trace, .log = &w->log, .standard_output = -1};
    message_builder_add(builder, text, NULL);
    w->message = message_builder_finish(builder, false, NULL);
    w->command = (struct deliver_command){
        .argv = w->argv, .shown = span_of(script), .name = script, .shell = true};
    w->program = (struct deliver_program){.command = &w->command,
                                          .envp = envp,
                                          .message = w->message,
                                          .range = message_range(w->message, MESSAGE_WHOLE),
                                          .wait = DELIVER_WAIT,
                                          .timeout = 20};
}

static void world_free(struct world *w)
{
    message_free(w->message);
    trace_log_free(&w->log);
}

#define SMALL "Subject: x\n\nbody\n"

Test(program, a_pipe_reports_its_exit_status)
{
    struct world w;

    world_init(&w, span_of(SMALL), "cat >/dev/null; exit 3");
    deliver_real_ops.pipe(&w.real, &w.program, &w.outcome);
    cr_expect_not(w.outcome.done);
    cr_expect_eq(w.outcome.status, 3);
    cr_expect_eq(w.outcome.written, strlen(SMALL) + 1);
    world_free(&w);
}

Test(program, what_a_small_message_is_ignored_by_does_not_matter)
{
    struct world w;

    for (int i = 0; i < 50; i++) {
        world_init(&w, span_of(SMALL), "exec <&-; exit 0");
        deliver_real_ops.pipe(&w.real, &w.program, &w.outcome);
        cr_assert(w.outcome.done);
        world_free(&w);
    }
}

Test(program, what_a_large_message_is_ignored_by_failed)
{
    static char large[1 << 20];
    struct world w;

    memset(large, 'x', sizeof large);
    world_init(&w, span_make(large, sizeof large), "exit 0");
    deliver_real_ops.pipe(&w.real, &w.program, &w.outcome);
    cr_expect_not(w.outcome.done);
    w.program.ignore_errors = true;
    deliver_real_ops.pipe(&w.real, &w.program, &w.outcome);
    cr_expect(w.outcome.done);
    world_free(&w);
}

Test(program, one_that_is_not_there_is_a_failed_action_even_if_nobody_waits)
{
    struct world w;

    world_init(&w, span_of(SMALL), "nothing-of-this-name");
    w.program.wait = DELIVER_NO_WAIT;
    w.program.last_copy = true;
    deliver_real_ops.pipe(&w.real, &w.program, &w.outcome);
    cr_expect_not(w.outcome.done);
    w.argv[0] = "/nothing/of/this/name";
    w.program.last_copy = false;
    deliver_real_ops.pipe(&w.real, &w.program, &w.outcome);
    cr_expect_not(w.outcome.done);
    world_free(&w);
}

Test(program, a_hanging_one_is_ended)
{
    struct world w;

    world_init(&w, span_of(SMALL), "exec sleep 60");
    w.program.timeout = 1;
    deliver_real_ops.pipe(&w.real, &w.program, &w.outcome);
    cr_expect_not(w.outcome.done);
    cr_expect_eq(w.outcome.status, -15);
    world_free(&w);
}

Test(program, a_filter_gives_what_it_prints)
{
    struct message_builder *builder = message_builder_new();
    struct message *filtered;
    struct span text;
    struct world w;

    world_init(&w, span_of(SMALL), "tr a-z A-Z");
    deliver_real_ops.filter(&w.real, &w.program, builder, &w.outcome);
    cr_expect(w.outcome.done);
    filtered = message_builder_finish(builder, false, NULL);
    cr_assert_eq(message_read_at(filtered, 0, 100, &text, NULL), 0);
    cr_expect(span_eq_text(text, "SUBJECT: X\n\nBODY\n\n"));
    message_free(filtered);
    world_free(&w);
}

Test(program, a_filter_that_cannot_be_started_is_no_filter)
{
    struct message_builder *builder = message_builder_new();
    struct world w;

    world_init(&w, span_of(SMALL), "nothing-of-this-name");
    w.program.wait = DELIVER_NO_WAIT;
    deliver_real_ops.filter(&w.real, &w.program, builder, &w.outcome);
    cr_expect_not(w.outcome.done);
    message_builder_discard(builder);
    world_free(&w);
}

Test(program, output_of_backquotes_is_bounded)
{
    struct world w;
    struct buf output;

    world_init(&w, span_of(SMALL), "yes");
    buf_init(&output, 100);
    deliver_real_ops.substitute(&w.real, &w.program, &output, &w.outcome);
    cr_expect_eq(output.n, 100);
    cr_expect(w.outcome.overflow);
    buf_free(&output);
    world_free(&w);
}
