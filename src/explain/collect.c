/* The reader of the trace. */
#include "explain/explain.h"

#include <string.h>

#include "base/buf.h"
#include "trace/words.h"

struct span explain_keep(struct explain *explain, struct span text)
{
    return text.n ? arena_span(explain->arena, text) : span_make("", 0);
}

struct explain_step *explain_add(struct explain *explain, enum explain_kind kind,
                                 const struct trace_place *place)
{
    struct explain_step *step = arena_alloc(explain->arena, sizeof *step);

    step->kind = kind;
    step->copy = explain->copy;
    step->way = explain->way;
    if (place && place->file) {
        step->file = explain_keep(explain, span_of(place->file));
        step->line = place->line;
        step->column = place->column;
    }
    if (explain->last)
        explain->last->next = step;
    else
        explain->first = step;
    explain->last = step;
    return step;
}

typedef void take_fn(struct explain *explain, const struct trace_event *event,
                     const struct trace_place *place);

static void take_rcfile(struct explain *explain, const struct trace_event *event,
                        const struct trace_place *place)
{
    explain_add(explain, EXPLAIN_RCFILE, place)->text = explain_keep(explain, event->text);
}

static void take_recipe(struct explain *explain, const struct trace_event *event,
                        const struct trace_place *place)
{
    explain->raw = SPAN_NULL;
    explain->unsure = false;
    explain_add(explain, EXPLAIN_RECIPE, place)->text = explain_keep(explain, event->text);
}

static void take_read(struct explain *explain, const struct trace_event *event,
                      const struct trace_place *place)
{
    struct explain_step *step = explain_add(explain, EXPLAIN_CONDITION, place);

    step->raw = explain_keep(explain, event->text);
    step->more = explain_keep(explain, event->more);
    explain->condition = step;
}

static bool is_area(struct span subject)
{
    return span_eq_text(subject, "H") || span_eq_text(subject, "B") || span_eq_text(subject, "HB");
}

static void take_search(struct explain *explain, const struct trace_event *event,
                        const struct trace_place *place)
{
    struct explain_step *step = explain->condition;

    (void)place;
    if (!step)
        return;
    step->searched = true;
    step->unknown =
        explain->unsure || (!is_area(event->subject) && explain_is_unsure(explain, event->subject));
    step->subject = explain_keep(explain, event->subject);
    step->expression = explain_keep(explain, event->text);
    explain_search(explain, step, event->more, event->matched);
}

static void take_size(struct explain *explain, const struct trace_event *event,
                      const struct trace_place *place)
{
    struct explain_step *step = explain->condition;

    (void)place;
    if (!step)
        return;
    step->sized = true;
    step->subject = explain_keep(explain, event->subject);
    step->number = event->number;
    step->total = event->total;
}

static void take_match(struct explain *explain, const struct trace_event *event,
                       const struct trace_place *place)
{
    (void)place;
    if (explain->condition)
        explain->condition->match = explain_keep(explain, event->text);
}

static void take_done(struct explain *explain, const struct trace_event *event,
                      const struct trace_place *place)
{
    struct explain_step *step = explain->condition;

    (void)place;
    if (!step)
        return;
    step->matched = event->matched;
    step->negated = event->negated;
    step->weighted = event->weighted;
    step->added = event->added;
    step->score = event->score;
    step->settled = event->text.n > 0;
    explain->condition = NULL;
    explain->unsure = false;
}

static void take_passed(struct explain *explain, const struct trace_event *event,
                        const struct trace_place *place)
{
    explain_add(explain, EXPLAIN_PASSED, place)->text = explain_keep(explain, event->text);
}

static void take_taken(struct explain *explain, const struct trace_event *event,
                       const struct trace_place *place)
{
    explain->action = explain_add(explain, EXPLAIN_ACTION, place);
    explain->action->raw = explain_keep(explain, event->text);
}

static void take_expanded(struct explain *explain, const struct trace_event *event,
                          const struct trace_place *place)
{
    (void)place;
    if (explain->action)
        explain->action->text = explain_keep(explain, event->text);
    else
        explain->raw = explain_keep(explain, event->more);
}

static void take_acted(struct explain *explain, const struct trace_event *event,
                       const struct trace_place *place)
{
    (void)place;
    if (explain->action)
        explain->action->more = explain_keep(explain, event->text);
    explain->action = NULL;
    explain->unsure = false;
}

/* MATCH and LASTFOLDER are told where they come from. */
static void take_assigning(struct explain *explain, const struct trace_event *event,
                           const struct trace_place *place)
{
    struct explain_step *step;

    if (explain->condition || span_starts(event->text, "LASTFOLDER="))
        return;
    step = explain_add(explain, EXPLAIN_ASSIGN, place);
    step->text = explain_keep(explain, event->text);
    step->raw = explain->raw;
    step->unknown = explain->unsure;
    explain->assignment = step;
    explain_set_unsure(explain, step->text, step->unknown);
    explain->raw = SPAN_NULL;
    explain->unsure = false;
}

static void take_end(struct explain *explain, const struct trace_event *event,
                     const struct trace_place *place)
{
    explain_add(explain, EXPLAIN_END, place)->text = explain_keep(explain, event->text);
}

static void take_nothing(struct explain *explain, const struct trace_event *event,
                         const struct trace_place *place)
{
    (void)explain;
    (void)event;
    (void)place;
}

/* How a condition fared, in the words of the log. */
static void take_told(struct explain *explain, const struct trace_event *event,
                      const struct trace_place *place)
{
    struct buf line;

    (void)place;
    if (!explain->condition)
        return;
    buf_init(&line, BUF_UNLIMITED);
    words_print(event, &line);
    buf_cut(&line, line.n - 1); /* the newline */
    explain->condition->told = explain_keep(explain, buf_span(&line));
    buf_free(&line);
}

/* What the log would say. */
static void take_note(struct explain *explain, const struct trace_event *event,
                      const struct trace_place *place)
{
    struct buf line;

    buf_init(&line, BUF_UNLIMITED);
    if (event->kind == TRACE_TEXT)
        buf_add_span(&line, event->text);
    else
        words_print(event, &line);
    while (line.n && line.p[line.n - 1] == '\n')
        buf_cut(&line, line.n - 1);
    if (line.n) {
        struct explain_step *step = explain_add(explain, EXPLAIN_NOTE, place);

        step->text = explain_keep(explain, buf_span(&line));
        step->logged = true;
        step->late = event->kind == TRACE_TIMEOUT_TERMINATING;
        explain->timed_out |= step->late;
    }
    buf_free(&line);
}

static take_fn *const takers[TRACE_KINDS] = {
    [TRACE_RCFILE] = take_rcfile,     [TRACE_ASSIGNING] = take_assigning,
    [TRACE_RECIPE] = take_recipe,     [TRACE_CONDITION_READ] = take_read,
    [TRACE_SEARCH] = take_search,     [TRACE_SIZE] = take_size,
    [TRACE_EXTRACTED] = take_match,   [TRACE_CONDITION_DONE] = take_done,
    [TRACE_PASSED] = take_passed,     [TRACE_TAKEN] = take_taken,
    [TRACE_EXPANDED] = take_expanded, [TRACE_ACTED] = take_acted,
    [TRACE_END] = take_end,           [TRACE_CONDITION] = take_told,
    [TRACE_SCORE] = take_told,        [TRACE_EXECUTING] = take_nothing,
    [TRACE_FORKING] = take_nothing,   [TRACE_OPENING] = take_nothing,
    [TRACE_DELIVERED] = take_nothing,
};

static void take(struct trace_reader *reader, const struct trace_event *event,
                 const struct trace_place *place)
{
    take_fn *taker = takers[event->kind] ? takers[event->kind] : take_note;

    taker((struct explain *)((char *)reader - offsetof(struct explain, reader)), event, place);
}

void explain_init(struct explain *explain)
{
    *explain = (struct explain){.reader = {.take = take, .details = true}, .arena = arena_new()};
}

void explain_free(struct explain *explain)
{
    arena_free(explain->arena);
}
