/* What the user says of how programs end. */
#include <criterion/criterion.h>

#include "explain/ends.h"

static struct ends ends;

static void teardown(void)
{
    ends_free(&ends);
}

static void add(const char *text)
{
    cr_assert(ends_add(&ends, text), "%s", text);
}

/* How the next one at that place ends; -1001: nothing was said. */
static int next(const char *file, unsigned line)
{
    struct trace_place place = {file, line, 1};
    int status;

    return ends_next(&ends, &place, &status) ? status : -1001;
}

Test(ends, are_statuses, .fini = teardown)
{
    static const char *const wrong[] = {"",
                                        "x",
                                        "1x",
                                        "256",
                                        "-65",
                                        "1 ",
                                        " 1",
                                        "+1",
                                        "=1",
                                        "rc:1=",
                                        "rc:1=unreaD",
                                        "--1",
                                        "99999999999999999999"};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(ends_add(&ends, wrong[i]), "%s", wrong[i]);
    cr_expect_eq(ends.count, 0);
    add("0");
    add("255");
    add("-64");
    add("rc:1=unread");
    cr_expect_eq(next("rc", 1), ENDS_UNREAD);
}

Test(ends, one_after_the_other, .fini = teardown)
{
    cr_expect_eq(next("rc", 1), -1001);
    add("rc:1=3");
    add("other:1=9");
    add("rc:1=0");
    cr_expect_eq(next("rc", 1), 3);
    cr_expect_eq(next("other", 1), 9);
    cr_expect_eq(next("rc", 1), 0);
    cr_expect_eq(next("rc", 1), 0, "the last one stays");
    cr_expect_eq(next("rc", 11), -1001);
    cr_expect_eq(next("r", 1), -1001);
}

Test(ends, of_all_others, .fini = teardown)
{
    add("75");
    add("rc=old:2=1");
    cr_expect_eq(next("rc=old", 2), 1);
    cr_expect_eq(next("rc", 2), 75);
    cr_expect_eq(next(NULL, 0), 75, "outside of all files, as for TRAP");
}
