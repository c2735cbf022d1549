#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "base/io.h"
#include "trace/log.h"
#include "trace/words.h"

static const struct {
    struct trace_event event;
    const char *line;
} cases[] = {
    {{.kind = TRACE_ASSIGNING, .text = {"A=b", 3}}, "Assigning \"A=b\"\n"},
    {{.kind = TRACE_CONDITION, .text = {"^x", 2}, .matched = true}, "Match on \"^x\"\n"},
    {{.kind = TRACE_CONDITION, .text = {"^x", 2}, .negated = true}, "No match on ! \"^x\"\n"},
    {{.kind = TRACE_SCORE, .text = {"^x", 2}, .number = 3, .total = -12}, "Score:       3     -12 \"^x\"\n"},
    {{.kind = TRACE_SCORE, .text = {"^x", 2}, .fraction = true}, "Score:       0      +0 \"^x\"\n"},
    {{.kind = TRACE_PROGRAM_FAILURE, .text = {"a", 1}, .number = -15}, "Program failure (-15) of \"a\"\n"},
    {{.kind = TRACE_EXTRANEOUS, .text = {"copy-flag", 9}}, "Extraneous copy-flag ignored\n"},
    {{.kind = TRACE_STRAY_BRACE}, "Closing brace unexpected\n"},
    {{.kind = TRACE_TRUNCATING_LOCK, .text = {"l", 1}}, "Truncating \"l\"\n and retrying lock\n"},
};

Test(words, are_those_of_3_22)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b;

        buf_init(&b, BUF_UNLIMITED);
        words_print(&cases[i].event, &b);
        cr_expect_str_eq(b.p, cases[i].line, "got %s", b.p);
        buf_free(&b);
    }
}

Test(log, holds_back_what_is_verbose_and_nothing_else)
{
    struct trace trace = {0};
    struct trace_log log;
    char got[256] = "";
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    trace_log_init(&log, ends[1]);
    trace_add_reader(&trace, &log.reader);
    trace_say_text(&trace, TRACE_ASSIGNING, "A=b");
    trace_say_text(&trace, TRACE_TEXT, "begin ");
    cr_assert_eq(io_read(ends[0], got, 6), 6); /* a program that logs now comes behind it */
    trace_say_text(&trace, TRACE_SKIPPED, "x");
    trace_say_text(&trace, TRACE_TEXT, "end");
    trace_log_free(&log);
    close(ends[1]);
    cr_assert(io_read(ends[0], got + 6, sizeof got - 7) > 0);
    cr_assert_str_eq(got, "begin procmail: Skipped \"x\"\nend");
}

Test(log, dates_itself_when_verbose)
{
    struct trace trace = {0};
    struct trace_log log;
    char got[512] = "";
    int ends[2];
    long pid;

    cr_assert_eq(pipe(ends), 0);
    trace_log_init(&log, ends[1]);
    log.verbose = true;
    trace_add_reader(&trace, &log.reader);
    trace_say_text(&trace, TRACE_ASSIGNING, "A=b");
    trace_log_free(&log);
    close(ends[1]);
    cr_assert(io_read(ends[0], got, sizeof got - 1) > 0);
    cr_assert_eq(sscanf(got, "procmail: [%ld] ", &pid), 1);
    cr_assert_eq(pid, getpid());
    cr_assert_not_null(strstr(got, "\nprocmail: Assigning \"A=b\"\n"));
}
