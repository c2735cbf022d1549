#include <criterion/criterion.h>

#include <stdlib.h>

#include "rctest/escape.h"
#include "rctest/rctest.h"

struct parsed {
    struct arena *arena;
    struct buf faults;
    struct rctest *tests;
};

static struct parsed parse(const char *text)
{
    struct parsed parsed = {.arena = arena_new()};
    size_t n = strlen(text);
    char *source = arena_alloc(parsed.arena, n + 3);

    memcpy(source, text, n);
    memcpy(source + n, " \n", 3); /* not part of it */
    buf_init(&parsed.faults, BUF_UNLIMITED);
    parsed.tests = rctest_parse(parsed.arena, "t.rctest", span_make(source, n), &parsed.faults);
    return parsed;
}

static void release(struct parsed *parsed)
{
    buf_free(&parsed->faults);
    arena_free(parsed->arena);
}

static void check_text(const struct rctest_section *section, const char *text)
{
    cr_assert_not_null(section);
    cr_assert(span_eq_text(section->text, text), "got '%.*s'", (int)section->text.n, section->text.p);
}

Test(rctest_parser, sections_of_tests)
{
    struct parsed p = parse("comment\n=== one\nmore comment\n--- message\nFrom: a\n\nbody\n--- rc\n:0\nx/\n"
                            "=== two \n--- message no-newline\nlast");

    cr_assert_not_null(p.tests);
    cr_assert_str_eq(p.tests->title, "one");
    cr_assert_eq(p.tests->line, 2);
    check_text(rctest_find(p.tests, RCTEST_MESSAGE), "From: a\n\nbody\n");
    check_text(rctest_find(p.tests, RCTEST_RC), ":0\nx/\n");
    cr_assert_eq(rctest_find(p.tests, RCTEST_RC)->line, 8);
    cr_assert_str_eq(p.tests->next->title, "two");
    check_text(rctest_find(p.tests->next, RCTEST_MESSAGE), "last");
    cr_assert_null(p.tests->next->next);
    release(&p);
}

Test(rctest_parser, arguments_and_attributes)
{
    struct parsed p = parse("=== t\n--- message\n--- file \"a b\" mode=0640 age=7 no-newline\nx\n"
                            "--- dir d owner=12\n--- args as=deliver\nalice\n--- expect mode 0755 d\n"
                            "--- expect exit 73\n--- limit 5\n");
    const struct rctest_section *file, *mode;

    cr_assert_not_null(p.tests, "%s", p.faults.p);
    file = rctest_find(p.tests, RCTEST_FILE);
    cr_assert_str_eq(file->arg, "a b");
    cr_assert_eq(file->mode, 0640);
    cr_assert_eq(file->age, 7);
    check_text(file, "x");
    cr_assert_eq(rctest_find(p.tests, RCTEST_DIR)->owner, 12);
    cr_assert_str_eq(rctest_find(p.tests, RCTEST_ARGS)->as, "deliver");
    mode = rctest_find(p.tests, RCTEST_EXPECT_MODE);
    cr_assert_eq(mode->number, 0755);
    cr_assert_str_eq(mode->arg, "d");
    cr_assert_eq(rctest_find(p.tests, RCTEST_EXPECT_EXIT)->number, 73);
    cr_assert(rctest_expects(p.tests));
    release(&p);
}

Test(rctest_parser, escapes)
{
    struct parsed p = parse("=== t\n--- message escaped no-newline\na\\r\\n\\t\\\\\\x2d\\xFf\\\nb\n");

    cr_assert_not_null(p.tests, "%s", p.faults.p);
    check_text(rctest_find(p.tests, RCTEST_MESSAGE), "a\r\n\t\\-\xff"
                                                     "b");
    release(&p);
}

Test(rctest_parser, a_zero_byte_is_text)
{
    struct parsed p = parse("=== t\n--- message escaped\na\\0b\n");

    cr_assert_eq(rctest_find(p.tests, RCTEST_MESSAGE)->text.n, 4);
    cr_assert_eq(rctest_find(p.tests, RCTEST_MESSAGE)->text.p[1], '\0');
    release(&p);
}

/* A file of nothing else is read in no time. */
Test(rctest_parser, many_zero_bytes, .timeout = 10)
{
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE);
    struct arena *arena = arena_new();
    struct buf faults;
    struct rctest *test;

    memset(text, 0, SIZE);
    memcpy(text, "=== t\n--- message\n", 18);
    buf_init(&faults, BUF_UNLIMITED);
    test = rctest_parse(arena, "t", span_make(text, SIZE), &faults);
    cr_assert_not_null(test, "%s", faults.p);
    cr_expect_eq(rctest_find(test, RCTEST_MESSAGE)->text.n, SIZE - 18);
    buf_free(&faults);
    arena_free(arena);
    free(text);
}

Test(rctest_parser, common_sections_are_for_all_behind)
{
    struct parsed p = parse("=== first\n--- message\n1\n=== common\n--- message\nc\n--- file f\nF\n"
                            "=== own\n--- message\nown\n=== none\n--- file g\nG\n");
    struct rctest *own = p.tests->next, *none = own->next;

    cr_assert_str_eq(own->title, "own");
    cr_assert_null(rctest_find(p.tests, RCTEST_FILE));
    check_text(rctest_find(own, RCTEST_MESSAGE), "own\n");
    check_text(rctest_find(own, RCTEST_FILE), "F\n");
    check_text(rctest_find(none, RCTEST_MESSAGE), "c\n");
    check_text(rctest_find_next(rctest_find(none, RCTEST_FILE)), "G\n");
    release(&p);
}

Test(rctest_parser, faults_are_told_with_their_lines)
{
    static const struct {
        const char *text, *fault;
    } cases[] = {
        {"", "t.rctest:1:1: no test here"},
        {"=== t\n--- rc\n:0\nx\n", "t.rctest:1:5: test 't' has no section 'message'"},
        {"=== t\n--- message\n--- nonsense\n", "t.rctest:3:1: unknown section 'nonsense'"},
        {"=== t\n--- message\n--- expect\n", "t.rctest:3:1: unknown section 'expect'"},
        {"=== t\n--- message\n--- file\n", "t.rctest:3:1: section 'file' wants 1 word, not 0"},
        {"=== t\n--- message\n--- dir a b\n", "t.rctest:3:1: section 'dir' wants 1 word, not 2"},
        {"=== t\n--- message\n--- dir a\ntext\n", "t.rctest:3:1: section 'dir' has no text"},
        {"=== t\n--- message\n--- file a mode=9\n", "t.rctest:3:17: '9' is not an octal number"},
        {"=== t\n--- message\n--- file a mode=10000\n", "t.rctest:3:17: '10000' is more than 7777"},
        {"=== t\n--- message\n--- file a owner=-1\n", "t.rctest:3:18: '-1' is not a number"},
        {"=== t\n--- message\n--- file a age=99999999999999999999\n",
         "t.rctest:3:16: '99999999999999999999' is more than"},
        {"=== t\n--- message\n--- expect exit x\n", "t.rctest:3:17: 'x' is not a number"},
        {"=== t\n--- message\n--- expect exit 256\n", "t.rctest:3:17: '256' is more than 255"},
        {"=== t\n--- message\n--- stub a exit=256\n", "t.rctest:3:17: '256' is more than 255"},
        {"=== t\n--- message\n--- limit 0\n", "t.rctest:3:11: a limit is 1 second at least"},
        {"=== t\n--- message\n--- limit 86401\n", "t.rctest:3:11: '86401' is more than 86400"},
        {"=== t\n--- message escaped\na\n bc\\q\n", "t.rctest:4:4: bad escape in section 'message'"},
        {"=== \n--- message\n", "t.rctest:1:5: a test needs a title"},
        {"=== t\n--- message\n--- dir a\n  \nx", "t.rctest:3:1: section 'dir' has no text"},
        {"=== t\n--- message\n--- dir \"a b\n", "t.rctest:3:9: this quote is not closed"},
        {"=== t\n--- \n", "t.rctest:2:5: syntax error"},
        {"=== t\n--- message\n--- args escaped\na\\0b\n",
         "t.rctest:3:1: section 'args' cannot hold a NUL byte"},
        {"=== t\n--- message\n--- clock 2026-02-30T00:00:00Z\n",
         "t.rctest:3:11: '2026-02-30T00:00:00Z' is not a time"},
        {"=== t\n--- message\n--- clock 1969-01-01T00:00:00Z\n",
         "t.rctest:3:11: '1969-01-01T00:00:00Z' is not a time"},
        {"=== t\n--- message\n--- clock 20260-01-01T00:00:00Z\n",
         "t.rctest:3:11: '20260-01-01T00:00:00Z' is not a time"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct parsed p = parse(cases[i].text);

        cr_expect_null(p.tests, "case %zu", i);
        cr_expect(strstr(p.faults.p ? p.faults.p : "", cases[i].fault) == p.faults.p, "case %zu: %s", i,
                  p.faults.p ? p.faults.p : "nothing");
        release(&p);
    }
}

Test(rctest_parser, lines)
{
    struct span rest = span_of("a\n\nb"), line;

    cr_assert(rctest_next_line(&rest, &line) && span_eq_text(line, "a"));
    cr_assert(rctest_next_line(&rest, &line) && span_eq_text(line, ""));
    cr_assert(rctest_next_line(&rest, &line) && span_eq_text(line, "b"));
    cr_assert(!rctest_next_line(&rest, &line));
}

Test(rctest_parser, what_stubs_are_for)
{
    static const struct {
        const char *text, *fault;
    } cases[] = {
        {"=== t\n--- message\n--- expect command spamc\n",
         "t:3:20: 'spamc': there is no section 'stub' for this program\n"
         "     3 | --- expect command spamc\n"
         "       |                    ^~~~~\n"},
        {"=== t\n--- message\n--- stub a/b\n",
         "t:3:10: 'a/b' is not the plain name of a program\n     3 | --- stub a/b\n       |          ^~~\n"},
        {"=== t\n--- message\n--- stub a\n--- expect no-command ab\n",
         "t:4:23: 'ab': there is no section 'stub' for this program\n"
         "     4 | --- expect no-command ab\n"
         "       |                       ^~\n"},
        {"=== t\n--- message\n--- stub a\n--- expect command a b c\n", ""},
        {"=== t\n--- message\n--- clock 2026-01-31\n",
         "t:3:11: '2026-01-31' is not a time after 1970, such as 2026-01-31T12:00:00Z\n"
         "     3 | --- clock 2026-01-31\n"
         "       |           ^~~~~~~~~~\n"},
        {"=== t\n--- message\n--- expect count x m\n",
         "t:3:18: 'x' is not a number\n     3 | --- expect count x m\n       |                  ^\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new();
        struct buf faults;

        buf_init(&faults, BUF_UNLIMITED);
        buf_add_text(&faults, "");
        rctest_parse(arena, "t", span_of(cases[i].text), &faults);
        cr_expect(span_eq_text(buf_span(&faults), cases[i].fault), "%s", faults.n ? faults.p : "no fault");
        buf_free(&faults);
        arena_free(arena);
    }
}

Test(rctest_parser, zero_bytes_in_heads)
{
    static const char *const cases[] = {"=== t\n--- message\n--- file a|b\n",
                                        "=== t\n--- message\n--- file \"a|b\"\n",
                                        "=== t\n--- message\n--- fi|le a\n", "=== t\n--- mess|age\n"};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new();
        char text[64];
        size_t n = strlen(cases[i]);
        struct buf faults;

        memcpy(text, cases[i], n);
        text[strchr(cases[i], '|') - cases[i]] = '\0';
        buf_init(&faults, BUF_UNLIMITED);
        cr_expect_null(rctest_parse(arena, "t", span_make(text, n), &faults), "case %zu", i);
        cr_expect_not_null(strstr(faults.p, "t:"), "case %zu: %s", i, faults.p);
        buf_free(&faults);
        arena_free(arena);
    }
}

Test(rctest_parser, no_end_of_faults_is_shown)
{
    struct buf text;
    struct parsed p;
    unsigned told = 0;

    buf_init(&text, BUF_UNLIMITED);
    buf_add_text(&text, "=== t\n--- message\n");
    for (int i = 0; i < 1000; i++)
        buf_add_text(&text, "--- x\n");
    p = parse(text.p);
    cr_expect_null(p.tests);
    for (const char *at = p.faults.p; (at = strstr(at, "unknown section")); at++)
        told++;
    cr_expect_eq(told, 50);
    cr_expect_not_null(strstr(p.faults.p, "t.rctest: there are more faults\n"));
    release(&p);
    buf_free(&text);
}

Test(rctest_parser, lines_of_escaped_texts)
{
    struct span text = span_of("a\\n\\\nb\\x0ac\nd\\\\\n\\\n\\\ne");

    cr_expect_eq(escape_line(text, 1), 1);
    cr_expect_eq(escape_line(text, 2), 1); /* joined with the next, but begun here */
    cr_expect_eq(escape_line(text, 3), 2);
    cr_expect_eq(escape_line(text, 4), 3);
    cr_expect_eq(escape_line(text, 5), 4);
}
