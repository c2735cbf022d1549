/*
 * Patterns: our matcher, PCRE2 with the tree as its pattern, and the obvious matcher, on the same text.
 *
 * Input: a byte of flags, the pattern, a form feed, the text.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fuzz/fuzz.h"
#include "fuzz/obvious.h"
#include "pattern/account.h"
#include "pattern/pattern.h"

enum {
    FLAG_CASE = 1,
    FLAG_LARGE = 2, /* also a text of that many bytes, for which other ways are taken */
    LARGE_SIZE = 70 * 1024,
    PATTERN_MAX = 160,
};

struct trial {
    struct span expression, text, subject; /* subject: with the newlines */
    unsigned flags;
    struct tree tree;
    struct pattern *pattern;
    struct obvious *obvious;
};

/* ---- does it match */

/* Where the first match ends as the automaton finds it without looking for literals. */
static size_t search_without_literals(const struct trial *t, struct span subject)
{
    struct literal none = {.caseless = t->tree.caseless};
    struct program program;
    struct search *search;
    size_t end;

    program_make(&program, &t->tree);
    search = search_new(&program, &none);
    end = search_end(search, subject, 0, true);
    search_free(search);
    program_free(&program);
    return end;
}

static void check_matches(struct trial *t)
{
    size_t want = obvious_end(t->obvious, 0);
    struct pcre *pcre = pcre_new(&t->tree);
    enum pcre_answer answer = pcre_matches(pcre, t->subject, 0);

    CHECK(search_without_literals(t, t->subject) == want);
    CHECK(pattern_matches(t->pattern, t->text) == (want != OBVIOUS_NOWHERE));
    CHECK(answer == PCRE_UNKNOWN || (answer == PCRE_YES) == (want != OBVIOUS_NOWHERE));
    pcre_free(pcre);
}

/* ---- MATCH */

/* The offset in the text of a position in its subject: the newlines around are no part of it. */
static size_t offset_of(const struct trial *t, size_t position)
{
    size_t offset = position > 0 ? position - 1 : 0;

    return offset < t->text.n ? offset : t->text.n;
}

static void check_span(const struct trial *t, struct span match, size_t from, size_t end)
{
    size_t a = offset_of(t, from), b = offset_of(t, end);

    CHECK(match.p == t->text.p + a);
    CHECK(match.n == (b > a ? b - a : 0));
}

/* Where a way may pass several `\/` its parts at least are those of some way. */
static void check_parts(struct trial *t, struct span match)
{
    size_t from = (size_t)(match.p - t->text.p), end = from + match.n;
    bool may_split = false, may_end = false;

    for (size_t at = 0; at <= t->subject.n; at++) {
        may_split |= offset_of(t, at) == from && obvious_may_split(t->obvious, 0, at);
        may_end |= offset_of(t, at) == end && obvious_may_end(t->obvious, 0, at);
    }
    CHECK(may_split && may_end);
}

static void check_extract(struct trial *t)
{
    size_t split, end;
    bool want = obvious_extract(t->obvious, 0, &split, &end);
    struct span match;

    CHECK(pattern_extract(t->pattern, t->text, &match) == want);
    if (match.p)
        check_parts(t, match);
    if (!obvious_is_plain(t->obvious))
        return;
    CHECK(!match.p == (split == OBVIOUS_NOWHERE));
    if (match.p)
        check_span(t, match, split, end);
}

/* ---- the account for people */

static bool is_part(struct span part, struct span text)
{
    return part.p >= text.p && part.p + part.n <= text.p + text.n;
}

/* It holds the place where a match ends first, and some match ends where it does. */
static void check_where(const struct trial *t, struct span where)
{
    const char *end = where.p + where.n;
    bool may_end = false;

    CHECK(is_part(where, t->text));
    CHECK(where.p <= t->text.p + offset_of(t, obvious_end(t->obvious, 0)));
    for (size_t at = 0; at <= t->subject.n; at++)
        may_end |= t->text.p + offset_of(t, at) == end && obvious_may_end(t->obvious, 0, at);
    CHECK(may_end);
}

static void check_account(const struct trial *t)
{
    struct pattern_account account;

    pattern_account(t->pattern, t->text, &account);
    CHECK(account.matched == (obvious_end(t->obvious, 0) != OBVIOUS_NOWHERE));
    CHECK(!account.is_cut);
    if (account.matched) {
        check_where(t, account.where);
    } else if (account.wanted_length) {
        CHECK(account.wanted_at + account.wanted_length <= t->expression.n);
        CHECK(is_part(account.got, t->text) && is_part(account.instead, t->text));
        CHECK(account.instead.p == account.got.p + account.got.n);
    }
}

/* ---- weighted counting */

struct hit {
    bool found;
    size_t split, end; /* positions */
};

static struct hit obvious_hit(const struct trial *t, struct obvious *obvious, size_t at)
{
    struct hit hit = {.split = OBVIOUS_NOWHERE};

    if (t->tree.splits) {
        hit.found = obvious_extract(obvious, at, &hit.split, &hit.end);
    } else {
        hit.end = obvious_end(obvious, at);
        hit.found = hit.end != OBVIOUS_NOWHERE;
    }
    return hit;
}

/* All text is used up: a newline before and one behind nothing are looked at. */
static struct hit hit_at_end(const struct trial *t)
{
    struct obvious *obvious = obvious_new(&t->tree, span_make("\n\n\n", 3));
    struct hit hit = obvious_hit(t, obvious, 1);

    obvious_free(obvious);
    hit.end = t->text.n + 2;
    if (hit.split != OBVIOUS_NOWHERE)
        hit.split = t->text.n + 1;
    return hit;
}

static struct hit next_hit(const struct trial *t, size_t from)
{
    bool sees_newline = from == 0 || t->text.p[from - 1] == '\n';

    if (from > t->text.n)
        return (struct hit){.found = false};
    if (from == t->text.n && !sees_newline)
        return hit_at_end(t);
    return obvious_hit(t, t->obvious, from + !sees_newline);
}

static void check_counting(struct trial *t)
{
    size_t from = 0, end;
    struct span match;

    for (;;) {
        struct hit hit = from <= t->text.n ? next_hit(t, from) : (struct hit){.found = false};
        bool found = pattern_next(t->pattern, t->text, from, &end, &match);

        CHECK(found == hit.found);
        if (!found)
            return;
        CHECK(end >= from && end <= t->text.n + 1);
        if (hit.split == OBVIOUS_NOWHERE) {
            CHECK(end == (hit.end > from + 1 ? hit.end - 1 : from));
            CHECK(!match.p);
        } else if (from < t->text.n || from == 0 || t->text.p[from - 1] == '\n') {
            check_span(t, match, hit.split > from + 1 ? hit.split : from + 1, hit.end);
            CHECK(end == (size_t)(match.p - t->text.p) + match.n);
        }
        if (end == from)
            return;
        from = end;
    }
}

/* ---- a large text: the same with and without looking for literals first */

/* Where `\/` is, or SIZE_MAX. */
static size_t split_without_literals(const struct trial *t, struct span subject)
{
    struct literal none = {.caseless = t->tree.caseless};
    struct program program;
    struct extract *extract;
    struct found found;

    program_make(&program, &t->tree);
    extract = extract_new(&program, &none);
    if (!extract_find(extract, subject, 0, true, &found))
        found.split = SIZE_MAX;
    extract_free(extract);
    program_free(&program);
    return found.split;
}

static void check_large(struct trial *t)
{
    char *bytes = mem_alloc(LARGE_SIZE + 2);
    struct span text = {bytes + 1, LARGE_SIZE}, subject = {bytes, LARGE_SIZE + 2}, match;
    size_t split;

    memset(bytes, '\n', subject.n);
    for (size_t at = 0; t->text.n && at + t->text.n < text.n / 2; at += t->text.n + 1)
        memcpy(bytes + LARGE_SIZE / 2 + at, t->text.p, t->text.n);
    CHECK(pattern_matches(t->pattern, text) == (search_without_literals(t, subject) != SIZE_MAX));
    if (t->tree.splits) {
        split = split_without_literals(t, subject);
        pattern_extract(t->pattern, text, &match);
        CHECK(!match.p == (split == SIZE_MAX));
        CHECK(!match.p || match.p == text.p + (split > 0 ? split - 1 : 0));
    }
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = {(const char *)data, size}, expression, text;
    struct trial t = {.flags = fuzz_byte(&rest)};

    expression = fuzz_part(&rest);
    text = rest;
    if (expression.n > PATTERN_MAX)
        expression.n = PATTERN_MAX;
    if (text.n > OBVIOUS_TEXT_MAX)
        text.n = OBVIOUS_TEXT_MAX;
    t.text = fuzz_text(text);
    t.subject = span_make(t.text.p - 1, t.text.n + 2);
    tree_parse(&t.tree, expression, !(t.flags & FLAG_CASE));
    t.pattern = pattern_new(expression, PATTERN_ACCOUNT | (t.flags & FLAG_CASE ? PATTERN_CASE : 0));
    t.obvious = obvious_new(&t.tree, t.subject);
    CHECK(pattern_is_faulty(t.pattern) == t.tree.faulty);
    CHECK(pattern_extracts(t.pattern) == t.tree.splits);
    t.expression = expression;
    check_matches(&t);
    check_account(&t);
    if (t.tree.splits)
        check_extract(&t);
    if (obvious_is_plain(t.obvious))
        check_counting(&t);
    if (t.flags & FLAG_LARGE)
        check_large(&t);
    obvious_free(t.obvious);
    pattern_free(t.pattern);
    tree_free(&t.tree);
    fuzz_text_free(t.text);
    return 0;
}
