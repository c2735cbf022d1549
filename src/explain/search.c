/* Where an expression matched, shown in its surroundings, or its nearest miss. */
#include "explain/miss.h"

enum {
    AROUND = 60,  /* bytes shown on either side */
    SHOWN = 4096, /* of what matched, or nearly did */
};

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

static struct span keep_some(struct explain *explain, struct span text)
{
    return explain_keep(explain, span_make(text.p, text.n < SHOWN ? text.n : SHOWN));
}

static void show_match(struct explain *explain, struct explain_step *step, struct span text,
                       const struct pattern_account *account)
{
    struct span where = pattern_account_shown(account->where);
    size_t from = (size_t)(where.p - text.p), to = from + where.n, begin, end;

    if (account->is_cut) /* where it began is not known */
        from = line_begin(text, to);
    begin = line_begin(text, from);
    end = line_end(text, to);
    step->is_cut = account->is_cut;
    step->hit_at = from;
    step->before = explain_keep(explain, span_make(text.p + begin, from - begin));
    step->hit = keep_some(explain, span_make(text.p + from, to - from));
    step->after = explain_keep(explain, span_make(text.p + to, end - to));
}

static void show_miss(struct explain *explain, struct explain_step *step, struct span text,
                      const struct pattern_account *account, bool case_differs)
{
    struct span got = pattern_account_shown(account->got);

    step->has_miss = true;
    step->lacks_field = account->lacks_field;
    step->at_end = account->at_end;
    step->is_cut = account->is_cut;
    step->case_differs = case_differs;
    step->got_at = got.n ? (size_t)(got.p - text.p) : 0;
    step->got = keep_some(explain, got);
    step->instead = keep_some(explain, account->instead);
    step->wanted =
        explain_keep(explain, span_make(step->expression.p + account->wanted_at, account->wanted_length));
    miss_tell(explain, step, text, account);
}

static bool matches_in_any_case(const struct explain_step *step, struct span text)
{
    struct pattern *pattern = pattern_new(step->expression, 0);
    bool matches = pattern_matches(pattern, text);

    pattern_free(pattern);
    return matches;
}

void explain_search(struct explain *explain, struct explain_step *step, struct span text, bool case_matters)
{
    struct pattern *pattern =
        pattern_new(step->expression, PATTERN_ACCOUNT | (case_matters ? PATTERN_CASE : 0));
    struct pattern_account account;

    pattern_account(pattern, text, &account);
    pattern_free(pattern);
    if (account.matched)
        show_match(explain, step, text, &account);
    else
        show_miss(explain, step, text, &account, case_matters && matches_in_any_case(step, text));
}
