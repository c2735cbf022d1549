#include "rctest/report.h"

#include <string.h>

#include "base/escape.h"
#include "base/excerpt.h"

void report_tap_begin(FILE *to, size_t count)
{
    fprintf(to, "TAP version 13\n1..%zu\n", count);
}

static void print_line(FILE *to, struct span line)
{
    struct buf harmless;

    buf_init(&harmless, BUF_UNLIMITED);
    excerpt_line(&harmless, line);
    fwrite(harmless.p, 1, harmless.n, to);
    buf_free(&harmless);
}

static void print_lines(FILE *to, struct span text)
{
    struct span line;

    while (rctest_next_line(&text, &line)) {
        fputs("#   ", to);
        print_line(to, line);
        putc('\n', to);
    }
}

/* A `#` begins a directive, such as SKIP. */
static void print_description(FILE *to, const char *text)
{
    size_t n = strcspn(text, "#\\");

    for (; text[n]; n = strcspn(text, "#\\")) {
        print_line(to, span_make(text, n));
        fprintf(to, "\\%c", text[n]);
        text += n + 1;
    }
    print_line(to, span_of(text));
}

void report_tap(FILE *to, const struct report_line *line)
{
    fprintf(to, "%s %zu - ", line->verdict == VERDICT_FAILED ? "not ok" : "ok", line->number);
    print_description(to, line->test->file);
    fputs(": ", to);
    print_description(to, line->test->title);
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

/* XML takes what html_text() writes, but in attributes a tab is a blank. */
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

static void totals(FILE *to, const struct report_sum *sum)
{
    fprintf(to, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"%.3f\">\n", sum->tests,
            sum->failed, sum->skipped, sum->seconds);
}

void report_junit_begin(FILE *to, const struct report_sum *sum)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", to);
    totals(to, sum);
    fputs("<testsuite name=\"mailweir-test\"", to);
    totals(to, sum);
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
