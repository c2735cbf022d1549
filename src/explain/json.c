/* The explanation for programs: mailweir-explain(1) names the fields. */
#include "explain/explain.h"

#include <math.h>

#include "base/escape.h"

static const char *const kinds[EXPLAIN_KINDS] = {
    [EXPLAIN_RCFILE] = "rcfile",
    [EXPLAIN_ASSIGN] = "assign",
    [EXPLAIN_RECIPE] = "recipe",
    [EXPLAIN_CONDITION] = "condition",
    [EXPLAIN_PASSED] = "passed",
    [EXPLAIN_ACTION] = "action",
    [EXPLAIN_DELIVERY] = "delivery",
    [EXPLAIN_COMMAND] = "command",
    [EXPLAIN_NOTE] = "note",
    [EXPLAIN_COPY] = "copy",
    [EXPLAIN_COPY_END] = "copy-end",
    [EXPLAIN_END] = "end",
    [EXPLAIN_WAY] = "way",
    [EXPLAIN_WAY_END] = "way-end",
    [EXPLAIN_RECIPIENT] = "recipient",
    [EXPLAIN_RECIPIENT_END] = "recipient-end",
};

static void text(const char *name, struct span s, FILE *to)
{
    fprintf(to, ",\"%s\":", name);
    json_string(s, to);
}

static void text_if(const char *name, struct span s, FILE *to)
{
    if (s.n)
        text(name, s, to);
}

static void flag(const char *name, bool value, FILE *to)
{
    fprintf(to, ",\"%s\":%s", name, value ? "true" : "false");
}

static void number(const char *name, double value, FILE *to)
{
    if (isfinite(value))
        fprintf(to, ",\"%s\":%.17g", name, value);
    else
        fprintf(to, ",\"%s\":null", name);
}

static void print_miss(const struct explain_step *step, FILE *to)
{
    text("miss", step->miss, to);
    text("got", step->got, to);
    if (step->got.n)
        fprintf(to, ",\"got_offset\":%zu", step->got_at);
    text("wanted", step->wanted, to);
    text("instead", step->instead, to);
    flag("lacks_field", step->lacks_field, to);
    flag("case_differs", step->case_differs, to);
    flag("at_end", step->at_end, to);
}

static void print_condition(const struct explain_step *step, FILE *to)
{
    text("raw", step->raw, to);
    text_if("expanded", step->more, to);
    text("kind",
         span_of(step->searched ? "regex"
                 : step->sized  ? "size"
                 : step->asked  ? "program"
                                : "none"),
         to);
    text_if("area", step->subject, to);
    if (step->searched)
        text("expression", step->expression, to);
    if (step->hit.n) {
        text("before", step->before, to);
        text("hit", step->hit, to);
        text("after", step->after, to);
        fprintf(to, ",\"offset\":%zu", step->hit_at);
    }
    text_if("match", step->match, to);
    if (step->has_miss)
        print_miss(step, to);
    if (step->searched)
        flag("cut", step->is_cut, to);
    if (step->sized)
        fprintf(to, ",\"limit\":%ld,\"size\":%ld", step->number, step->total);
    text_if("log", step->told, to);
    flag("holds", step->matched, to);
    flag("negated", step->negated, to);
    flag("unknown", step->unknown, to);
    if (step->both)
        flag("both", true, to);
    flag("skipped", step->settled, to);
    if (step->weighted) {
        number("added", step->added, to);
        number("score", step->score, to);
    }
}

static void print_delivery(const struct explain_step *step, FILE *to)
{
    text("kind", step->subject, to);
    text("to", step->text, to);
    flag("works", step->matched, to);
    flag("exists", step->exists, to);
    if (!span_eq_text(step->subject, "program") && !span_eq_text(step->subject, "forward"))
        return;
    fprintf(to, ",\"status\":%ld", step->number);
    flag("unread", step->unread, to);
    flag("assumed", step->assumed, to);
}

static void print_command(const struct explain_step *step, FILE *to)
{
    text("kind", step->subject, to);
    text("command", step->text, to);
    flag("run", !step->unknown, to);
    if (!step->unknown)
        fprintf(to, ",\"status\":%ld", step->number);
    text_if("output", step->more, to);
}

static void print_action(const struct explain_step *step, FILE *to)
{
    text("raw", step->raw, to);
    text_if("expanded", step->text, to);
    if (step->both)
        flag("both", true, to);
    else
        text("result", step->more, to);
}

static void print_step(const struct explain_step *step, FILE *to)
{
    fprintf(to, "{\"step\":\"%s\",\"process\":%u", kinds[step->kind], step->copy);
    if (step->way)
        fprintf(to, ",\"way\":%u", step->way);
    if (step->file.n) {
        text("file", step->file, to);
        fprintf(to, ",\"line\":%u,\"column\":%u", step->line, step->column);
    }
    switch (step->kind) {
    case EXPLAIN_CONDITION:
        print_condition(step, to);
        break;
    case EXPLAIN_DELIVERY:
        print_delivery(step, to);
        break;
    case EXPLAIN_COMMAND:
        print_command(step, to);
        break;
    case EXPLAIN_ACTION:
        print_action(step, to);
        break;
    case EXPLAIN_WAY:
        text("command", step->text, to);
        flag("succeeds", step->matched, to);
        fprintf(to, ",\"from\":%ld", step->total);
        break;
    case EXPLAIN_COPY_END:
    case EXPLAIN_WAY_END:
    case EXPLAIN_RECIPIENT_END:
        fprintf(to, ",\"status\":%ld", step->number);
        break;
    default:
        text("text", step->text, to);
        text_if("raw", step->raw, to);
        if (step->unknown)
            flag("unknown", true, to);
        if (step->logged)
            flag("logged", true, to);
        break;
    }
    putc('}', to);
}

void explain_json(const struct explain *explain, const struct explain_page *page, FILE *to)
{
    fprintf(to, "{\"format\":1,\"size\":%zu,\"exit_status\":%d,\n\"steps\":[", page->size, explain->status);
    for (const struct explain_step *step = explain->first; step; step = step->next) {
        fputs(step == explain->first ? "\n" : ",\n", to);
        print_step(step, to);
    }
    fputs("\n]}\n", to);
}
