#include "recipe/condition.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "engine/run-private.h"
#include "engine/score.h"
#include "pattern/pattern.h"

enum { READINGS_MAX = 100 }; /* of one condition: with A='$ $A' there is always one more */

/* The conditions of one recipe being tried. */
struct trial {
    struct run *run;
    struct head *head;
    double score;
    bool scored;
};

/* One condition being tried. */
struct question {
    struct trial *trial;
    struct condition condition;
    int readings;        /* as `$` conditions */
    struct arena *arena; /* of texts that came out of `$`; NULL until there is one */
    struct buf shown;   /* in the log */
    struct buf subject; /* a variable's value between two newlines */
    struct span text;   /* what is searched */
    size_t size;        /* what `<` and `>` look at */
    double score_before;
    bool holds;
};

/* ---- what is looked at */

static enum message_area area_of_flags(unsigned flags)
{
    if (!(flags & HEAD_B))
        return MESSAGE_AREA_HEAD;
    return flags & HEAD_H ? MESSAGE_AREA_ALL : MESSAGE_AREA_BODY;
}

static enum message_area area_of(const struct question *q)
{
    switch (q->condition.area) {
    case CONDITION_AREA_HEAD:
        return MESSAGE_AREA_HEAD;
    case CONDITION_AREA_BODY:
        return MESSAGE_AREA_BODY;
    case CONDITION_AREA_ALL:
        return MESSAGE_AREA_ALL;
    default:
        return area_of_flags(q->trial->head->flags);
    }
}

static struct span subject_name(const struct question *q)
{
    static const char *const names[] = {
        [MESSAGE_AREA_HEAD] = "H",
        [MESSAGE_AREA_BODY] = "B",
        [MESSAGE_AREA_ALL] = "HB",
    };

    return q->condition.area == CONDITION_AREA_VARIABLE ? q->condition.variable : span_of(names[area_of(q)]);
}

static bool open_variable(struct question *q)
{
    const char *value = env_get_span(q->trial->run->env, q->condition.variable);

    buf_add_byte(&q->subject, '\n');
    buf_add_text(&q->subject, value ? value : "");
    buf_add_byte(&q->subject, '\n');
    q->text = span_make(q->subject.p + 1, q->subject.n - 2);
    return true;
}

/* False: the message cannot be read now, which is told. */
static bool open_text(struct question *q)
{
    struct run *run = q->trial->run;
    struct err err;

    if (q->condition.area == CONDITION_AREA_VARIABLE)
        return open_variable(q);
    if (message_area_open(run->message, area_of(q), &q->text, &err) == 0)
        return true;
    run_trace_text(run, TRACE_TROUBLE, err.text);
    run->passing = true;
    return false;
}

static size_t size_of(const struct question *q)
{
    const struct run *run = q->trial->run;
    const char *value;

    if (q->condition.area == CONDITION_AREA_FLAGS)
        return message_size(run->message);
    if (q->condition.area != CONDITION_AREA_VARIABLE)
        return message_area_size(run->message, area_of(q));
    value = env_get_span(run->env, q->condition.variable);
    return value ? strlen(value) : 0;
}

static void detail_search(struct question *q, struct span expression, bool any_case)
{
    struct trace *trace = q->trial->run->options.trace;

    if (trace_wants_details(trace))
        trace_emit(trace, &(struct trace_event){.kind = TRACE_SEARCH,
                                                .text = expression,
                                                .more = q->text,
                                                .subject = subject_name(q),
                                                .matched = (q->trial->head->flags & HEAD_D) && !any_case});
}

/* ---- regular expressions */

static void set_match(struct question *q, struct span match)
{
    struct run *run = q->trial->run;

    if (!match.p) /* the way taken passed no `\/` */
        return;
    if (!span_eq_text(q->condition.variable, "MATCH")) /* 3.22 is silent when MATCH itself is searched */
        run_trace_text(run, TRACE_ASSIGNING, "MATCH=");
    match.n = strnlen(match.p, match.n); /* a variable ends at a NUL */
    if (run_keep(run, "MATCH", match))
        run_trace(run, TRACE_EXTRACTED, match);
}

static bool matches(struct question *q, const struct pattern *pattern)
{
    struct span match;

    if (!pattern_extracts(pattern))
        return pattern_matches(pattern, q->text);
    if (!pattern_extract(pattern, q->text, &match))
        return false;
    set_match(q, match);
    return true;
}

static void count(struct question *q, const struct pattern *pattern)
{
    struct score_series series;
    size_t from = 0, end;
    struct span match;

    score_series_begin(&series, &q->trial->score, q->condition.weight, q->condition.exponent);
    while (score_series_open(&series) && pattern_next(pattern, q->text, from, &end, &match)) {
        bool empty = end <= from;

        if (pattern_extracts(pattern))
            set_match(q, match);
        if (!score_series_hit(&series, empty))
            break;
        from = end;
    }
}

static void ask_pattern(struct question *q, const struct pattern *pattern)
{
    const struct condition *c = &q->condition;

    if (!c->weighted)
        q->holds = matches(q, pattern) != c->negated;
    else if (!c->negated)
        count(q, pattern);
    else if (c->weight != 0 && !matches(q, pattern))
        q->trial->score += c->weight;
}

static void rest(void *message)
{
    message_area_rest(message);
}

static void ask_regex(struct question *q)
{
    struct buf text, expression;
    struct pattern *pattern;
    bool any_case;

    buf_init(&expression, BUF_UNLIMITED);
    buf_init(&text, BUF_UNLIMITED);
    condition_join(q->condition.text, &text);
    condition_regex(buf_span(&text), &expression, &q->shown, &any_case);
    pattern = pattern_new(buf_span(&expression),
                          (q->trial->head->flags & HEAD_D) && !any_case ? PATTERN_CASE : 0);
    pattern_set_rest(pattern, rest, q->trial->run->message);
    if (pattern_is_faulty(pattern))
        run_trace(q->trial->run, TRACE_INVALID_REGEXP, buf_span(&expression));
    if (open_text(q)) {
        detail_search(q, buf_span(&expression), any_case);
        ask_pattern(q, pattern);
        message_area_close(q->trial->run->message);
    } else {
        q->holds = false;
    }
    pattern_free(pattern);
    buf_free(&expression);
    buf_free(&text);
}

/* ---- programs and sizes */

static void ask_program(struct question *q)
{
    struct run *run = q->trial->run;
    struct deliver_outcome outcome = {.status = 1, .has_status = true};
    struct deliver_program program;
    struct command command;
    const struct condition *c = &q->condition;

    command_of_text(run, c->text, &command);
    command_joined(&command, &q->shown);
    program = run_program(run, &command);
    program.message = NULL;
    program.wait = DELIVER_WAIT_QUIET;
    if (open_text(q)) {
        program.text = q->text;
        program.rest = rest;
        program.rest_ctx = run->message;
        run->options.ops->pipe(run->options.ops_ctx, &program, &outcome);
        message_area_close(run->message);
    }
    run_note(run, &outcome);
    if (c->weighted && outcome.status >= 0)
        score_program(&q->trial->score, c->weight, c->exponent, c->negated, outcome.status);
    else if ((outcome.status != 0) != c->negated)
        q->holds = false;
    command_free(&command);
}

static void ask_size(struct question *q)
{
    struct run *run = q->trial->run;
    const struct condition *c = &q->condition;
    struct expansion expanded;
    char *rest;
    long limit;
    bool smaller;

    if (!expand(run, c->text, WORD_TEXT, 0, &expanded)) {
        q->holds = false;
        expansion_free(&expanded);
        return;
    }
    smaller = expanded.bytes.p[0] == '<';
    limit = strtol(expanded.bytes.p + 1, &rest, 10);
    rest += strspn(rest, " \t");
    if (*rest)
        run_trace_text(run, TRACE_SKIPPED, rest);
    buf_add_span(&q->shown, buf_span(&expanded.bytes));
    q->size = size_of(q);
    if (trace_wants_details(run->options.trace))
        trace_emit(run->options.trace, &(struct trace_event){.kind = TRACE_SIZE,
                                                             .text = buf_span(&expanded.bytes),
                                                             .subject = subject_name(q),
                                                             .number = limit,
                                                             .total = (long)q->size});
    if (c->weighted)
        score_size(&q->trial->score, c->weight, c->exponent, smaller != c->negated, (double)q->size,
                   (double)limit);
    else if ((smaller ? (double)q->size < (double)limit : (double)q->size > (double)limit) == c->negated)
        q->holds = false;
    expansion_free(&expanded);
}

/* ---- one condition */

/* `$`: the text as within double quotes, and then from the beginning. */
static bool read_on(struct question *q)
{
    struct expansion expanded;
    struct buf quoted;
    struct span text;
    bool fits;

    if (q->readings++ == READINGS_MAX) {
        run_trace_text(q->trial->run, TRACE_TROUBLE, "A condition that expands to itself does not hold");
        return false;
    }
    buf_init(&quoted, BUF_UNLIMITED);
    buf_add_byte(&quoted, '"');
    condition_join(q->condition.text, &quoted);
    fits = expand(q->trial->run, buf_span(&quoted), WORD_TEXT, 0, &expanded);
    if (!q->arena)
        q->arena = arena_new();
    text = arena_span(q->arena, buf_span(&expanded.bytes));
    buf_free(&quoted);
    expansion_free(&expanded);
    if (fits)
        condition_read(&q->condition, span_skip_blanks(text));
    return fits;
}

static void tell(struct question *q)
{
    double score = q->trial->score;
    struct trace_event event = {
        .kind = q->condition.weighted ? TRACE_SCORE : TRACE_CONDITION,
        .text = buf_span(&q->shown),
        .number = score_whole(score - q->score_before),
        .total = score_whole(score),
        .fraction = score_whole(score) == 0 && score > 0,
        .matched = q->holds,
        .negated = q->condition.negated,
    };

    trace_emit(q->trial->run->options.trace, &event);
}

/* What is to be judged; `raw` is how it stands in the file, prefixes and all. */
static void detail_read(const struct question *q, struct span raw)
{
    run_detail(q->trial->run, TRACE_CONDITION_READ, raw, q->arena ? q->condition.text : SPAN_NULL);
}

static void detail_done(const struct question *q, const char *unread)
{
    struct trace *trace = q->trial->run->options.trace;

    if (trace_wants_details(trace))
        trace_emit(trace, &(struct trace_event){.kind = TRACE_CONDITION_DONE,
                                                .text = span_of(unread),
                                                .matched = q->holds,
                                                .negated = q->condition.negated,
                                                .weighted = q->condition.weighted,
                                                .added = q->trial->score - q->score_before,
                                                .score = q->trial->score});
}

static void ask(struct question *q)
{
    switch (q->condition.kind) {
    case CONDITION_PROGRAM:
        ask_program(q);
        break;
    case CONDITION_SIZE:
        ask_size(q);
        break;
    default:
        ask_regex(q);
        break;
    }
}

/* Past the upper end weights count no more, and their conditions are not looked at. */
static bool is_settled(const struct question *q)
{
    return q->condition.weighted && q->trial->score >= SCORE_MAX;
}

static void question_free(struct question *q)
{
    arena_free(q->arena);
    buf_free(&q->shown);
    buf_free(&q->subject);
}

static bool try_condition(struct trial *trial, struct span text)
{
    struct question q = {.trial = trial, .score_before = trial->score, .holds = true};

    buf_init(&q.shown, BUF_UNLIMITED);
    buf_init(&q.subject, BUF_UNLIMITED);
    condition_init(&q.condition);
    condition_read(&q.condition, condition_trim(text));
    while (q.holds && q.condition.kind == CONDITION_EXPAND && !is_settled(&q))
        q.holds = read_on(&q);
    detail_read(&q, text);
    if (!is_settled(&q)) {
        trial->scored = trial->scored || q.condition.weighted;
        if (q.holds)
            ask(&q);
        if (score_cut(&trial->score))
            q.holds = false;
        tell(&q);
        detail_done(&q, "");
    } else {
        detail_done(&q, "settled");
    }
    question_free(&q);
    return q.holds;
}

/* ---- all of them */

bool run_condition_fits(struct run *run, const struct rc_condition *condition)
{
    if (condition->text.n < run->linebuf)
        return true;
    run_overflowed(run);
    return false;
}

void run_report_conflicts(struct run *run, struct head *head)
{
    if (!(head->flags & HEAD_e))
        return;
    if (head->flags & HEAD_E)
        run_trace_text(run, TRACE_CONFLICTING, "else-if-flag");
    if (head->flags & HEAD_a)
        run_trace_text(run, TRACE_CONFLICTING, "also-if-succeeded-flag");
    head->flags &= ~(unsigned)(HEAD_E | HEAD_a);
}

/* What the flags A a E e ask of the recipes before: the one that is not met, or NULL. */
static const char *chain_broken(const struct run_flow *flow, unsigned flags)
{
    if ((flags & HEAD_e) && !(flow->previous_condition && !flow->last_success))
        return "e";
    if ((flags & HEAD_E) && flow->previous_condition)
        return "E";
    if ((flags & HEAD_a) && !(flow->last_condition && flow->last_success))
        return "a";
    return (flags & HEAD_A) && !flow->last_condition ? "A" : NULL;
}

static bool judge(const struct trial *trial, bool all_hold, const char **why)
{
    if (!all_hold)
        *why = "conditions";
    else if (trial->scored && trial->score <= 0)
        *why = "score";
    else
        return true;
    return false;
}

bool run_conditions(struct run *run, const struct rc_item *recipe, struct head *head, const char **why)
{
    const char *broken;
    struct trial trial = {.run = run, .head = head};
    struct buf text;
    bool holds;

    run_report_conflicts(run, head);
    broken = chain_broken(&run->flow, head->flags);
    holds = !broken;
    message_keep_folds(run->message, false);
    buf_init(&text, BUF_UNLIMITED);
    for (const struct rc_condition *c = recipe->conditions; c; c = c->next) {
        run->options.trace->place.line = c->place.line;
        run->options.trace->place.column = c->place.column;
        if (!run_condition_fits(run, c))
            holds = false;
        if (!holds)
            continue;
        buf_cut(&text, 0);
        rc_line_text(c->text, &text);
        holds = try_condition(&trial, buf_span(&text));
    }
    buf_free(&text);
    run->options.trace->place.line = recipe->place.line;
    run->options.trace->place.column = recipe->place.column;
    run->last_score = score_shown(trial.score);
    if (!broken)
        return judge(&trial, holds, why);
    *why = broken;
    return false;
}
