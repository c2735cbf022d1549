#include <criterion/criterion.h>

#include <stdlib.h>
#include <unistd.h>

#include "rctest/counted.h"
#include "rctest/coverage.h"

/* What comes of these events (counted.h) for the tests in the text, which is one file `t`. */
static char *report(const char *text, const char *events, void (*print)(const struct coverage *, FILE *))
{
    struct arena *arena = arena_new();
    struct buf faults;
    struct rctest *list, *tests[8];
    struct coverage coverage;
    struct err err;
    size_t count = 0, n;
    char *result;
    int fd;
    FILE *counts = counted_open(&fd), *to = open_memstream(&result, &n);

    buf_init(&faults, BUF_UNLIMITED);
    list = rctest_parse(arena, "t", span_of(text), &faults);
    cr_assert_not_null(list, "%s", faults.p);
    for (; list; list = list->next)
        tests[count++] = list;
    cr_assert_eq(write(fd, events, strlen(events)), (ssize_t)strlen(events));
    cr_assert_eq(coverage_read(&coverage, tests, count, fd, &err), 0);
    print(&coverage, to);
    fclose(to);
    coverage_free(&coverage);
    fclose(counts);
    buf_free(&faults);
    arena_free(arena);
    return result;
}

static void check(const char *text, const char *events, const char *wanted)
{
    char *got = report(text, events, coverage_text);

    cr_expect_str_eq(got, wanted);
    free(got);
}

static const char plain[] = "=== a\n--- message\n--- rc\n:0\n* a\n* b\n{\n  :0 E\n  x\n}\n:0\ny\n";

Test(rctest_coverage, what_was_seen_of_each_point)
{
    check(plain, "", /* nothing */
          "t:4: recipe reached 0, taken 0\nt:5:   condition reached 0, held 0\n"
          "t:6:   condition reached 0, held 0\nt:8: recipe reached 0, taken 0\nt:11: recipe reached 0, taken "
          "0\n"
          "t:4: recipe never reached\nt:5: condition never reached\nt:6: condition never reached\n"
          "t:8: recipe never reached\nt:11: recipe never reached\n"
          "t:3: 0 of 3 recipes taken, 0 of 2 conditions held, 0%\n");
    check(plain,
          "R\t1\t2\t3\tt\nY\t2\t3\t3\tt\nN\t3\t3\t3\tt\nR\t8\t2\t3\tt\nT\t8\t2\t3\tt\n" /* one message */
          "R\t1\t2\t3\tt\nN\t2\t3\t3\tt\nR\t8\t2\t3\tt\nT\t8\t2\t3\tt\n"                /* another */
          "Y\t9\t3\t3\tt\nR\t1\t2\t4\tt\nR\t1\t2\t3\tu\nrubbish\n",                     /* of nothing here */
          "t:4: recipe reached 2, taken 0\nt:5:   condition reached 2, held 1\n"
          "t:6:   condition reached 1, held 0\nt:8: recipe reached 0, taken 0\nt:11: recipe reached 2, taken "
          "2\n"
          "t:4: recipe never taken\nt:6: condition never held\nt:8: recipe never reached\n"
          "t:3: 1 of 3 recipes taken, 1 of 2 conditions held, 40%\n");
}

Test(rctest_coverage, a_condition_is_to_be_seen_from_both_sides)
{
    check("=== a\n--- message\n--- rc\n:0\n* a\nx\n", "R\t1\t2\t3\tt\nY\t2\t3\t3\tt\nT\t1\t2\t3\tt\n",
          "t:4: recipe reached 1, taken 1\nt:5:   condition reached 1, held 1\n"
          "t:5: condition never failed\nt:3: 1 of 1 recipes taken, 1 of 1 conditions held, 100%\n");
}

Test(rctest_coverage, lines_are_those_of_the_file_where_texts_have_escapes)
{
    check("=== a\n--- message\n--- rc escaped\n:0\\n* a\\\nb\nx\n:0\ny\n",
          "R\t1\t2\t3\tt\nN\t2\t3\t3\tt\nR\t4\t2\t3\tt\nT\t4\t2\t3\tt\n",
          "t:4: recipe reached 1, taken 0\nt:4:   condition reached 1, held 0\n"
          "t:7: recipe reached 1, taken 1\nt:4: recipe never taken\nt:4: condition never held\n"
          "t:3: 1 of 2 recipes taken, 0 of 1 conditions held, 33%\n");
}

Test(rctest_coverage, rcs_of_several_tests_and_what_they_include)
{
    static const char text[] = "=== common\n--- message\n--- rc\nINCLUDERC=f\n:0\nx\n--- file f\n:0\ny\n"
                               "=== one\n=== two\n--- rc\n:0\nz\n=== three\n--- file unused\n:0\nz\n";

    check(text, "R\t2\t2\t3\tt\nT\t2\t2\t3\tt\nR\t2\t2\t3\tt\n",
          "t:5: recipe reached 2, taken 1\nt:3: 1 of 1 recipes taken, 0 of 0 conditions held, 100%\n"
          "t:13: recipe reached 0, taken 0\nt:13: recipe never reached\n"
          "t:12: 0 of 1 recipes taken, 0 of 0 conditions held, 0%\n");
    check(text, "R\t1\t2\t7\tt\nR\t1\t2\t12\tt\n",
          "t:5: recipe reached 0, taken 0\nt:5: recipe never reached\n"
          "t:3: 0 of 1 recipes taken, 0 of 0 conditions held, 0%\n"
          "t:13: recipe reached 1, taken 0\nt:13: recipe never taken\n"
          "t:12: 0 of 1 recipes taken, 0 of 0 conditions held, 0%\n"
          "t:8: recipe reached 1, taken 0\nt:8: recipe never taken\n"
          "t:7: 0 of 1 recipes taken, 0 of 0 conditions held, 0%\n");
}

Test(rctest_coverage, the_page_marks_lines)
{
    static const char *const wanted[] = {
        "<tr class=bad title=\"never taken\"><td>4<td>0/2<td>:0</tr>\n",
        "<tr class=good><td>5<td>1/2<td>* a</tr>\n",
        "<tr class=half title=\"never failed\"><td>6<td>1/1<td>* &lt;b</tr>\n",
        "<tr class=bad title=\"never reached\"><td>8<td>never<td>:0 B</tr>\n",
        "<tr><td>7<td><td>x</tr>\n",
        "<p>0 of 2 recipes taken, 2 of 2 conditions held: 50%\n",
    };
    char *got =
        report("=== a\n--- message\n--- rc\n:0\n* a\n* <b\nx\n:0 B\ny\n",
               "R\t1\t2\t3\tt\nR\t1\t2\t3\tt\nY\t2\t3\t3\tt\nN\t2\t3\t3\tt\nY\t3\t3\t3\tt\n", coverage_html);

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        cr_expect_not_null(strstr(got, wanted[i]), "no %s in\n%s", wanted[i], got);
    free(got);
}
