#include <criterion/criterion.h>

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
        {"", "t.rctest:1: no test here"},
        {"=== t\n--- rc\n:0\nx\n", "t.rctest:1: test 't' has no section 'message'"},
        {"=== t\n--- message\n--- nonsense\n", "t.rctest:3: unknown section 'nonsense'"},
        {"=== t\n--- message\n--- expect\n", "t.rctest:3: unknown section 'expect'"},
        {"=== t\n--- message\n--- file\n", "t.rctest:3: section 'file' wants 1 word, not 0"},
        {"=== t\n--- message\n--- dir a b\n", "t.rctest:3: section 'dir' wants 1 word, not 2"},
        {"=== t\n--- message\n--- dir a\ntext\n", "t.rctest:3: section 'dir' has no text"},
        {"=== t\n--- message\n--- file a mode=9\n", "t.rctest:3: '9' is not an octal number"},
        {"=== t\n--- message\n--- expect exit x\n", "t.rctest:3: 'x' is not a number"},
        {"=== t\n--- message escaped\na\\q\n", "t.rctest:2: bad escape in section 'message'"},
        {"=== \n--- message\n", "t.rctest:1: a test needs a title"},
        {"=== t\n--- message\n--- dir a\n  \nx", "t.rctest:3: section 'dir' has no text"},
        {"=== t\n--- \n", "t.rctest:"},
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
         "t:3: 'spamc': there is no section 'stub' for this program\n"},
        {"=== t\n--- message\n--- stub a/b\n", "t:3: 'a/b' is not the plain name of a program\n"},
        {"=== t\n--- message\n--- stub a\n--- expect no-command ab\n",
         "t:4: 'ab': there is no section 'stub' for this program\n"},
        {"=== t\n--- message\n--- stub a\n--- expect command a b c\n", ""},
        {"=== t\n--- message\n--- clock 2026-01-31\n",
         "t:3: '2026-01-31' is not a time, such as 2026-01-31T12:00:00Z\n"},
        {"=== t\n--- message\n--- expect count x m\n", "t:3: 'x' is not a number\n"},
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
