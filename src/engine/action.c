#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine/run-private.h"

/* An action being carried out. */
struct act {
    struct run *run;
    const struct rc_item *recipe;
    const struct head *head;
    enum message_part part;
    struct deliver_outcome outcome;
};

/* ---- what the flags ask for */

static enum message_part part_of(unsigned flags)
{
    switch (flags & (HEAD_h | HEAD_b)) {
    case HEAD_h:
        return MESSAGE_HEAD;
    case HEAD_b:
        return MESSAGE_BODY;
    default:
        return MESSAGE_WHOLE;
    }
}

/* Whoever takes a lock is made to wait, lest it be given back too early. */
static enum deliver_wait wait_of(const struct head *head)
{
    if (head->flags & HEAD_W)
        return DELIVER_WAIT_QUIET;
    if (head->flags & HEAD_w)
        return DELIVER_WAIT;
    return head->locks ? DELIVER_WAIT_QUIET : DELIVER_NO_WAIT;
}

static bool is_copy(const struct act *act)
{
    return act->head->flags & HEAD_c;
}

void run_report_extraneous(struct run *run, const struct rc_item *recipe, const struct head *head)
{
    static const struct {
        enum head_flag flag;
        const char *name;
    } of_block[] = {
        {HEAD_b, "deliver-body flag"},
        {HEAD_h, "deliver-head flag"},
        {HEAD_i, "ignore-write-error flag"},
        {HEAD_r, "raw-mode flag"},
    };

    if (recipe->action == RC_FOLDER && (head->flags & HEAD_f))
        run_trace_text(run, TRACE_EXTRANEOUS, "filter-flag");
    if (recipe->action != RC_BLOCK)
        return;
    if (head->flags & HEAD_f)
        run_trace_text(run, TRACE_EXTRANEOUS, "filter-flag");
    if (head->locks && !(head->flags & HEAD_c))
        run_trace_text(run, TRACE_EXTRANEOUS, "locallockfile");
    for (size_t i = 0; i < sizeof of_block / sizeof *of_block; i++)
        if (head->flags & of_block[i].flag)
            run_trace_text(run, TRACE_EXTRANEOUS, of_block[i].name);
}

static enum run_acted acted(struct act *act)
{
    struct run *run = act->run;

    if (!act->outcome.done)
        return ACTED_FAILED;
    run_delivered(run);
    if (!is_copy(act))
        return ACTED_DELIVERED;
    if (run->numbers[NUMBER_LOGABSTRACT] == 2)
        run_abstract(run, env_get(run->env, "LASTFOLDER"));
    return ACTED_DONE;
}

/* ---- folders */

static const char **links_of(struct span words)
{
    size_t n = 0, count = 0;
    const char **links;

    for (size_t i = 0; i < words.n; i++)
        count += words.p[i] == '\0';
    links = mem_alloc_array(count + 1, sizeof *links);
    for (size_t at = 0; at < words.n; at += strlen(words.p + at) + 1)
        links[n++] = words.p + at;
    return links;
}

static enum run_acted to_folder(struct act *act, struct span words)
{
    struct run *run = act->run;
    const char *path = words.p;
    struct span rest = span_from(words, strlen(path) + 1);
    const char **links = rest.n ? links_of(rest) : NULL;
    enum message_part part = act->head->flags & HEAD_f ? MESSAGE_WHOLE : act->part;

    if (strcmp(path, "/dev/null") && strcmp(path, "|")) /* of `|name` a lock is derived all the same */
        run_lock_local(run, act->head, span_of(path), true);
    else
        run_lock_local(run, act->head, SPAN_NULL, false);
    act->outcome.done = run_to_folder(run, path, links, part, act->head->flags & HEAD_r,
                                      act->head->flags & HEAD_i);
    free(links);
    return acted(act);
}

static enum run_acted act_folder(struct act *act)
{
    struct expansion words;
    enum run_acted result = ACTED_FAILED;

    if (expand_behind(act->run, act->recipe->action_prefix, act->recipe->action_text, &words)) {
        run_detail_words(act->run, TRACE_EXPANDED, buf_span(&words.bytes), run_action_raw(act->recipe));
        result = to_folder(act, buf_span(&words.bytes));
    }
    expansion_free(&words);
    return result;
}

/* ---- programs */

static void lock_program(struct act *act, const struct command *command)
{
    struct span text = span_of(command->command.name), name = {"", 0};
    const char *arrows = span_find(text, span_of(">>"));
    struct expansion expanded;

    if (!act->head->locks)
        return;
    expansion_init(&expanded);
    if (arrows && !act->head->lockfile.n) {
        name = span_skip_blanks(span_from(text, (size_t)(arrows - text.p) + 2));
        for (text = name, name.n = 0; name.n < text.n && !strchr(" \t\n#`'\");", text.p[name.n]); name.n++)
            ;
        if (command->command.shell) {
            name = expand(act->run, name, WORD_ARGUMENTS, 0, &expanded) ? span_of(expanded.bytes.p)
                                                                        : span_make("", 0);
        }
    }
    if (!act->head->lockfile.n && !name.n)
        run_trace_text(act->run, TRACE_NO_IMPLICIT_LOCK, command->command.name);
    run_lock_local(act->run, act->head, name, true);
    expansion_free(&expanded);
}

static struct deliver_program program_of(struct act *act, const struct command *command)
{
    struct run *run = act->run;
    struct deliver_program program = run_program(run, command);

    program.range = message_range(run->message, act->part);
    program.raw = act->head->flags & HEAD_r;
    program.ignore_errors = act->head->flags & HEAD_i;
    program.wait = wait_of(act->head);
    program.last_copy = !is_copy(act);
    program.hands_over = act->recipe->action == RC_FORWARD;
    if (act->recipe->action == RC_FORWARD && program.range.from == 0) {
        size_t n = message_from_lines(run->message); /* it confuses mailers */

        program.range.from = n < program.range.n ? n : program.range.n;
        program.range.n -= program.range.from;
    }
    return program;
}

/* The filtered message: what the filter made of its part, and the rest as it was. */
static struct message *assemble(struct act *act, struct message_builder *builder, struct err *err)
{
    struct message *old = act->run->message;
    bool berkeley = act->run->options.berkeley;

    if (act->part == MESSAGE_HEAD &&
        message_builder_add_message(builder, old, message_range(old, MESSAGE_BODY), err)) {
        message_builder_discard(builder);
        return NULL;
    }
    if (act->part == MESSAGE_BODY && message_head_size(old) > 0)
        return message_builder_finish_at(builder, message_head_size(old), berkeley, err);
    return message_builder_finish(builder, berkeley, err);
}

static bool replace_message(struct act *act, struct message_builder *builder)
{
    struct err err;
    struct message *filtered = assemble(act, builder, &err);

    if (!filtered) {
        run_trace_text(act->run, TRACE_TROUBLE, err.text);
        act->run->passing = true;
        return false;
    }
    message_free(act->run->message);
    act->run->message = filtered;
    return true;
}

static enum run_acted filter(struct act *act, const struct command *command)
{
    struct run *run = act->run;
    struct deliver_program program = program_of(act, command);
    struct message_builder *builder = message_builder_new();
    struct message_range before = {0, program.range.from}; /* what it does not see stays */
    struct err err;

    if (message_builder_add_message(builder, run->message, before, &err)) {
        run_trace_text(run, TRACE_TROUBLE, err.text);
        run->passing = true;
        message_builder_discard(builder);
        return ACTED_FAILED;
    }
    run->options.ops->filter(run->options.ops_ctx, &program, builder, &act->outcome);
    run_note(run, &act->outcome);
    if (!act->outcome.done) {
        message_builder_discard(builder);
        if (act->part != MESSAGE_BODY) /* as 3.22 does when it takes back what it gave */
            message_look_again(run->message, run->options.berkeley, NULL);
        return ACTED_FAILED;
    }
    return replace_message(act, builder) ? ACTED_DONE : ACTED_FAILED;
}

/* The variable keeps its value when a program that is waited for fails. */
static enum run_acted capture(struct act *act, const struct command *command)
{
    struct run *run = act->run;
    char *name = mem_strndup(act->recipe->name.p, act->recipe->name.n);
    struct deliver_program program = program_of(act, command);
    struct buf output, assigning;

    program.nothing_to_keep = !env_get(run->env, name);
    buf_init(&assigning, BUF_UNLIMITED);
    buf_printf(&assigning, "%s=", name);
    run_trace(run, TRACE_ASSIGNING, buf_span(&assigning));
    buf_free(&assigning);
    buf_init(&output, ENV_SIZE_MAX);
    run->options.ops->capture(run->options.ops_ctx, &program, &output, &act->outcome);
    run_note(run, &act->outcome);
    if (act->outcome.done) {
        if (output.n && output.p[output.n - 1] == '\n')
            buf_cut(&output, output.n - 1);
        if (run_keep(run, name, buf_span(&output)))
            effect_of(run, name, env_get(run->env, name));
    }
    buf_free(&output);
    free(name);
    return act->outcome.done ? ACTED_DONE : ACTED_FAILED;
}

static enum run_acted pipe_to(struct act *act, const struct command *command)
{
    struct run *run = act->run;
    struct deliver_program program = program_of(act, command);
    struct buf joined;

    run->options.ops->pipe(run->options.ops_ctx, &program, &act->outcome);
    run_note(run, &act->outcome);
    buf_init(&joined, BUF_UNLIMITED);
    command_joined(command, &joined);
    run_set_lastfolder(run, buf_span(&joined), true);
    buf_free(&joined);
    return acted(act);
}

static void detail_command(struct act *act, const struct command *command)
{
    struct buf joined;

    if (!trace_wants_details(act->run->options.trace))
        return;
    buf_init(&joined, BUF_UNLIMITED);
    command_joined(command, &joined);
    run_detail(act->run, TRACE_EXPANDED, buf_span(&joined), run_action_raw(act->recipe));
    buf_free(&joined);
}

static enum run_acted run_command(struct act *act, const struct command *command)
{
    bool captures = act->recipe->name.n > 0;

    detail_command(act, command);
    lock_program(act, command);
    if (is_copy(act) && ((act->head->flags & HEAD_f) || captures))
        run_trace_text(act->run, TRACE_EXTRANEOUS, "copy-flag");
    if (act->head->flags & HEAD_f)
        return filter(act, command);
    if (captures)
        return capture(act, command);
    return pipe_to(act, command);
}

static enum run_acted act_pipe(struct act *act)
{
    struct run *run = act->run;
    enum run_acted result;
    struct command command;
    struct buf text;

    buf_init(&text, BUF_UNLIMITED);
    rc_line_text(act->recipe->action_text, &text);
    command_of_text(run, buf_span(&text), &command);
    if (command_is_empty(&command)) /* `|` alone is standard output */
        result = to_folder(act, span_make("|", 2));
    else
        result = run_command(act, &command);
    command_free(&command);
    buf_free(&text);
    return result;
}

static enum run_acted act_forward(struct act *act)
{
    struct run *run = act->run;
    enum run_acted result = ACTED_FAILED;
    struct command command;
    struct expansion arguments;

    command_begin_forward(run, &command);
    if (expand(run, act->recipe->action_text, WORD_ARGUMENTS, command.words.bytes.n, &arguments)) {
        if (arguments.all_at != EXPANSION_NO_ALL)
            command.words.all_at = command.words.bytes.n + arguments.all_at;
        buf_add_span(&command.words.bytes, buf_span(&arguments.bytes));
        command_of_words(run, &command);
        result = run_command(act, &command);
    }
    expansion_free(&arguments);
    command_free(&command);
    return result;
}

/* ---- blocks */

static void push_flow(struct run *run)
{
    if (run->saved_count == run->saved_room) {
        run->saved_room = run->saved_room ? 2 * run->saved_room : 16;
        run->saved = mem_realloc(run->saved, run->saved_room * sizeof *run->saved);
    }
    run->saved[run->saved_count++] = run->flow;
}

/* A copying block: a clone goes through it and through the rest of the file, we pass it by. */
static enum run_acted act_clone(struct act *act)
{
    struct run *run = act->run;
    const struct deliver_ops *ops = run->options.ops;
    enum deliver_wait wait = wait_of(act->head);
    pid_t pid;

    run_trace_text(run, TRACE_FORKING, "procmail");
    pid = ops->clone(run->options.ops_ctx, run->numbers[NUMBER_NORESRETRY], run->numbers[NUMBER_SUSPEND]);
    if (pid == 0) {
        run->anything_delivered = false;
        push_flow(run);
        return ACTED_ENTERED;
    }
    if (pid < 0) { /* 3.22 goes through the block itself then, as if it were no copy; that would end the mail */
        run_trace_text(run, TRACE_CANNOT_FORK, "procmail");
        run->passing = true;
        return ACTED_FAILED;
    }
    if (wait == DELIVER_NO_WAIT)
        return ACTED_DONE;
    ops->wait_for_clone(run->options.ops_ctx, pid, run->numbers[NUMBER_TIMEOUT], &act->outcome);
    run_note(run, &act->outcome);
    if (act->outcome.done)
        return ACTED_DONE;
    trace_emit(run->options.trace,
               &(struct trace_event){.kind = wait == DELIVER_WAIT ? TRACE_PROGRAM_FAILURE : TRACE_NONZERO_EXIT,
                                     .text = span_of("procmail"),
                                     .number = act->outcome.status});
    return ACTED_FAILED;
}

static enum run_acted act_block(struct act *act)
{
    run_lock_local(act->run, act->head, SPAN_NULL, true);
    if (is_copy(act))
        return act_clone(act);
    push_flow(act->run);
    return ACTED_ENTERED;
}

static enum run_acted act_incomplete(struct act *act)
{
    (void)act;
    return ACTED_NOTHING;
}

enum run_acted run_act(struct run *run, const struct rc_item *recipe, const struct head *head)
{
    static enum run_acted (*const acts[])(struct act *) = {
        [RC_FOLDER] = act_folder, [RC_PIPE] = act_pipe,          [RC_FORWARD] = act_forward,
        [RC_BLOCK] = act_block,   [RC_MISSING] = act_incomplete, [RC_INCOMPLETE] = act_incomplete,
    };
    struct act act = {.run = run, .recipe = recipe, .head = head, .part = part_of(head->flags)};

    return run_action_fits(run, recipe) ? acts[recipe->action](&act) : ACTED_NOTHING;
}
