#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stat/reader.h"

static struct buf seen; /* a line for each entry */

static void note(void *ctx, const struct stat_entry *entry)
{
    (void)ctx;
    buf_add_byte(&seen, entry->fault ? '!' : entry->bare ? '.' : '+');
    buf_add_span(&seen, entry->name);
    if (!entry->fault)
        buf_printf(&seen, "|%lld", (long long)entry->size);
    if (entry->day != STAT_UNDATED)
        buf_printf(&seen, "|%d", entry->day);
    buf_add_byte(&seen, '\n');
}

/* What is told of the log, given in pieces of that size. */
static const char *entries(struct span log, size_t piece, bool merge)
{
    struct stat_reader reader;

    buf_free(&seen);
    buf_init(&seen, BUF_UNLIMITED);
    stat_reader_init(&reader, note, NULL);
    reader.merge_faults = merge;
    for (size_t at = 0; at < log.n; at += piece)
        stat_reader_feed(&reader, span_make(log.p + at, log.n - at < piece ? log.n - at : piece));
    stat_reader_end(&reader);
    return seen.p;
}

static const char *of(const char *log)
{
    return entries(span_of(log), 4096, false);
}

Test(reader, three_lines_are_one_delivery)
{
    static const char log[] = "From a@b.org Mon Nov 24 05:14:00 2025\n"
                              " Subject: tea\n"
                              "  Folder: inbox\t\t\t\t\t\t\t    500\n";

    cr_assert_str_eq(of(log), "+inbox|500|20416\n");
    for (size_t piece = 1; piece < sizeof log; piece++)
        cr_assert_str_eq(entries(span_of(log), piece, false), "+inbox|500|20416\n", "in pieces of %zu",
                         piece);
}

Test(reader, a_date_is_for_one_delivery)
{
    cr_assert_str_eq(of("From a Thu Jan  1 00:00:00 1970\n  Folder: x\t1\n  Folder: x\t2\n"),
                     "+x|1|0\n+x|2\n");
    cr_assert_str_eq(of("From a Thu Jan  1 00:00:00 1970\nFrom b\n  Folder: x\t1\n"), "+x|1\n");
}

Test(reader, names_of_files_are_left_out)
{
    cr_assert_str_eq(of("  Folder: mh/12\t1\n"), "+mh/.|1\n");
    cr_assert_str_eq(of("  Folder: md/new/12.3_4.host:2,S\t\t1\n"), "+md/|1\n");
    cr_assert_str_eq(of("  Folder: d/msg.Xy_-\t1\n"), "+d/|1\n");
    cr_assert_str_eq(of("  Folder: d/msg.\t1\n"), "+d/msg.|1\n");
    cr_assert_str_eq(of("  Folder: mh/12 \t1\n"), "+mh/12 |1\n");
    cr_assert_str_eq(of("  Folder: 1/2/3\t1\n"), "+1/2/.|1\n");
    cr_assert_str_eq(of("  Folder: a/msg.b/msg.c\t1\n"), "+a/msg.b/|1\n");
    cr_assert_str_eq(of("  Folder: mh/12\n"), ".mh/12|0\n");
}

Test(reader, sizes)
{
    cr_assert_str_eq(of("  Folder: x\t-5\n"), "+x|-5\n");
    cr_assert_str_eq(of("  Folder: x\t +5z\n"), "+x|5\n");
    cr_assert_str_eq(of("  Folder: x\t\v\f\r 5\n"), "+x|5\n");
    cr_assert_str_eq(of("  Folder: x\tz\n"), "+x|0\n");
    cr_assert_str_eq(of("  Folder: x\t\n"), "+x|0\n");
    cr_assert_str_eq(of("  Folder: x\t99999999999999999999\n"), "+x|9223372036854775807\n");
    cr_assert_str_eq(of("  Folder: x\t-99999999999999999999\n"), "+x|-9223372036854775808\n");
    cr_assert_str_eq(of("  Folder: x\t1\t2\n"), "+x|1\n");
}

Test(reader, what_is_no_abstract_is_a_fault)
{
    cr_assert_str_eq(of("a\tb\n"), "! ## a\\tb\n");
    cr_assert_str_eq(of("\n"), "! ## \n");
    cr_assert_str_eq(of("  Folders\n"), "! ##   Folders\n");
    cr_assert_str_eq(of("  Folders\t\t1\n"), "+  Folders|1\n");
    cr_assert_str_eq(of("no newline"), "! ## no newline\n");
    cr_assert_str_eq(of("  Folder: "), "");
    cr_assert_str_eq(of("  Folder: \n"), ".|0\n");
    cr_assert_str_eq(of(" sUbJect: x\nFrom \n"), "");
    cr_assert_str_eq(entries(span_of("a\tb\nc\n"), 9, true),
                     "! ## diagnostic messages ##\n! ## diagnostic messages ##\n");
}

Test(reader, nuls_are_bytes)
{
    static const char log[] = "  Folder: a\0b\t1\nx\0y\n";

    entries(span_make(log, sizeof log - 1), 3, false);
    cr_assert_eq(seen.n, strlen("+a_b|1\n! ## x_y\n"));
    cr_assert_eq(memcmp(seen.p, "+a\0b|1\n! ## x\0y\n", seen.n), 0);
}

Test(reader, a_line_has_a_megabyte_at_most)
{
    size_t n = 5 << 20;
    char *log = malloc(n + 20);

    memset(log, 'x', n);
    memcpy(log + n, "\n  Folder: y\t7\n", 16);
    entries(span_make(log, n + 15), 65536, false);
    cr_assert_eq(seen.n, 1 + 4 + (1 << 20) + 1 + strlen("+y|7\n"));
    cr_assert_str_eq(seen.p + seen.n - 6, "\n+y|7\n");
    free(log);
}

Test(reader, dates)
{
    static const struct {
        const char *line;
        int day;
    } dates[] = {
        {"From a@b Thu Jan  1 00:00:00 1970", 0},
        {"From a@b Thu Jan 1 00:00 1970", 0},
        {"From a@b Thu Jan 01 23:59:59 1970\r", 0},
        {"From a@b Mon Nov 24 05:14:00 MET 2025", 20416},
        {"From a@b Mon Nov 24 05:14:00 2025 +0100", 20416},
        {"From a@b Mon Nov 24 05:14:00 2025 remote from x", STAT_UNDATED},
        {"From Jan 1 0:0 1970 Mon Nov 24 05:14:00 2025", 20416},
        {"From a@b Thu Feb 29 00:00:00 2024", 19782},
        {"From a@b Thu Jan 32 00:00:00 1970", STAT_UNDATED},
        {"From a@b Thu Jan  1 00:00:00 1969", STAT_UNDATED},
        {"From a@b Thu Jan  1 00:00:00 99999", STAT_UNDATED},
        {"From a@b Thu Jab  1 00:00:00 1970", STAT_UNDATED},
        {"From a@b Thu Jan  1 000000 1970", STAT_UNDATED},
        {"From a@b", STAT_UNDATED},
        {"From ", STAT_UNDATED},
        {"", STAT_UNDATED},
    };

    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        cr_assert_eq(stat_day_of(span_of(dates[i].line)), dates[i].day, "%s: %d", dates[i].line,
                     stat_day_of(span_of(dates[i].line)));
}
