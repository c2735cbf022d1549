/* Which programs need no process.  The one that was built beside this test stands for the installed one. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deliver/inner.h"

static char beside[4096]; /* our own directory */
static char scratch[] = "/tmp/inner-XXXXXX";
static char path[8300];
static struct inner_tools tools;

static void set_up(void)
{
    static const char *const loaders[] = {"LD_PRELOAD", "LD_LIBRARY_PATH", "GLIBC_TUNABLES", "TZDIR"};
    ssize_t n = readlink("/proc/self/exe", beside, sizeof beside - 1);

    for (size_t i = 0; i < sizeof loaders / sizeof *loaders; i++)
        unsetenv(loaders[i]); /* valgrind's, say: the programs here are without */
    cr_assert_gt(n, 0);
    beside[n] = '\0';
    *strrchr(beside, '/') = '\0';
    cr_assert_not_null(mkdtemp(scratch));
    snprintf(path, sizeof path, "PATH=%s:%s", scratch, beside);
}

static void tear_down(void)
{
    char command[4200];

    snprintf(command, sizeof command, "rm -rf '%s'", scratch);
    cr_assert_eq(system(command), 0);
}

TestSuite(inner, .init = set_up, .fini = tear_down);

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct inner *make(const char *const *argv, const char *environment, const char *input, bool shell)
{
    const char *envp[] = {environment, getenv("TZ") ? getenv("TZ") - 3 : NULL, NULL};
    struct deliver_command command = {.argv = argv, .shell = shell};
    struct deliver_program program = {.command = &command, .envp = envp, .text = span_of(input)};

    return inner_new(&tools, &program);
}

static void expect(const char *const *argv, bool here)
{
    struct inner *inner = make(argv, path, "A: 1\n\n", false);

    cr_expect_eq(inner != NULL, here, "%s %s", argv[0], argv[1] ? argv[1] : "");
    inner_free(inner);
}

static void expect_output(const char *const *argv, const char *input, int status, const char *expected)
{
    struct inner *inner = make(argv, path, input, false);
    struct inner_output output;

    cr_assert_not_null(inner);
    cr_assert(inner_run(inner, span_of(input), &output));
    cr_expect_eq(output.status, status);
    cr_expect(span_eq_text(buf_span(&output.out), expected), "%.*s", (int)output.out.n, output.out.p);
    cr_expect_eq(output.said.n, 0);
    inner_output_free(&output);
    inner_free(inner);
}

static const char *in_scratch(const char *name)
{
    static char text[4200];

    snprintf(text, sizeof text, "%s/%s", scratch, name);
    return text;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(in_scratch(name), "w");

    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
    cr_assert_eq(chmod(in_scratch(name), 0755), 0);
}

Test(inner, edits_a_header)
{
    expect_output(ARGV("mailweir-formail", "-f", "-I", "A: 2"), "A: 1\n\nbody\n", 0, "A: 2\n\nbody\n\n");
    expect_output(ARGV("mailweir-header", "set", "A: 2"), "A: 1\n\nbody\n", 0, "A: 2\n\nbody\n");
}

Test(inner, follows_a_link_as_execvp_does)
{
    char target[4200];

    snprintf(target, sizeof target, "%s/mailweir-formail", beside);
    cr_assert_eq(symlink(target, in_scratch("formail")), 0);
    expect(ARGV("formail", "-I", "A: 2"), true);
    expect(ARGV(in_scratch("formail"), "-I", "A: 2"), true);
}

Test(inner, leaves_other_programs_alone)
{
    put("formail", "#!/bin/sh\n");
    put("mailweir-formail", "#!/bin/sh\n"); /* the first in PATH counts, whatever its name */
    expect(ARGV("formail", "-I", "A: 2"), false);
    expect(ARGV("mailweir-formail", "-I", "A: 2"), false);
    expect(ARGV("cat"), false);
    expect(ARGV(""), false);
}

Test(inner, passes_over_what_may_not_be_executed)
{
    put("mailweir-formail", "");
    cr_assert_eq(chmod(in_scratch("mailweir-formail"), 0644), 0);
    expect(ARGV("mailweir-formail", "-I", "A: 2"), true);
}

Test(inner, leaves_to_a_process_what_is_more_than_a_filter)
{
    expect(ARGV("mailweir-formail", "-s", "cat"), false);
    expect(ARGV("mailweir-formail", "-h"), false);
    expect(ARGV("mailweir-formail", "-I", "no field"), false);
    expect(ARGV("mailweir-header", "remove", "A"), false);
    cr_assert_eq(mkfifo(in_scratch("cache"), 0600), 0);
    expect(ARGV("mailweir-formail", "-D", "1000", in_scratch("cache")), false);
    expect(ARGV("mailweir-formail", "-D", "1000", in_scratch("none")), true);
}

Test(inner, leaves_to_a_process_what_is_large)
{
    size_t size = (2 << 20) + 1;
    char *text = malloc(size);

    memset(text, 'a', size);
    text[size - 1] = '\0';
    cr_expect_null(make(ARGV("mailweir-header", "del", "A"), path, text, false));
    text[100000] = '\0'; /* more than a pipe holds: who does not read all of it is noticed */
    cr_expect_null(make(ARGV("mailweir-formail", "-x", "A:"), path, text, false));
    struct inner *inner = make(ARGV("mailweir-formail", "-I", "A:"), path, text, false);
    cr_expect_not_null(inner);
    inner_free(inner);
    free(text);
}

Test(inner, leaves_to_a_process_what_would_print_much)
{
    char prefix[1000], text[20001];
    struct inner_output output;
    struct inner *inner;

    memset(prefix, 'q', sizeof prefix - 1);
    prefix[sizeof prefix - 1] = '\0';
    memset(text, '\n', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    inner = make(ARGV("mailweir-formail", "-rk", "-p", prefix), path, text, false);
    cr_assert_not_null(inner);
    cr_expect_not(inner_run(inner, span_of(text), &output));
    inner_free(inner);
}

Test(inner, gives_up_where_execvp_does)
{
    cr_assert_eq(symlink("formail", in_scratch("formail")), 0);
    cr_assert_eq(symlink("mailweir-formail", in_scratch("mailweir-formail")), 0);
    expect(ARGV("mailweir-formail", "-I", "A: 2"), false);
}

Test(inner, leaves_to_a_process_what_the_environment_changes)
{
    const char *envp[] = {path, "TZ=Pacific/Auckland", NULL};
    struct deliver_command command = {.argv = ARGV("mailweir-formail", "-I", "A:")};
    struct deliver_program program = {.command = &command, .envp = envp, .text = span_of("A: 1\n\n")};

    cr_expect_null(inner_new(&tools, &program));
    cr_expect_null(make(ARGV("mailweir-formail", "-I", "A:"), "PATH=/nowhere", "", false));
    cr_expect_null(make(ARGV("mailweir-formail", "-I", "A:"), path, "", true), "a shell");
}
