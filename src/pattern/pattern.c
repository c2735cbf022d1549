#include "pattern/pattern.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "pattern/pattern-private.h"
#include "pattern/places.h"

enum {
    /* No pattern of a person is as long; it bounds what the nodes are counted with. */
    TEXT_MAX = 1 << 26,
    /* PCRE2 is not asked about more than this, see pcre.c. */
    PCRE_SUBJECT_MAX = 8 * 1024,
};

/* What changes in a pattern that does not: most is made when it is first needed. */
struct engines {
    struct literal literal;
    struct pcre *pcre;
    struct program program;
    struct search *search;
    struct extract *extract;
};

struct pattern {
    struct tree tree;
    struct places *places; /* NULL unless asked for */
    struct engines *engines;
};

struct pattern *pattern_new(struct span text, unsigned flags)
{
    struct pattern *pattern = mem_alloc(sizeof *pattern);
    bool too_long = text.n > TEXT_MAX;

    if (too_long)
        text.n = TEXT_MAX;
    tree_parse(&pattern->tree, text, !(flags & PATTERN_CASE));
    if (flags & PATTERN_ACCOUNT)
        pattern->places = places_new(&pattern->tree, text);
    pattern->tree.faulty |= too_long;
    pattern->engines = mem_alloc(sizeof *pattern->engines);
    literal_make(&pattern->engines->literal, &pattern->tree);
    return pattern;
}

void pattern_free(struct pattern *pattern)
{
    if (!pattern)
        return;
    literal_free(&pattern->engines->literal);
    pcre_free(pattern->engines->pcre);
    search_free(pattern->engines->search);
    extract_free(pattern->engines->extract);
    program_free(&pattern->engines->program);
    free(pattern->engines);
    places_free(pattern->places);
    tree_free(&pattern->tree);
    free(pattern);
}

void pattern_set_rest(struct pattern *pattern, void (*rest)(void *ctx), void *ctx)
{
    pattern->engines->literal.rest = (struct rest){rest, ctx, 0};
}

bool pattern_is_faulty(const struct pattern *pattern)
{
    return pattern->tree.faulty;
}

bool pattern_extracts(const struct pattern *pattern)
{
    return pattern->tree.splits;
}

static const struct program *get_program(const struct pattern *pattern)
{
    struct engines *engines = pattern->engines;

    if (!engines->program.states)
        program_make(&engines->program, &pattern->tree);
    return &engines->program;
}

static struct search *get_search(const struct pattern *pattern)
{
    struct engines *engines = pattern->engines;

    if (!engines->search)
        engines->search = search_new(get_program(pattern), &engines->literal);
    return engines->search;
}

static struct extract *get_extract(const struct pattern *pattern)
{
    struct engines *engines = pattern->engines;

    if (!engines->extract)
        engines->extract = extract_new(get_program(pattern), &engines->literal);
    return engines->extract;
}

static const struct pcre *get_pcre(const struct pattern *pattern)
{
    struct engines *engines = pattern->engines;

    if (!engines->pcre)
        engines->pcre = pcre_new(&pattern->tree);
    return engines->pcre;
}

const struct tree *pattern_tree(const struct pattern *pattern)
{
    return &pattern->tree;
}

const struct places *pattern_places(const struct pattern *pattern)
{
    return pattern->places;
}

struct rest pattern_rest(const struct pattern *pattern)
{
    return pattern->engines->literal.rest;
}

struct span subject_of(struct span text)
{
    return span_make(text.p - 1, text.n + 2);
}

struct span text_between(struct span text, size_t from, size_t end)
{
    size_t a = from > 0 ? from - 1 : 0;
    size_t b = end > 0 ? end - 1 : 0;

    a = a < text.n ? a : text.n;
    b = b < text.n ? b : text.n;
    return span_make(text.p + a, b > a ? b - a : 0);
}

bool pattern_matches(const struct pattern *pattern, struct span text)
{
    struct span subject = subject_of(text);
    size_t from = 0;

    if (!literal_all(&pattern->engines->literal, subject, &from))
        return false;
    if (pattern->engines->literal.whole)
        return true;
    if (subject.n <= PCRE_SUBJECT_MAX) {
        enum pcre_answer answer = pcre_matches(get_pcre(pattern), subject, from);

        if (answer != PCRE_UNKNOWN)
            return answer == PCRE_YES;
    }
    return search_end(get_search(pattern), subject, from, from == 0) != SIZE_MAX;
}

bool pattern_extract(const struct pattern *pattern, struct span text, struct span *match)
{
    struct span subject = subject_of(text);
    struct found found;
    size_t from = 0;

    *match = SPAN_NULL;
    if (!literal_all(&pattern->engines->literal, subject, &from))
        return false;
    extract_begin(get_extract(pattern));
    if (!extract_find(get_extract(pattern), subject, from, from == 0, &found))
        return false;
    if (found.split != SIZE_MAX)
        *match = text_between(text, found.split, found.end);
    return true;
}

/* One hit in the subject from position `from` on; its end is a position too. */
static bool next_hit(const struct pattern *pattern, struct span subject, size_t from, struct found *hit)
{
    size_t at = from;

    *hit = (struct found){SIZE_MAX, SIZE_MAX};
    if (!literal_all(&pattern->engines->literal, subject, &at))
        return false;
    if (pattern->tree.splits) {
        if (at > from && at == subject.n - 1)
            return false; /* extract_find() begins nothing there but where it is told to */
        return extract_find(get_extract(pattern), subject, at, at == 0, hit);
    }
    hit->end = search_end(get_search(pattern), subject, at, at == 0);
    return hit->end != SIZE_MAX;
}

/* Where all text is used up 3.22 looks at a newline before and one behind nothing, whatever
 * the text ended in, and a hit there ends behind the text. */
static bool next_at_end(const struct pattern *pattern, struct span text, size_t *end, struct span *match)
{
    struct found hit;

    if (!next_hit(pattern, span_make("\n\n\n", 3), 1, &hit))
        return false;
    *end = text.n + 1;
    if (match && hit.split != SIZE_MAX)
        *match = span_make(text.p + text.n, 0);
    return true;
}

bool pattern_next(const struct pattern *pattern, struct span text, size_t from, size_t *end,
                  struct span *match)
{
    bool sees_newline = from == 0 || (from <= text.n && text.p[from - 1] == '\n');
    struct found hit;
    struct span found;

    if (match)
        *match = SPAN_NULL;
    if (from > text.n)
        return false;
    if (from == 0 && pattern->tree.splits)
        extract_begin(get_extract(pattern));
    if (from == text.n && !sees_newline)
        return next_at_end(pattern, text, end, match);
    if (!next_hit(pattern, subject_of(text), from + !sees_newline, &hit))
        return false;
    *end = hit.end > from + 1 ? hit.end - 1 : from;
    if (hit.split == SIZE_MAX)
        return true;
    found = text_between(text, hit.split > from + 1 ? hit.split : from + 1, hit.end);
    *end = (size_t)(found.p - text.p) + found.n;
    if (match)
        *match = found;
    return true;
}
