/*
 * Files of recipe tests, and what compares and shows texts for them.
 *
 * Input: a file of tests; for the comparison it is cut at its first form feed.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "rctest/difference.h"
#include "rctest/escape.h"
#include "rctest/normal.h"
#include "rctest/rctest.h"

static size_t count_lines(struct span text)
{
    size_t lines = 0;

    for (size_t i = 0; i < text.n; i++)
        lines += text.p[i] == '\n';
    return lines + (text.n > 0 && text.p[text.n - 1] != '\n');
}

static void check_section(const struct rctest_section *section, unsigned lines)
{
    struct span left = section->text, line;
    size_t n = 0;

    CHECK(section->name != NULL);
    CHECK(section->line > 0 && section->line <= lines);
    while (rctest_next_line(&left, &line)) {
        CHECK(line.n <= section->text.n && !span_find_byte(line, '\n'));
        n++;
    }
    CHECK(n == count_lines(section->text));
}

static void check_tests(const struct rctest *tests, unsigned lines)
{
    for (const struct rctest *test = tests; test; test = test->next) {
        CHECK(test->title && *test->title && strcmp(test->title, "common"));
        CHECK(test->line > 0 && test->line <= lines);
        CHECK(rctest_find(test, RCTEST_MESSAGE) != NULL);
        for (const struct rctest_section *s = test->sections; s; s = s->next)
            check_section(s, lines);
        rctest_expects(test);
    }
}

static void check_parsing(struct span file)
{
    struct arena *arena = arena_new();
    struct buf faults;
    const struct rctest *tests;

    buf_init(&faults, BUF_UNLIMITED);
    tests = rctest_parse(arena, "file", file, &faults);
    CHECK(!tests == (faults.n > 0));
    CHECK(faults.n == 0 || faults.p[faults.n - 1] == '\n');
    check_tests(tests, (unsigned)count_lines(file) + 1);
    buf_free(&faults);
    arena_free(arena);
}

/* What is printed with escapes is read back as it was, and fits a line. */
static void check_escapes(struct span text)
{
    struct arena *arena = arena_new();
    const char *wrong;
    struct buf printed;
    struct span back;

    buf_init(&printed, BUF_UNLIMITED);
    escape_print(&printed, text);
    for (size_t i = 0; i < printed.n; i++)
        CHECK(printed.p[i] >= ' ' && printed.p[i] <= '~');
    CHECK(escape_undo(arena, buf_span(&printed), &back, &wrong) == 0);
    CHECK(span_eq(back, text));
    escape_undo(arena, text, &back, &wrong);
    buf_free(&printed);
    arena_free(arena);
}

static void check_comparing(struct span a, struct span b)
{
    struct arena *arena = arena_new();
    struct rctest test = {0};
    struct normal normal = {.sandbox = "/s", .test = &test, .began = 0, .ended = 1};
    struct buf shown;

    buf_init(&shown, BUF_UNLIMITED);
    difference_print(&shown, a, b);
    CHECK((shown.n == 0) == span_eq(a, b));
    buf_free(&shown);
    normal_text(&normal, arena, a);
    normal_log(&normal, arena, b, true);
    normal_is_log(b);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span file = {(const char *)data, size}, rest = file, first = fuzz_part(&rest);

    check_parsing(file);
    check_escapes(file);
    check_comparing(first, rest);
    return 0;
}
