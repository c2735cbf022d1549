#include <criterion/criterion.h>

#include "pattern/pattern.h"

#include "pattern/subject.h"

/* Each answer here is one that procmail 3.22 gave. */

static void check_match(const char *expression, const char *text, bool want, unsigned flags)
{
    struct pattern *pattern = pattern_new(span_of(expression), flags);
    struct span subject = subject_new(span_of(text));

    cr_expect_eq(pattern_matches(pattern, subject), want, "'%s' on '%s'", expression, text);
    subject_free(subject);
    pattern_free(pattern);
}

static void check_all(const char *const (*cases)[2], size_t count, bool want)
{
    for (size_t i = 0; i < count; i++)
        check_match(cases[i][0], cases[i][1], want, 0);
}

#define CHECK_ALL(cases, want) check_all(cases, sizeof(cases) / sizeof *(cases), want)

Test(pattern, matches)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"()", "x"},
        {"foo.bar", "a FOOxBAR"},
        {"^b$", "a\nb\nc"},
        {"a$b", "a\nb"},
        {"a^b", "a\nb"},
        {"a$^b", "a\n\nb"},
        {"a(.|$)*c", "a\n\nb\nc"},
        {"^^^^", ""},
        {"^", ""},
        {"^$", ""},
        {"^()^", ""},
        {"(^^|x)^", ""},
        {"\\<\\<", ""},
        {"\\<^^", ""},
        {"^^ab", "ab"},
        {"()^^ab", "ab"},
        {"(^^)+ab", "ab"},
        {"(a|^^)b", "ab"},
        {"x?^^a", "ab"},
        {"b^^", "ab"},
        {"(b^^)", "ab"},
        {"(b^^|x)", "ab"},
        {"b(^^|x)", "ab"},
        {"b(^|^^)", "ab"},
        {"b$^^", "ab\n"},
        {"b^^*", "ab"},
        {"foo\\>bar", "foo bar"},
        {"foo\\>\\<bar", "foo  bar"},
        {"\\<foo\\>", "foo"},
        {"a\\>b", "a\xff"
                  "b"},
        {"a\\<b", "a\nb"},
        {"a\\*\\*b", "a**b"},
        {"a**b", "aa*b"},
        {"()**b", "*b"},
        {"a*+", "a+"},
        {"c??\\(", "c?("},
        {"*x", "*x"},
        {"(*x)", "*x"},
        {"(**x)y", "***xy"},
        {"a|*x", "*x"},
        {"(|*x)d", "*xd"},
        {"x(|y)z", "xz"},
        {"(|x)", "b"},
        {"()\\n", "n"},
        {"{z}", "{z}"},
        {"a\\", "a\\"},
        {"\\", "a\\"},
        {"a[\\]b", "a\\b"},
        {"[]]", "]"},
        {"[^]]", "a"},
        {"[a-]x", "-x"},
        {"[-a]x", "-x"},
        {"[a", "a"},
        {"[^", "a"},
        {"[c-a]x", "ax"},
        {"[b-c-^]", "^"},
        {"[[:digit:]]x", "d]x"},
        {"[@-_]", "B"},
        {"[_-Z]", "z"},
        {"[--a]b", "Bb"},
        {"[]-a]b", "^b"},
        {"x\ny", "x\ny"},
        {"[\n][\n]", ""},
        {"\n\n", ""},
    };

    CHECK_ALL(cases, true);
}

Test(pattern, does_not_match)
{
    static const char *const cases[][2] = {
        {".", ""},          {".", "\n"},        {"[^a]", "\n"},      {"a$^b", "a\nb"},
        {"c^^", "c\n"},     {"^^^^", "a"},      {"^^^ab", "ab"},     {"^^^^ab", "ab"},
        {"^()^^ab", "ab"},  {"^^(^^)ab", "ab"}, {"b^^x?", "ab"},     {"b^^()", "ab"},
        {"(b^^)x?", "ab"},  {"b^^+", "ab"},     {"(b^^|x)()", "ab"}, {"b^^$", "ab"},
        {"b\\>^^", "ab"},   {"^^\\<a", "ab"},   {"\\<\\<\\<", ""},   {"foo\\>\\<bar", "foo bar"},
        {"\\<foo", "xfoo"}, {"\\<foo", "_foo"}, {"foo$", "foo\r\n"}, {"[c-a]", "b"},
        {"[_-Z]", "a"},     {"[^A-Z]", "b"},    {"[a-]b]", "ab"},    {"[", "["},
        {"[b-c-^]", "-"},   {"a**b", "ab"},     {"(*x)", "x"},       {"(^|a)^^ab", "ab"},
    };

    CHECK_ALL(cases, false);
}

Test(pattern, heeds_case_when_told)
{
    check_match("foo", "FOO", true, 0);
    check_match("foo", "FOO", false, PATTERN_CASE);
    check_match("[^a]", "A", false, 0);
    check_match("[^a]", "A", true, PATTERN_CASE);
    check_match("[A-z]_", "__", true, PATTERN_CASE);
    check_match("\xe4", "\xc4", false, 0);
    check_match("F[o]O", "FoO", true, PATTERN_CASE);
}

Test(pattern, takes_nul_bytes)
{
    struct pattern *pattern = pattern_new(span_make("a.\0c", 4), 0);
    struct span subject = subject_new(span_make("a\0\0c", 4));

    cr_assert(pattern_matches(pattern, subject));
    subject_free(subject);
    pattern_free(pattern);
}

Test(pattern, mends_what_is_faulty)
{
    static const struct {
        const char *expression;
        bool faulty;
        bool matches; /* `abc` */
    } cases[] = {
        {"(abc", true, true},      {"((abc", true, true},  {"abc)d", true, true},    {"abc)d(", true, true},
        {"x|abc)z", true, true},   {"x)abc", true, false}, {"(x|(abc", true, true},  {"(abc|", true, true},
        {"abc(", true, true},      {")", true, true},      {"(", true, true},        {"(*", true, false},
        {"(xabc)*)d", true, true}, {"(abc))", true, true}, {"abc\\)", false, false}, {"[(]", false, false},
        {"[a", false, true},       {"a**", false, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pattern *pattern = pattern_new(span_of(cases[i].expression), 0);

        cr_expect_eq(pattern_is_faulty(pattern), cases[i].faulty, "'%s'", cases[i].expression);
        check_match(cases[i].expression, "abc", cases[i].matches, 0);
        pattern_free(pattern);
    }
}

Test(pattern, finds_match)
{
    /* Without a MATCH: NULL. */
    static const char *const cases[][3] = {
        {"^Subject: *\\/.*", "To: a\nSubject:  hi there\nX: y", "  hi there"},
        {"^Subject:\\/.*", "Subject:  hi", "  hi"},
        {".*X\\/.*", "aXbXc", "bXc"},
        {"a+\\/a*", "aaaa", "aaa"},
        {"a?\\/a*b", "aab", "aab"},
        {"()\\/.*", "abc", ""},
        {"()\\/.+", "abc\nd", "abc"},
        {"\\/(.*$)*", "a\nb\n", "a\nb\n"},
        {"a\\/(.*$)*", "a\nb\n", "\nb\n"},
        {"\\/^two", "one\ntwo", "\ntwo"},
        {"one\\/$two", "one\ntwo", "\ntwo"},
        {"line \\/.*$", "line one\nx", "one\n"},
        {"line \\/.*$", "line one", "one"},
        {"(ab|a)\\/(c|bcd)", "abcd", "bcd"},
        {"(xab|a)\\/.", "xabcdefg", "b"},
        {"(b|ab|xabc)\\/.+", "xabcdefg", "cdefg"},
        {"(xabcd\\/ef|b\\/cd)", "xabcdefg", "cd"},
        {"(b\\/c|xabcd\\/e)", "xabcdefg", "c"},
        {"(a\\/b|b\\/cde)", "abcdefg", "b"},
        {"(a\\/bcdx|b\\/cde)", "abcdefg", "cde"},
        {"(a\\/b|\\/bcde)", "abcdefg", "bcde"},
        {"(a\\/b|ab)c", "abc", "bc"},
        {"a\\/b\\/c", "abc", "c"},
        {"(a\\/b|ab)\\/c.", "abcd", "cd"},
        {"([a-z]\\/[0-9])+", "a1b2c3", "1b2c3"},
        {"([a-z]\\/[0-9])+c3", "a1b2c3", "2c3"},
        {"(.\\/)+", "a1b2c3", "1b2c3"},
        {"(\\/.)+", "a1b2c3", "a1b2c3"},
        {"a\\/.*\\/.", "a1b2c3", "1b2c3"},
        {"a\\/.*\\/c3", "a1b2c3", "c3"},
        {"()\\/*x", "*x", "x"},
        {"()\\/^^", "ab", ""},
        {"a\\/.*^^", "ab", "b"},
        {"c\\/$", "abc", ""},
        {"x\\/y", "x y", "-no match-"},
        {"a|b\\/2", "a1b2c3", NULL},
        {"(b\\/2)?", "a1b2c3", NULL},
        {"a1b2|a\\/1b", "a1b2c3", "1b"},
        {"b|a1\\/b", "a1b2c3", "b"},
        {"a1b2|a\\/1b2c3", "a1b2c3", NULL},
        {"a(\\<|b)\\/b?", "-a", NULL},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pattern *pattern = pattern_new(span_of(cases[i][0]), 0);
        struct span subject = subject_new(span_of(cases[i][1])), match = SPAN_NULL;
        bool matches = pattern_extract(pattern, subject, &match);

        cr_expect(pattern_extracts(pattern));
        if (!matches)
            match = span_of("-no match-");
        cr_expect_eq(match.p != NULL, cases[i][2] != NULL, "'%s' on '%s'", cases[i][0], cases[i][1]);
        cr_expect(span_eq(match, span_of(cases[i][2])), "'%s' on '%s': '%.*s'", cases[i][0], cases[i][1],
                  (int)match.n, match.p);
        subject_free(subject);
        pattern_free(pattern);
    }
}

enum { ENDLESS = -1 };

static int count_hits(const char *expression, const char *text)
{
    struct pattern *pattern = pattern_new(span_of(expression), 0);
    struct span subject = subject_new(span_of(text)), match;
    size_t from = 0, end;
    int count = 0;

    for (; pattern_next(pattern, subject, from, &end, &match); from = end, count++)
        if (end == from) {
            count = ENDLESS;
            break;
        }
    subject_free(subject);
    pattern_free(pattern);
    return count;
}

Test(pattern, counts_hits)
{
    static const struct {
        const char *expression, *text;
        int count;
    } cases[] = {
        {"a+", "aaaa", 4},
        {"a*", "aaaa", ENDLESS},
        {"(a|aa)", "aaaa", 4},
        {"()\\/a+", "aaaa", 1},
        {"a\\/a*", "aaaa", 1},
        {"a\\/a", "aaaa", 2},
        {"aa$", "aaaa\n", 1},
        {"", "x", ENDLESS},
        {"a\\/", "aaaa", 4},
        {"^.*$", "a\na\na\n", 4},
        {"^.*$", "a\n\nb", 3},
        {"^.+$", "a\n\nb", 2},
        {"^$", "b\n\n\n\nb", 3},
        {".", "ab\nc", 3},
        {"^^a", "aa", 1},
        {"^^", "a", ENDLESS},
        {"(a$|^^b)", "a\nb", 1},
        {"(a$|^b)", "a\nb", 2},
        {"\\<a\\>", "a a a", 2},
        {"a\\>", "a a a", 3},
        {"\\<a", "a\na\na", 3},
        {"\\<a\\>", "a\na\na", 3},
        {"(b|$$)", "b", 2},
        {"(b|$$)", "b\n\nb", 4},
        {"()$$", "b\n", 1},
        {"\\/$$", "b\n", ENDLESS},
        {"^\\/[ab]*", "ab_cabbb", 1},
        {"c$", "c", 1},
        {"(b$|$^^)", "b\n", ENDLESS},
        {"(b|$^^)", "b", 2},
        {"(a|\\/b)", "baab", 4},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(count_hits(cases[i].expression, cases[i].text), cases[i].count, "'%s' on '%s': %d",
                     cases[i].expression, cases[i].text, count_hits(cases[i].expression, cases[i].text));
}

Test(pattern, gives_each_hit_its_match)
{
    struct pattern *pattern = pattern_new(span_of("x\\/[0-9]+"), 0);
    struct span subject = subject_new(span_of("x12 x3")), match;
    size_t end;

    cr_assert(pattern_next(pattern, subject, 0, &end, &match));
    cr_assert(span_eq_text(match, "12"));
    cr_assert_eq(end, 3);
    cr_assert(pattern_next(pattern, subject, end, &end, &match));
    cr_assert(span_eq_text(match, "3"));
    cr_assert_eq(end, 6);
    cr_assert_not(pattern_next(pattern, subject, end, &end, &match));
    cr_assert_not(pattern_next(pattern, subject, subject.n + 1, &end, NULL));
    subject_free(subject);
    pattern_free(pattern);
}
