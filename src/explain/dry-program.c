/* Programs: run where that is allowed and they do not take the message away. */
#include "explain/dry-private.h"

#include <stdlib.h>

enum { SHOWN = 4096 /* bytes of a program's output */ };

struct span dry_words(struct explain_dry *dry, const struct deliver_command *command)
{
    struct buf text;
    struct span kept;

    if (command->shell)
        return explain_keep(dry->explain, span_skip_blanks(command->shown));
    buf_init(&text, BUF_UNLIMITED);
    for (const char *const *word = command->argv; *word; word++)
        buf_printf(&text, word == command->argv ? "%s" : " %s", *word);
    kept = explain_keep(dry->explain, buf_span(&text));
    buf_free(&text);
    return kept;
}

static struct explain_step *tell(struct explain_dry *dry, const struct deliver_program *program,
                                 const char *what)
{
    struct explain_step *step = explain_add(dry->explain, EXPLAIN_COMMAND, &dry->trace->place);

    step->subject = span_of(what);
    step->text = dry_words(dry, program->command);
    step->unknown = !dry->real;
    return step;
}

static struct deliver_program bounded(const struct explain_dry *dry, const struct deliver_program *program)
{
    struct deliver_program copy = *program;

    if (!copy.timeout || copy.timeout > dry->timeout)
        copy.timeout = dry->timeout;
    return copy;
}

static void ended(struct explain *explain, struct explain_step *step, const struct deliver_outcome *outcome,
                  struct span output)
{
    if (outcome->has_status)
        step->number = outcome->status;
    step->more = explain_keep(explain, span_make(output.p, output.n < SHOWN ? output.n : SHOWN));
}

/* ? program, and TRAP. */
void dry_pipe(void *ctx, const struct deliver_program *program, struct deliver_outcome *outcome)
{
    struct explain_dry *dry = ctx;
    struct deliver_program copy = bounded(dry, program);
    struct explain_step *condition = dry->explain->condition, *step;

    *outcome = (struct deliver_outcome){.done = true};
    if (program->message && !program->output_to_log) {
        dry_take(dry, program, outcome);
        return;
    }
    step = tell(dry, program, program->output_to_log ? "trap" : "condition");
    if (condition) {
        condition->asked = true;
        condition->unknown = !dry->real;
    }
    if (dry->real)
        deliver_real_ops.pipe(dry->real, &copy, outcome);
    else if (!program->output_to_log)
        *outcome =
            (struct deliver_outcome){.has_status = true, .status = dry_succeeds(dry, step->text) ? 0 : 1};
    ended(dry->explain, step, outcome, SPAN_NULL);
}

void dry_filter(void *ctx, const struct deliver_program *program, struct message_builder *output,
                struct deliver_outcome *outcome)
{
    struct explain_dry *dry = ctx;
    struct deliver_program copy = bounded(dry, program);
    struct explain_step *step;

    if (program
            ->hands_over) { /* a forward as a filter still sends mail, and is waited for only with a flag */
        copy.last_copy = false;
        dry_take(dry, &copy, outcome);
        outcome->has_written = false;
    } else {
        step = tell(dry, program, "filter");
        *outcome = (struct deliver_outcome){.done = true};
        if (dry->real) {
            deliver_real_ops.filter(dry->real, &copy, output, outcome);
            ended(dry->explain, step, outcome, SPAN_NULL);
            return;
        }
    }
    if (message_builder_add_message(output, program->message, program->range, NULL))
        outcome->done = false;
}

static void read_output(struct explain_dry *dry, const struct deliver_program *program, const char *what,
                        struct buf *output, struct deliver_outcome *outcome,
                        void (*run)(void *, const struct deliver_program *, struct buf *,
                                    struct deliver_outcome *))
{
    struct deliver_program copy = bounded(dry, program);
    struct explain_step *step = tell(dry, program, what);

    *outcome = (struct deliver_outcome){.done = true};
    dry->explain->unsure |= !dry->real;
    if (dry->real)
        run(dry->real, &copy, output, outcome);
    ended(dry->explain, step, outcome, buf_span(output));
}

/* The variable was told before, with the value it has until the program ends. */
static void mark_captured(struct explain *explain)
{
    if (!explain->assignment)
        return;
    explain->assignment->unknown = true;
    explain_set_unsure(explain, explain->assignment->text, true);
}

void dry_capture(void *ctx, const struct deliver_program *program, struct buf *output,
                 struct deliver_outcome *outcome)
{
    struct explain_dry *dry = ctx;

    if (!dry->real)
        mark_captured(dry->explain);
    read_output(dry, program, "capture", output, outcome, deliver_real_ops.capture);
}

void dry_substitute(void *ctx, const struct deliver_program *program, struct buf *output,
                    struct deliver_outcome *outcome)
{
    read_output(ctx, program, "substitute", output, outcome, deliver_real_ops.substitute);
}
