#include <criterion/criterion.h>

#include <stdlib.h>

#include "rctest/report.h"

static char *junit(const char *title, enum verdict verdict, const char *text)
{
    struct rctest test = {.file = "a&b", .title = title, .line = 7};
    struct report_line line = {&test, 1, verdict, span_of(text), 0.25};
    char *result;
    size_t n;
    FILE *to = open_memstream(&result, &n);

    report_junit(to, &line);
    fclose(to);
    return result;
}

Test(rctest_report, junit)
{
    static const struct {
        const char *title;
        enum verdict verdict;
        const char *text, *wanted;
    } cases[] = {
        {"t", VERDICT_OK, "run 2 was good\n",
         "  <testcase classname=\"a&amp;b\" name=\"t\" file=\"a&amp;b\" line=\"7\" time=\"0.250\">\n  "
         "</testcase>\n"},
        {"\x1b[0m\t\xc2\x85\xef\xbf\xbe\xef\xbf\xbd\xed\xa0\x80", VERDICT_OK, "",
         "  <testcase classname=\"a&amp;b\" "
         "name=\"&#xfffd;[0m\t&#xfffd;&#xfffd;\xef\xbf\xbd&#xfffd;&#xfffd;&#xfffd;\" "
         "file=\"a&amp;b\" line=\"7\" time=\"0.250\">\n  </testcase>\n"},
        {"a \"<\x01\xff", VERDICT_FAILED, "is <not>\nthere\n",
         "  <testcase classname=\"a&amp;b\" name=\"a &quot;&lt;&#xfffd;&#xfffd;\" file=\"a&amp;b\" "
         "line=\"7\" "
         "time=\"0.250\">\n    <failure message=\"not as expected\">is &lt;not&gt;\nthere\n</failure>\n  "
         "</testcase>\n"},
        {"t", VERDICT_SKIPPED, "needs root",
         "  <testcase classname=\"a&amp;b\" name=\"t\" file=\"a&amp;b\" line=\"7\" time=\"0.250\">\n"
         "    <skipped message=\"not run\">needs root\n</skipped>\n  </testcase>\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *got = junit(cases[i].title, cases[i].verdict, cases[i].text);

        cr_expect_str_eq(got, cases[i].wanted);
        free(got);
    }
}

static char *tap(const char *title, enum verdict verdict, const char *text)
{
    struct rctest test = {.file = "f#1", .title = title, .line = 7};
    struct report_line line = {&test, 3, verdict, span_of(text), 0.25};
    char *result;
    size_t n;
    FILE *to = open_memstream(&result, &n);

    report_tap(to, &line);
    fclose(to);
    return result;
}

Test(rctest_report, tap)
{
    static const struct {
        const char *title;
        enum verdict verdict;
        const char *text, *wanted;
    } cases[] = {
        {"t", VERDICT_OK, "run 2 was good\n", "ok 3 - f\\#1: t\n#   run 2 was good\n"},
        {"all # TODO \\ or\x1bso", VERDICT_OK, "", "ok 3 - f\\#1: all \\# TODO \\\\ or?so\n"},
        {"t", VERDICT_SKIPPED, "needs root", "ok 3 - f\\#1: t # SKIP needs root\n"},
        {"t", VERDICT_FAILED, "a\x1b[2J\nok 4 - b",
         "not ok 3 - f\\#1: t\n#   f#1:7\n#   a?[2J\n#   ok 4 - b\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *got = tap(cases[i].title, cases[i].verdict, cases[i].text);

        cr_expect_str_eq(got, cases[i].wanted);
        free(got);
    }
}
