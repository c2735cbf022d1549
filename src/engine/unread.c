/* Recipes whose conditions do not hold, and blocks that are passed over. */
#include "engine/run-private.h"
#include "recipe/word.h"

enum { NAME_SPARE = 5 }; /* bytes of LINEBUF that a name in front of an action leaves */

void run_read_head(struct run *run, struct head *head, struct span words)
{
    head_parse(head, words);
    if (head->skipped.n)
        run_trace(run, TRACE_SKIPPED, buf_span(&head->skipped));
    buf_free(&head->skipped);
}

void run_report_action(struct run *run, const struct rc_item *recipe, const struct head *head)
{
    if (recipe->action == RC_MISSING)
        run_trace(run, TRACE_MISSING_ACTION, SPAN_NULL);
    else if (recipe->action == RC_INCOMPLETE)
        run_trace(run, TRACE_INCOMPLETE_RECIPE, SPAN_NULL);
    else
        run_report_extraneous(run, recipe, head);
}

/* 3.22 reads a line into its buffer again and again, and has the last of it then. */
static struct span last_of_line(const struct run *run, struct span text)
{
    size_t room = run->linebuf - 1;

    return text.n ? span_from(text, (text.n - 1) / room * room) : text;
}

void run_report_fault(struct run *run, const struct rc_item *item)
{
    if (item->kind == RC_SKIPPED)
        run_trace(run, TRACE_SKIPPED, last_of_line(run, item->value));
    else if (item->kind == RC_STRAY_BRACE)
        run_trace(run, TRACE_STRAY_BRACE, SPAN_NULL);
}

static size_t name_length(const struct rc_item *item)
{
    size_t n = 0;

    if (item->kind == RC_ASSIGN || item->kind == RC_UNSET)
        return item->name.n;
    if (item->kind == RC_SKIPPED && item->value.n && word_is_name_start(*item->value.p))
        while (n < item->value.n && word_is_name_char(item->value.p[n]))
            n++;
    return n;
}

bool run_name_fits(struct run *run, const struct rc_item *item)
{
    if (name_length(item) + 1 < run->linebuf)
        return true;
    run_overflowed(run);
    return false;
}

static bool unread(struct run *run, struct span raw, enum word_mode mode, size_t before)
{
    struct expansion value;
    bool fits = expand_unread(run, raw, mode, before, &value);

    expansion_free(&value);
    return fits;
}

bool run_action_fits(struct run *run, const struct rc_item *recipe)
{
    size_t name = recipe->action == RC_FOLDER ? recipe->action_prefix.n : recipe->name.n;

    if (name + NAME_SPARE < run->linebuf &&
        (recipe->action != RC_PIPE || recipe->action_text.n < run->linebuf))
        return true;
    run_overflowed(run);
    return false;
}

/* Do the name characters a folder begins with make a word of their own? */
static bool ends_word(const struct rc_item *recipe)
{
    struct span text = recipe->action_text;

    return recipe->action_prefix.n && text.n && (*text.p == ' ' || *text.p == '\t');
}

static void unread_forward(struct run *run, struct span addresses)
{
    struct command command;

    command_begin_forward(run, &command);
    unread(run, addresses, WORD_ARGUMENTS, command.words.bytes.n);
    command_free(&command);
}

void run_unread_action(struct run *run, const struct rc_item *recipe)
{
    struct span text = recipe->action_text;

    if (!run_action_fits(run, recipe))
        return;
    if (recipe->action == RC_FOLDER)
        unread(run, text, WORD_ARGUMENTS, recipe->action_prefix.n + ends_word(recipe));
    else if (recipe->action == RC_FORWARD)
        unread_forward(run, text);
}

static bool unread_recipe(struct run *run, const struct rc_item *recipe)
{
    struct expansion words;
    struct head head;
    bool fits = expand_unread(run, recipe->head, WORD_ARGUMENTS, 0, &words);

    if (fits) {
        run_read_head(run, &head, buf_span(&words.bytes));
        run_report_conflicts(run, &head);
        for (const struct rc_condition *c = recipe->conditions; c; c = c->next)
            run_condition_fits(run, c);
        run_report_action(run, recipe, &head);
        run_unread_action(run, recipe);
        run->last_score = 0;
    }
    expansion_free(&words);
    return fits;
}

bool run_unread_item(struct run *run, const struct rc_item *item)
{
    if (!run_name_fits(run, item))
        return false;
    if (item->kind == RC_RECIPE)
        return unread_recipe(run, item);
    if (item->kind == RC_ASSIGN)
        unread(run, item->value, WORD_VALUE, item->name.n + 1);
    else
        run_report_fault(run, item);
    return true;
}
