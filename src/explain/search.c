/* Where an expression matched, shown in its surroundings. */
#include "explain/explain.h"

#include "pattern/pattern.h"

enum { AROUND = 60 /* bytes shown on either side */ };

/* The part of the line before `at`, no more than is shown. */
static size_t line_begin(struct span text, size_t at)
{
    size_t from = at;

    while (from > 0 && text.p[from - 1] != '\n' && at - from < AROUND)
        from--;
    return from;
}

static size_t line_end(struct span text, size_t at)
{
    size_t to = at;

    while (to < text.n && text.p[to] != '\n' && to - at < AROUND)
        to++;
    return to;
}

static void show(struct explain *explain, struct explain_step *step, struct span text, size_t from, size_t to)
{
    size_t begin = line_begin(text, from), end = line_end(text, to);

    step->hit_at = from;
    step->before = explain_keep(explain, span_make(text.p + begin, from - begin));
    step->hit = explain_keep(explain, span_make(text.p + from, to - from));
    step->after = explain_keep(explain, span_make(text.p + to, end - to));
}

/* The line at whose first possible end the expression was satisfied. */
void explain_search(struct explain *explain, struct explain_step *step, struct span text, bool case_matters)
{
    struct pattern *pattern = pattern_new(step->expression, case_matters ? PATTERN_CASE : 0);
    size_t end;

    if (pattern_next(pattern, text, 0, &end, NULL)) {
        size_t to = end > text.n ? text.n : end;

        if (to > 0 && text.p[to - 1] == '\n')
            to--;
        show(explain, step, text, line_begin(text, to), to);
    }
    pattern_free(pattern);
}
