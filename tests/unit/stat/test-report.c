#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stat/report.h"

static void add(void *ctx, const struct stat_entry *entry)
{
    tally_add(ctx, entry);
}

/* The report of a log, to be freed. */
static char *report(const char *log, size_t n, void (*print)(struct tally *, const char *, FILE *),
                    const char *name)
{
    struct tally *tally = tally_new();
    struct stat_reader reader;
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);

    stat_reader_init(&reader, add, tally);
    stat_reader_feed(&reader, span_make(log, n));
    stat_reader_end(&reader);
    print(tally, name, to);
    fclose(to);
    tally_free(tally);
    return text;
}

#define REPORT(log, print, name) report(log, sizeof(log) - 1, print, name)

Test(report, json)
{
    char *text = REPORT("From a Thu Jan  1 00:00:00 1970\n  Folder: a\t5\n"
                        "From a Fri Jan  2 00:00:00 1970\n  Folder: a\t6\n"
                        "  Folder: b\"\\\t7\nfault\n",
                        report_json, "log");

    cr_assert_str_eq(text, "{\n"
                           "  \"format\": 1,\n"
                           "  \"log\": \"log\",\n"
                           "  \"messages\": 3,\n"
                           "  \"bytes\": 18,\n"
                           "  \"fault_lines\": 1,\n"
                           "  \"days_each\": 1,\n"
                           "  \"folders\": [\n"
                           "    {\"folder\": \"a\", \"messages\": 2, \"bytes\": 11, \"days\": ["
                           "{\"date\": \"1970-01-01\", \"messages\": 1, \"bytes\": 5}, "
                           "{\"date\": \"1970-01-02\", \"messages\": 1, \"bytes\": 6}]},\n"
                           "    {\"folder\": \"b\\\"\\\\\", \"messages\": 1, \"bytes\": 7, \"days\": []}\n"
                           "  ],\n"
                           "  \"faults\": [\n"
                           "    {\"text\": \"fault\", \"lines\": 1}\n"
                           "  ]\n"
                           "}\n");
    free(text);
}

Test(report, json_of_bytes_that_are_no_text)
{
    static const struct {
        const char *name, *json;
    } names[] = {
        {"\xc3\xa4", "\xc3\xa4"},
        {"\xf0\x9f\x93\xac", "\xf0\x9f\x93\xac"},
        {"\xff", "\\ufffd"},
        {"\xc3", "\\ufffd"},
        {"\xc0\xaf", "\\ufffd\\ufffd"},                       /* too long */
        {"\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd"},            /* half of a pair */
        {"\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"}, /* beyond Unicode */
        {"\x1b\x7f\r", "\\u001b\\u007f\\u000d"},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char log[100], wanted[200];
        char *text;

        snprintf(log, sizeof log, "  Folder: %s\t1\n", names[i].name);
        snprintf(wanted, sizeof wanted, "{\"folder\": \"%s\", ", names[i].json);
        text = report(log, strlen(log), report_json, NULL);
        cr_assert_not_null(strstr(text, wanted), "%zu: %s", i, text);
        cr_assert_not_null(strstr(text, "\"log\": null"));
        free(text);
    }
}

/* How often the text is in it. */
static int count_of(const char *text, const char *what)
{
    int n = 0;

    while ((text = strstr(text, what))) {
        text += strlen(what);
        n++;
    }
    return n;
}

Test(report, html_escapes_what_strangers_wrote)
{
    char *text = REPORT("From a Thu Jan  1 00:00:00 1970\n  Folder: <script>&\"'\x01\t5\n"
                        "<img src=x onerror=alert(1)>\0\xff\n",
                        report_html, "<log>");

    cr_assert_null(strstr(text, "<script"));
    cr_assert_null(strstr(text, "<img"));
    cr_assert_null(strstr(text, "<log>"));
    cr_assert_not_null(strstr(text, "&lt;script&gt;&amp;&quot;&#39;&#xfffd;"));
    cr_assert_not_null(strstr(text, "&lt;img src=x onerror=alert(1)&gt;&#xfffd;&#xfffd;"));
    cr_assert_null(strstr(text, "://"), "something is loaded");
    cr_assert_eq(count_of(text, "<svg viewBox=\"0 0 754 222\""), 2);
    cr_assert_eq(count_of(text, "role=\"img\""), 2);
    free(text);
}

Test(report, html_of_nothing)
{
    char *text = REPORT("", report_html, NULL);

    cr_assert_not_null(strstr(text, "No mail."));
    cr_assert_null(strstr(text, "<svg"));
    free(text);
}

Test(report, charts_have_at_most_sixty_columns_and_nine_parts)
{
    struct tally *tally = tally_new();
    char *text = NULL, name[20];
    size_t size;
    FILE *to = open_memstream(&text, &size);

    for (int i = 0; i < 40000; i++) {
        struct stat_entry entry = {.size = i, .day = i % 20000};

        snprintf(name, sizeof name, "folder %d", i % 20);
        entry.name = span_of(name);
        tally_add(tally, &entry);
    }
    report_html(tally, "log", to);
    fclose(to);
    cr_assert_leq(count_of(text, "<rect class="), 2 * 60 * 9 + 9);
    cr_assert_geq(count_of(text, "<rect class="), 2 * 50 * 9);
    cr_assert_not_null(strstr(text, "other folders"));
    tally_free(tally);
    free(text);
}
