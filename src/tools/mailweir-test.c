/* mailweir-test: runs files of recipe tests. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "rctest/counted.h"
#include "rctest/coverage.h"
#include "rctest/source.h"
#include "rctest/suite.h"

enum { EXIT_ALL_PASSED = 0, EXIT_SOME_FAILED = 1, EXIT_TROUBLE = 2, JOBS = 8, NUMBER_MAX = 256 };

static const char help[] = "usage: mailweir-test [-ak] [-f format] [-j jobs] [-o text] [-P peer]\n"
                           "                     [-p program] [-t tries] [--coverage[=file]]\n"
                           "                     [--coverage-html file] file ...\n"
                           "       mailweir-test --help | --version\n"
                           "\n"
                           "Runs the recipe tests in the files (mailweir-rctest(5)); prints TAP or JUnit.\n"
                           "\n"
                           "  -a, --as-procmail      the program is procmail: skip what differs from it\n"
                           "  -f, --format format    tap (which is usual), or junit\n"
                           "  -j, --jobs jobs        run so many tests at a time (8)\n"
                           "  -k, --keep             keep the sandboxes, and say where they are\n"
                           "  -o, --only text        run only tests with this text in their title\n"
                           "  -P, --peer peer        run each test under this program, too, and compare\n"
                           "  -p, --program program  test this program, not the mailweir beside this one\n"
                           "  -t, --tries tries      one good run of a test in so many is enough (1)\n"
                           "  --coverage[=file]      say what the tests took of the rc files\n"
                           "  --coverage-html file   the same as a page\n"
                           "  --help                 print this text\n"
                           "  --version              print the version\n"
                           "\n"
                           "Exit status: 0 all passed, 1 some failed, 2 wrong use or a faulty file.\n"
                           "See mailweir-test(1) and mailweir-rctest(5).\n";

enum { OPTION_HELP = 256, OPTION_VERSION, OPTION_COVERAGE, OPTION_COVERAGE_HTML };

static const struct option options[] = {
    {"program", required_argument, NULL, 'p'},
    {"peer", required_argument, NULL, 'P'},
    {"as-procmail", no_argument, NULL, 'a'},
    {"format", required_argument, NULL, 'f'},
    {"jobs", required_argument, NULL, 'j'},
    {"tries", required_argument, NULL, 't'},
    {"only", required_argument, NULL, 'o'},
    {"keep", no_argument, NULL, 'k'},
    {"coverage", optional_argument, NULL, OPTION_COVERAGE},
    {"coverage-html", required_argument, NULL, OPTION_COVERAGE_HTML},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

/* Everything from the command line and the files, for as long as the program runs. */
struct session {
    struct suite suite;
    const char *only;
    const char *coverage, *coverage_html; /* where they go; NULL: nowhere */
    FILE *counts;
    struct arena *arena;
    size_t room;
};

static int complain(const char *what, const char *which)
{
    fprintf(stderr, "mailweir-test: %s '%s'; see mailweir-test --help\n", what, which);
    return -1;
}

/* The tests change directory: a path must not depend on ours. */
static const char *program_path(struct session *session, const char *path)
{
    char real[PATH_MAX];

    if (!realpath(path, real) || access(real, X_OK)) {
        fprintf(stderr, "mailweir-test: cannot run '%s': %s; name a program with --program or --peer\n", path,
                strerror(errno));
        return NULL;
    }
    return arena_strdup(session->arena, real);
}

static const char *program_beside(struct session *session)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - sizeof "/mailweir");
    char *slash;

    if (n < 0)
        return program_path(session, "mailweir");
    path[n] = '\0';
    slash = strrchr(path, '/');
    strcpy(slash + 1, "mailweir");
    return program_path(session, path);
}

static int set_number(unsigned *to, const char *what, const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);

    if (end == text || *end || number < 1 || number > NUMBER_MAX)
        return complain(what, text);
    *to = (unsigned)number;
    return 0;
}

static int set_format(struct session *session, const char *name)
{
    static const char *const names[] = {[SUITE_TAP] = "tap", [SUITE_JUNIT] = "junit"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i], name)) {
            session->suite.format = (enum suite_format)i;
            return 0;
        }
    return complain("not a format", name);
}

static int set_option(struct session *session, int option)
{
    switch (option) {
    case 'p':
        session->suite.program = program_path(session, optarg);
        return session->suite.program ? 0 : -1;
    case 'P':
        session->suite.peer = program_path(session, optarg);
        return session->suite.peer ? 0 : -1;
    case 'a':
        session->suite.as_procmail = true;
        return 0;
    case 'f':
        return set_format(session, optarg);
    case 'j':
        return set_number(&session->suite.jobs, "not a number of jobs", optarg);
    case 't':
        return set_number(&session->suite.tries, "not a number of runs", optarg);
    case 'o':
        session->only = optarg;
        return 0;
    case 'k':
        session->suite.keep = true;
        return 0;
    case OPTION_COVERAGE:
        session->coverage = optarg ? optarg : "/dev/stderr";
        return 0;
    case OPTION_COVERAGE_HTML:
        session->coverage_html = optarg;
        return 0;
    case OPTION_HELP:
        fputs(help, stdout);
        exit(EXIT_ALL_PASSED);
    case OPTION_VERSION:
        puts("mailweir-test " PACKAGE_VERSION);
        exit(EXIT_ALL_PASSED);
    default: /* getopt has said what is wrong */
        fputs("see mailweir-test --help\n", stderr);
        return -1;
    }
}

static int read_source(struct session *session, const char *name, struct span *source)
{
    struct buf text;

    if (source_read(strcmp(name, "-") ? open(name, O_RDONLY | O_CLOEXEC) : dup(0), &text)) {
        fprintf(stderr, "mailweir-test: cannot read '%s': %s\n", name, strerror(errno));
        return -1;
    }
    *source = arena_span(session->arena, buf_span(&text));
    buf_free(&text);
    return 0;
}

static void add_test(struct session *session, struct rctest *test)
{
    struct suite *suite = &session->suite;

    if (session->only && !strstr(test->title, session->only))
        return;
    if (suite->count == session->room) {
        session->room = session->room * 2 + 64;
        suite->tests = mem_realloc(suite->tests, session->room * sizeof *suite->tests);
    }
    suite->tests[suite->count++] = test;
}

static int add_file(struct session *session, const char *name)
{
    struct span source;
    struct buf faults;
    struct rctest *tests;

    if (read_source(session, name, &source))
        return -1;
    buf_init(&faults, BUF_UNLIMITED);
    tests = rctest_parse(session->arena, name, source, &faults);
    if (!tests)
        fputs(faults.p, stderr);
    buf_free(&faults);
    if (!tests)
        return -1;
    for (; tests; tests = tests->next)
        add_test(session, tests);
    return 0;
}

/* Where all tests count, each with one write(2). */
static int open_counts(struct session *session)
{
    if (!session->coverage && !session->coverage_html)
        return 0;
    session->counts = counted_open(&session->suite.coverage_fd);
    if (session->counts)
        return 0;
    fprintf(stderr, "mailweir-test: cannot make a temporary file: %s\n", strerror(errno));
    return -1;
}

static int write_coverage(const struct coverage *coverage, const char *name,
                          void (*print)(const struct coverage *, FILE *))
{
    FILE *to = strcmp(name, "/dev/stderr") ? fopen(name, "we") : stderr;
    int failed;

    if (to)
        print(coverage, to);
    failed = !to || ferror(to);
    if (to && to != stderr)
        failed = fclose(to) || failed;
    if (failed)
        fprintf(stderr, "mailweir-test: cannot write '%s': %s\n", name, strerror(errno));
    return failed ? -1 : 0;
}

static int tell_coverage(struct session *session)
{
    struct coverage coverage;
    struct err err;
    int failed = 0;

    if (!session->counts)
        return 0;
    fflush(stdout);
    if (coverage_read(&coverage, session->suite.tests, session->suite.count, session->suite.coverage_fd,
                      &err)) {
        fprintf(stderr, "mailweir-test: %s\n", err.text);
        failed = -1;
    } else {
        if (session->coverage)
            failed += write_coverage(&coverage, session->coverage, coverage_text);
        if (session->coverage_html)
            failed += write_coverage(&coverage, session->coverage_html, coverage_html);
    }
    coverage_free(&coverage);
    fclose(session->counts);
    return failed;
}

static int prepare(struct session *session, int argc, char **argv)
{
    int option, faults = 0;

    while ((option = getopt_long(argc, argv, "p:P:af:j:t:o:k", options, NULL)) >= 0)
        if (set_option(session, option))
            return -1;
    if (optind == argc) {
        fputs("mailweir-test: no test file named; see mailweir-test --help\n", stderr);
        return -1;
    }
    for (int i = optind; i < argc; i++)
        faults += add_file(session, argv[i]) != 0;
    if (faults)
        return -1;
    if (!session->suite.program)
        session->suite.program = program_beside(session);
    if (!session->suite.program)
        return -1;
    session->suite.progress = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
    if (!session->suite.count)
        return complain("no test has this in its title:", session->only);
    return open_counts(session);
}

int main(int argc, char **argv)
{
    struct session session = {
        .suite.jobs = JOBS, .suite.tries = 1, .suite.coverage_fd = -1, .arena = arena_new()};
    int result = EXIT_TROUBLE;
    size_t failed;
    struct err err;

    if (prepare(&session, argc, argv))
        goto out;
    if (suite_run(&session.suite, stdout, &failed, &err)) {
        fprintf(stderr, "mailweir-test: %s\n", err.text);
        goto out;
    }
    if (tell_coverage(&session))
        goto out;
    result = failed ? EXIT_SOME_FAILED : EXIT_ALL_PASSED;
out:
    if (fflush(stdout) || ferror(stdout))
        result = EXIT_TROUBLE;
    free(session.suite.tests);
    arena_free(session.arena);
    return result;
}
