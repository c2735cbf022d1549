/* What may be behind a miss: mistakes that people make. */
#include <ctype.h>

#include "explain/miss.h"

enum { TELLING = 3 /* fewer characters stand anywhere */ };

static bool stands_in(struct span text, struct span wanted)
{
    for (; text.n >= wanted.n && wanted.n; text = span_from(text, 1)) {
        struct span part = span_make(text.p, wanted.n);

        if (span_starts_nocase(part, wanted.p))
            return true;
    }
    return false;
}

static bool differs_in_case(const struct sentence *s)
{
    return s->step->case_differs;
}

static bool is_encoded(const struct sentence *s)
{
    struct span line = s->step->got.n ? s->line : SPAN_NULL;

    return line.n && s->account->place == PATTERN_ANYWHERE && miss_area(s->step) &&
           span_find(line, span_of("=?")) && span_find(line, span_of("?="));
}

static bool stands_further_on(const struct sentence *s)
{
    return s->account->place == PATTERN_HERE && s->account->wanted_plain && s->step->got.n &&
           s->wanted.n >= TELLING && s->account->instead.n &&
           stands_in(span_from(s->account->instead, 1), s->wanted);
}

/* `*` and `?` as a shell would have them. */
static bool begins_as_a_glob(const struct sentence *s)
{
    return s->account->wanted_at == 0 && s->step->expression.n &&
           span_find_byte(span_of("*?+"), s->step->expression.p[0]);
}

/* `sal*` for `sal.*` */
static bool repeats_a_letter(const struct sentence *s)
{
    struct span behind = span_from(s->step->expression, s->account->wanted_at + s->account->wanted_length);

    return s->account->wanted_plain && behind.n > 1 && isalpha((unsigned char)behind.p[0]) &&
           behind.p[1] == '*';
}

static const struct {
    bool (*applies)(const struct sentence *s);
    const char *text;
} hints[] = {
    {differs_in_case, "flag D: only the case differs"},
    {is_encoded, "what stands between =? and ?= is encoded, mailweir-header(1) decodes it"},
    {begins_as_a_glob, "what repeats, at the beginning of an expression, is a mere character"},
    {repeats_a_letter, "* repeats the letter before it; .* is anything"},
    {stands_further_on, "it stands further on in the line"},
};

const char *miss_hint(const struct sentence *s)
{
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (hints[i].applies(s))
            return hints[i].text;
    return s->account->is_cut ? "only a part of the text was looked at" : NULL;
}
