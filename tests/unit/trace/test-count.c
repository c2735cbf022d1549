#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "trace/count.h"

static void check(const struct trace_event *event, const char *file, const char *wanted)
{
    FILE *to = tmpfile();
    struct trace_count count;
    struct trace_place place = {.file = file, .line = 7, .column = 3};
    char got[256];
    ssize_t n;

    trace_count_init(&count, fileno(to));
    count.reader.take(&count.reader, event, &place);
    n = pread(fileno(to), got, sizeof got - 1, 0);
    got[n < 0 ? 0 : n] = '\0';
    cr_expect_str_eq(got, wanted);
    fclose(to);
}

Test(trace_count, a_line_for_each_event_that_counts)
{
    check(&(struct trace_event){.kind = TRACE_RECIPE}, "a b", "R\t7\t3\ta b\n");
    check(&(struct trace_event){.kind = TRACE_TAKEN}, "f", "T\t7\t3\tf\n");
    check(&(struct trace_event){.kind = TRACE_CONDITION_DONE, .matched = true}, "f", "Y\t7\t3\tf\n");
    check(&(struct trace_event){.kind = TRACE_CONDITION_DONE}, "f", "N\t7\t3\tf\n");
}

Test(trace_count, what_does_not_count)
{
    check(&(struct trace_event){.kind = TRACE_CONDITION_DONE, .text = span_of("not looked at")}, "f", "");
    check(&(struct trace_event){.kind = TRACE_ASSIGNING, .text = span_of("A=b")}, "f", "");
    check(&(struct trace_event){.kind = TRACE_RECIPE}, NULL, "");
}

Test(trace_count, programs_do_not_inherit_it)
{
    FILE *to = tmpfile();
    struct trace_count count;

    cr_assert_eq(fcntl(fileno(to), F_SETFD, 0), 0);
    trace_count_init(&count, fileno(to));
    cr_expect(count.reader.details);
    cr_expect_eq(fcntl(fileno(to), F_GETFD), FD_CLOEXEC);
    fclose(to);
}

Test(trace_count, a_full_disk_does_not_stop_the_mail)
{
    struct trace_count count;
    int fd = open("/dev/full", O_WRONLY);

    cr_assert_geq(fd, 0);
    trace_count_init(&count, fd);
    count.reader.take(&count.reader, &(struct trace_event){.kind = TRACE_RECIPE},
                      &(struct trace_place){.file = "f", .line = 1, .column = 1});
    close(fd);
}
