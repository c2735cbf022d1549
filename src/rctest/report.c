#include "rctest/report.h"

#include "base/escape.h"

void report_tap_begin(FILE *to, size_t count)
{
    fprintf(to, "TAP version 13\n1..%zu\n", count);
}

static void print_lines(FILE *to, struct span text)
{
    struct span line;

    while (rctest_next_line(&text, &line))
        fprintf(to, "#   %.*s\n", (int)line.n, line.p);
}

void report_tap(FILE *to, const struct report_line *line)
{
    fprintf(to, "%s %zu - %s: %s", line->verdict == VERDICT_FAILED ? "not ok" : "ok", line->number,
            line->test->file, line->test->title);
    if (line->verdict == VERDICT_SKIPPED)
        fprintf(to, " # SKIP %.*s", (int)line->text.n, line->text.p);
    fputc('\n', to);
    if (line->verdict == VERDICT_FAILED)
        fprintf(to, "#   %s:%u\n", line->test->file, line->test->line);
    if (line->verdict != VERDICT_SKIPPED)
        print_lines(to, line->text);
}

void report_tap_end(FILE *to, size_t count, size_t failed)
{
    if (failed)
        fprintf(to, "# %zu of %zu tests failed\n", failed, count);
}

/* XML takes what HTML takes, but in attributes a tab or a newline is a blank, and U+FFFE and
 * U+FFFF are no characters at all: reports hold neither, since they show bytes as escapes. */
static void attribute(FILE *to, const char *name, const char *value)
{
    fprintf(to, " %s=\"", name);
    html_text(span_of(value), to);
    fputc('"', to);
}

static void element(FILE *to, const char *name, const char *message, struct span text)
{
    struct span line;

    fprintf(to, "    <%s", name);
    attribute(to, "message", message);
    fputc('>', to);
    while (rctest_next_line(&text, &line)) {
        html_text(line, to);
        fputc('\n', to);
    }
    fprintf(to, "</%s>\n", name);
}

void report_junit_begin(FILE *to)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"mailweir-test\">\n",
          to);
}

void report_junit(FILE *to, const struct report_line *line)
{
    fputs("  <testcase", to);
    attribute(to, "classname", line->test->file);
    attribute(to, "name", line->test->title);
    attribute(to, "file", line->test->file);
    fprintf(to, " line=\"%u\" time=\"%.3f\">\n", line->test->line, line->seconds);
    if (line->verdict == VERDICT_FAILED)
        element(to, "failure", "not as expected", line->text);
    else if (line->verdict == VERDICT_SKIPPED)
        element(to, "skipped", "not run", line->text);
    fputs("  </testcase>\n", to);
}

void report_junit_end(FILE *to)
{
    fputs("</testsuite>\n</testsuites>\n", to);
}
