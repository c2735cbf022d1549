#include "rctest/suite.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "rctest/report.h"

/* A worker is a process for one test: the reaper of all that the test starts. */
struct worker {
    pid_t pid;
    int from; /* its report: a byte for the verdict, then text; -1: not running */
    size_t test;
    double began;
};

struct result {
    bool done;
    double seconds;
    struct buf report; /* begins with the verdict */
};

struct state {
    const struct suite *suite;
    struct worker *workers;
    struct result *results;
    size_t next;    /* test to be started */
    size_t printed; /* tests already reported */
    size_t running;
    struct report_sum sum;
    FILE *to;
};

enum { REPORT_MAX = 256 * 1024 };

_Noreturn static void work(const struct suite *suite, size_t test, int to)
{
    struct buf report;
    enum verdict verdict;
    char byte;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    buf_init(&report, REPORT_MAX);
    verdict = suite_run_test(suite, suite->tests[test], &report);
    byte = (char)verdict;
    io_write(to, &byte, 1);
    io_write(to, report.p, report.n);
    _exit(0);
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int start_worker(struct state *state, struct worker *worker, struct err *err)
{
    int ends[2];

    if (pipe(ends))
        return err_set_errno(err, ERR_TEMP, "cannot make a pipe");
    fflush(state->to);
    worker->test = state->next++;
    worker->began = seconds();
    worker->pid = fork();
    if (worker->pid < 0)
        return err_set_errno(err, ERR_TEMP, "cannot fork");
    if (worker->pid == 0) {
        close(ends[0]);
        for (unsigned i = 0; i < state->suite->jobs; i++)
            if (state->workers[i].from >= 0)
                close(state->workers[i].from);
        work(state->suite, worker->test, ends[1]);
    }
    close(ends[1]);
    worker->from = ends[0];
    state->running++;
    return 0;
}

static struct report_line line_of(const struct state *state, size_t i)
{
    struct span report = buf_span(&state->results[i].report);

    return (struct report_line){
        .test = state->suite->tests[i],
        .number = i + 1,
        .verdict = report.n ? (enum verdict)report.p[0] : VERDICT_FAILED,
        .text = report.n ? span_from(report, 1) : span_of("the runner itself failed at this test\n"),
        .seconds = state->results[i].seconds,
    };
}

static void print_result(struct state *state, size_t i)
{
    struct report_line line = line_of(state, i);

    if (state->suite->format == SUITE_TAP)
        report_tap(state->to, &line);
    else
        report_junit(state->to, &line);
    state->sum.failed += line.verdict == VERDICT_FAILED;
    state->sum.skipped += line.verdict == VERDICT_SKIPPED;
}

static void print_ready(struct state *state)
{
    while (state->printed < state->suite->count && state->results[state->printed].done) {
        print_result(state, state->printed);
        buf_free(&state->results[state->printed++].report);
    }
    fflush(state->to);
    if (state->suite->progress)
        fprintf(stderr, "\r%zu of %zu tests, %zu failed%s", state->printed, state->suite->count,
                state->sum.failed, state->printed == state->suite->count ? "\n" : "");
}

static void read_worker(struct state *state, struct worker *worker)
{
    struct result *result = &state->results[worker->test];
    char piece[4096];
    ssize_t got = read(worker->from, piece, sizeof piece);

    if (got > 0) {
        buf_add(&result->report, piece, (size_t)got);
        return;
    }
    if (got < 0 && errno == EINTR)
        return;
    close(worker->from);
    worker->from = -1;
    while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    state->running--;
    result->seconds = seconds() - worker->began;
    result->done = true;
    print_ready(state);
}

static int step(struct state *state, struct pollfd *polls, struct err *err)
{
    unsigned jobs = state->suite->jobs;

    for (unsigned i = 0; i < jobs && state->next < state->suite->count; i++)
        if (state->workers[i].from < 0 && start_worker(state, &state->workers[i], err))
            return -1;
    for (unsigned i = 0; i < jobs; i++)
        polls[i] = (struct pollfd){.fd = state->workers[i].from, .events = POLLIN};
    if (poll(polls, jobs, -1) < 0 && errno != EINTR)
        return err_set_errno(err, ERR_TEMP, "cannot poll");
    for (unsigned i = 0; i < jobs; i++)
        if (polls[i].fd >= 0 && polls[i].revents)
            read_worker(state, &state->workers[i]);
    return 0;
}

static int run_all(struct state *state, struct err *err)
{
    struct pollfd *polls = mem_alloc_array(state->suite->jobs, sizeof *polls);
    int result = 0;

    while (!result && (state->next < state->suite->count || state->running))
        result = step(state, polls, err);
    free(polls);
    return result;
}

static int run_for_tap(struct state *state, FILE *to, struct err *err)
{
    state->to = to;
    report_tap_begin(to, state->suite->count);
    if (run_all(state, err))
        return -1;
    report_tap_end(to, state->suite->count, state->sum.failed);
    return 0;
}

static int run_for_junit(struct state *state, FILE *to, struct err *err)
{
    double began = seconds();
    char *text = NULL;
    size_t n;
    int result;

    state->to = open_memstream(&text, &n);
    if (!state->to)
        return err_set_errno(err, ERR_TEMP, "no room for the report");
    result = run_all(state, err);
    state->sum.seconds = seconds() - began;
    if (fclose(state->to) && !result)
        result = err_set_errno(err, ERR_TEMP, "no room for the report");
    if (!result) {
        report_junit_begin(to, &state->sum);
        fwrite(text, 1, n, to);
        report_junit_end(to);
    }
    free(text);
    return result;
}

int suite_run(const struct suite *suite, FILE *to, size_t *failed, struct err *err)
{
    struct state state = {.suite = suite, .sum.tests = suite->count};
    int result;

    state.workers = mem_alloc_array(suite->jobs, sizeof *state.workers);
    state.results = mem_alloc_array(suite->count, sizeof *state.results);
    for (unsigned i = 0; i < suite->jobs; i++)
        state.workers[i].from = -1;
    for (size_t i = 0; i < suite->count; i++)
        buf_init(&state.results[i].report, REPORT_MAX + 1);
    result = suite->format == SUITE_TAP ? run_for_tap(&state, to, err) : run_for_junit(&state, to, err);
    *failed = state.sum.failed;
    free(state.workers);
    free(state.results);
    return result;
}
