#include "engine/run.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "engine/run-private.h"
#include "process/signal.h"

enum { LINEBUF_DEFAULT = 2048 };

static const long number_defaults[NUMBER_COUNT] = {
    [NUMBER_LOCKSLEEP] = 8,  [NUMBER_LOCKTIMEOUT] = 1024, [NUMBER_SUSPEND] = 16,     [NUMBER_NORESRETRY] = 4,
    [NUMBER_TIMEOUT] = 960,  [NUMBER_VERBOSE] = 0,        [NUMBER_LOGABSTRACT] = -1,
};

/* In force although the variables are not there, as with -p and -m together. */
static const char *const text_defaults[TEXT_COUNT] = {
    [TEXT_SHELLMETAS] = "&|<>~;?*[", [TEXT_LOCKEXT] = ".lock",     [TEXT_MSGPREFIX] = "msg.",
    [TEXT_TRAP] = "",             [TEXT_SHELLFLAGS] = "-c",
    [TEXT_DEFAULT] = "$ORGMAIL",     [TEXT_SENDMAIL] = SENDMAIL_PATH, [TEXT_SENDMAILFLAGS] = "-oi",
};

struct run *run_new(const struct run_options *options)
{
    struct run *run = mem_alloc(sizeof *run);

    run->options = *options;
    run->message = options->message;
    run->env = env_new();
    run->linebuf = LINEBUF_DEFAULT;
    run->biff_off = options->no_biff;
    memcpy(run->numbers, number_defaults, sizeof run->numbers);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        run->texts[i] = mem_strdup(text_defaults[i]);
    run->arguments = options->arguments;
    while (run->arguments && run->arguments[run->argument_count])
        run->argument_count++;
    return run;
}

void run_free(struct run *run)
{
    if (!run)
        return;
    run_close_all(run);
    run_free_closed(run);
    for (size_t i = 0; i < TEXT_COUNT; i++)
        free(run->texts[i]);
    free(run->frames);
    free(run->closed);
    free(run->saved);
    env_free(run->env);
    message_free(run->message);
    free(run);
}

void run_trace(struct run *run, enum trace_kind kind, struct span text)
{
    trace_say(run->options.trace, kind, text);
}

void run_trace_text(struct run *run, enum trace_kind kind, const char *text)
{
    trace_say_text(run->options.trace, kind, text);
}

void run_detail(struct run *run, enum trace_kind kind, struct span text, struct span more)
{
    if (trace_wants_details(run->options.trace))
        trace_emit(run->options.trace, &(struct trace_event){.kind = kind, .text = text, .more = more});
}

void run_detail_text(struct run *run, enum trace_kind kind, const char *text)
{
    run_detail(run, kind, span_of(text), SPAN_NULL);
}

void run_detail_words(struct run *run, enum trace_kind kind, struct span words, struct span raw)
{
    struct buf shown;

    if (!trace_wants_details(run->options.trace))
        return;
    buf_init(&shown, BUF_UNLIMITED);
    for (size_t i = 0; i < words.n; i++)
        if (words.p[i] || i + 1 < words.n)
            buf_add_byte(&shown, words.p[i] ? words.p[i] : ' ');
    run_detail(run, kind, buf_span(&shown), raw);
    buf_free(&shown);
}

void run_note(struct run *run, const struct deliver_outcome *outcome)
{
    if (outcome->has_status)
        run->last_status = outcome->status;
    if (outcome->has_written)
        run->last_written = outcome->written;
    if (outcome->passing)
        run->passing = true;
}

/* ---- variables */

void run_preset(struct run *run, const char *name, const char *value)
{
    env_set(run->env, name, span_of(value));
    effect_preset(run, name, value);
}

void run_import(struct run *run, const char *name, const char *value)
{
    env_set(run->env, name, span_of(value));
}

void run_preset_unset(struct run *run, const char *name)
{
    env_unset(run->env, name);
}

void run_forget_mailbox(struct run *run)
{
    env_unset(run->env, "ORGMAIL");
    effect_preset(run, "DEFAULT", "");
}

const char *const *run_variables(struct run *run)
{
    return env_list(run->env);
}

const char *run_get(const struct run *run, const char *name)
{
    return env_get(run->env, name);
}

static void trace_assignment(struct run *run, const char *name, struct span value)
{
    struct buf text;

    buf_init(&text, BUF_UNLIMITED);
    buf_add_text(&text, name);
    buf_add_byte(&text, '=');
    buf_add_span(&text, value);
    run_trace(run, TRACE_ASSIGNING, buf_span(&text));
    buf_free(&text);
}

bool run_assign_plain(struct run *run, const char *name, struct span value)
{
    trace_assignment(run, name, value);
    return run_keep(run, name, value);
}

bool run_keep(struct run *run, const char *name, struct span value)
{
    if (env_set(run->env, name, value))
        return true;
    run_overflowed(run);
    return false;
}

void run_assign(struct run *run, const char *name, struct span value)
{
    char *copy;

    if (!run_assign_plain(run, name, value))
        return;
    copy = mem_strdup(env_get(run->env, name)); /* an effect may change the variable itself */
    effect_of(run, name, copy);
    free(copy);
}

void run_unset(struct run *run, const char *name)
{
    run_trace_text(run, TRACE_ASSIGNING, name);
    env_unset(run->env, name);
}

void run_overflowed(struct run *run)
{
    run_trace(run, TRACE_EXCEEDED_LINEBUF, SPAN_NULL);
    trace_assignment(run, "PROCMAIL_OVERFLOW", span_of("yes"));
    env_set(run->env, "PROCMAIL_OVERFLOW", span_of("yes"));
}

void run_assign_argument(struct run *run, struct span argument)
{
    const char *equals = span_find_byte(argument, '=');
    size_t n = (size_t)(equals - argument.p);
    char *name = mem_strndup(argument.p, n);
    struct expansion value;

    if (expand(run, span_from(argument, n + 1), WORD_TEXT, n + 1, &value))
        run_assign(run, name, buf_span(&value.bytes));
    expansion_free(&value);
    free(name);
}

char *run_expand(struct run *run, const char *text)
{
    struct expansion value;
    char *copy;

    expand(run, span_of(text), WORD_TEXT, 0, &value);
    copy = mem_strdup(value.bytes.p);
    expansion_free(&value);
    return copy;
}

bool run_left_sandbox(const struct run *run)
{
    return run->left_sandbox;
}

bool run_is_verbose(const struct run *run)
{
    return run->numbers[NUMBER_VERBOSE] != 0;
}

bool run_has_maildir(const struct run *run)
{
    return run->maildir_set;
}

void run_set_maildir(struct run *run, const char *path)
{
    run->maildir_set = true;
    run_assign_plain(run, "MAILDIR", span_of(path));
}

/* ---- the walk */


static void look_at_signals(struct run *run)
{
    switch (signal_verbose_change()) {
    case SIGUSR1:
        run->options.ops->set_verbose(run->options.ops_ctx, false);
        break;
    case SIGUSR2:
        run->options.ops->set_verbose(run->options.ops_ctx, true);
        break;
    }
}

/* Back to where a block began, or to the file that included this one. */
static void leave_level(struct run *run)
{
    struct run_frame *frame = &run->frames[run->frame_count - 1];
    bool unclosed = frame->block && frame->block->unclosed;

    if (!frame->block) {
        run_close_file(run);
        return;
    }
    frame->item = frame->block->next;
    frame->block = frame->block->parent;
    if (run->skipping) {
        run->skipping--;
    } else {
        struct run_flow saved = run->saved[--run->saved_count];

        if (unclosed) /* what comes next sees the conditions inside */
            return;
        run->flow.last_condition = saved.last_condition;
        run->flow.previous_condition = saved.previous_condition;
    }
}

static void enter_block(struct run *run, struct rc_item *recipe)
{
    struct run_frame *frame = &run->frames[run->frame_count - 1];

    frame->block = recipe;
    frame->item = recipe->block;
}

static void pass_over_block(struct run *run, struct rc_item *recipe)
{
    run->skipping++;
    enter_block(run, recipe);
}

static void do_assignment(struct run *run, const struct rc_item *item)
{
    char *name = mem_strndup(item->name.p, item->name.n);
    struct expansion value;

    if (expand(run, item->value, WORD_VALUE, item->name.n + 1, &value)) {
        run_detail(run, TRACE_EXPANDED, buf_span(&value.bytes), item->value);
        run_assign(run, name, buf_span(&value.bytes));
    }
    expansion_free(&value);
    free(name);
}

static void do_unset(struct run *run, const struct rc_item *item)
{
    char *name = mem_strndup(item->name.p, item->name.n);

    run_unset(run, name);
    effect_of(run, name, "");
    free(name);
}

static void note_flow(struct run *run, const struct head *head, bool holds)
{
    if (!(head->flags & (HEAD_A | HEAD_a)))
        run->flow.last_condition = holds;
    if (!run->flow.previous_condition || !(head->flags & HEAD_E))
        run->flow.previous_condition = holds;
}

struct span run_action_raw(const struct rc_item *recipe)
{
    struct span text = recipe->action_text, prefix = recipe->action_prefix;

    if (prefix.n && text.p == prefix.p + prefix.n)
        text = span_make(prefix.p, prefix.n + text.n);
    while (text.n && text.p[text.n - 1] == '\n')
        text.n--;
    return text;
}

static enum run_acted act(struct run *run, const struct rc_item *recipe, const struct head *head)
{
    static const char *const words[] = {
        [ACTED_FAILED] = "failed",   [ACTED_DONE] = "done",       [ACTED_DELIVERED] = "delivered",
        [ACTED_ENTERED] = "entered", [ACTED_NOTHING] = "nothing",
    };
    enum run_acted acted;

    run_detail(run, TRACE_TAKEN, run_action_raw(recipe), SPAN_NULL);
    acted = run_act(run, recipe, head);
    run_detail_text(run, TRACE_ACTED, words[acted]);
    return acted;
}

/* True when the message is delivered and all is over. */
static bool do_recipe(struct run *run, struct rc_item *recipe, const struct head *head)
{
    enum run_acted acted = act(run, recipe, head);

    if (acted == ACTED_DELIVERED)
        return true;
    if (acted != ACTED_NOTHING)
        run->flow.last_success = acted != ACTED_FAILED;
    if (acted == ACTED_ENTERED)
        enter_block(run, recipe);
    else if (recipe->action == RC_BLOCK) /* a clone is in it */
        pass_over_block(run, recipe);
    return false;
}

static bool try_recipe(struct run *run, struct rc_item *recipe, const struct expansion *words)
{
    const char *why = "action";
    struct head head;
    bool holds;

    run_detail_words(run, TRACE_RECIPE, buf_span(&words->bytes), SPAN_NULL);
    run_read_head(run, &head, buf_span(&words->bytes));
    holds = run_conditions(run, recipe, &head, &why);
    if (recipe->action == RC_MISSING)
        holds = false;
    note_flow(run, &head, holds);
    run_report_action(run, recipe, &head);
    if (holds)
        return do_recipe(run, recipe, &head);
    run_detail_text(run, TRACE_PASSED, why);
    run_unread_action(run, recipe);
    if (recipe->action == RC_BLOCK)
        pass_over_block(run, recipe);
    return false;
}

/* What does not fit LINEBUF where a recipe or an assignment begins ends the whole rc. */
static enum run_end end_all(struct run *run)
{
    run_close_all(run);
    return RUN_END_OF_FILE;
}

static enum run_end step_recipe(struct run *run, struct rc_item *recipe)
{
    enum run_end end = RUN_STEP_ON;
    struct expansion words;

    if (!expand(run, recipe->head, WORD_ARGUMENTS, 0, &words))
        end = end_all(run);
    else if (try_recipe(run, recipe, &words))
        end = RUN_DELIVERED;
    expansion_free(&words);
    return end;
}

static enum run_end step(struct run *run, struct rc_item *item)
{
    if (!run_name_fits(run, item))
        return end_all(run);
    switch (item->kind) {
    case RC_RECIPE:
        return step_recipe(run, item);
    case RC_ASSIGN:
        do_assignment(run, item);
        break;
    case RC_UNSET:
        do_unset(run, item);
        break;
    case RC_MISSING_BRACE:
        run_trace(run, TRACE_MISSING_BRACE, SPAN_NULL);
        break;
    default:
        run_report_fault(run, item);
        break;
    }
    return RUN_STEP_ON;
}

/* In a block that is passed over only faults are told, as 3.22 does while it reads on. */
static enum run_end step_over(struct run *run, struct rc_item *item)
{
    if (!run_unread_item(run, item))
        return end_all(run);
    if (item->kind == RC_RECIPE && item->action == RC_BLOCK)
        pass_over_block(run, item);
    return RUN_STEP_ON;
}

/* A local lock is given back when reading goes on: where nothing follows it is kept until the
 * message is in DEFAULT. */
static bool is_very_end(const struct run *run, const struct run_frame *frame)
{
    const struct rc_item *next = frame->item, *block = frame->block;

    for (;; next = block->next, block = block->parent) {
        if (next && next->kind != RC_MISSING_BRACE)
            return false;
        if (!block)
            return run->frame_count == 1 && !frame->rc->has_tail;
        if (!block->unclosed)
            return false;
    }
}

static enum run_end walk(struct run *run, struct rc *rc)
{
    enum run_end end = RUN_STEP_ON;

    run->flow = (struct run_flow){0};
    run->host_mismatched = false;
    run_open_file(run, rc);
    while (run->frame_count && end == RUN_STEP_ON) {
        struct run_frame *frame = &run->frames[run->frame_count - 1];
        struct rc_item *item = frame->item;

        run_free_closed(run);
        look_at_signals(run);
        if (signal_must_end() || run->deferred)
            return RUN_SIGNALLED;
        if (!is_very_end(run, frame))
            run_unlock(run, DELIVER_LOCK_LOCAL);
        if (!item) {
            leave_level(run);
            continue;
        }
        frame->item = item->next;
        run->options.trace->place = (struct trace_place){frame->rc->name, item->place.line, item->place.column};
        end = run->skipping ? step_over(run, item) : step(run, item);
        if (run->host_mismatched)
            return RUN_HOST;
    }
    if (signal_must_end() || run->deferred)
        return RUN_SIGNALLED;
    return end == RUN_STEP_ON ? RUN_END_OF_FILE : end;
}

enum run_end run_file(struct run *run, struct rc *rc)
{
    static const char *const words[] = {
        [RUN_END_OF_FILE] = "end",
        [RUN_DELIVERED] = "delivered",
        [RUN_HOST] = "host",
        [RUN_SIGNALLED] = "signal",
    };
    enum run_end end = walk(run, rc);

    run_detail_text(run, TRACE_END, words[end]);
    return end;
}
