#include "rctest/suite.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"

/* A worker is a process for one test: the reaper of all that the test starts. */
struct worker {
    pid_t pid;
    int from; /* its report: a byte for the verdict, then text; -1: not running */
    size_t test;
};

struct result {
    bool done;
    struct buf report; /* begins with the verdict */
};

struct state {
    const struct suite *suite;
    struct worker *workers;
    struct result *results;
    size_t next;    /* test to be started */
    size_t printed; /* tests already reported */
    size_t running, failed;
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

static int start_worker(struct state *state, struct worker *worker, struct err *err)
{
    int ends[2];

    if (pipe(ends))
        return err_set_errno(err, ERR_TEMP, "cannot make a pipe");
    fflush(state->to);
    worker->test = state->next++;
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

static void print_report(FILE *to, struct span report)
{
    struct span line;

    while (rctest_next_line(&report, &line))
        fprintf(to, "#   %.*s\n", (int)line.n, line.p);
}

static void print_result(struct state *state, size_t i)
{
    const struct rctest *test = state->suite->tests[i];
    struct span report = span_from(buf_span(&state->results[i].report), 1);
    char verdict = state->results[i].report.n ? state->results[i].report.p[0] : VERDICT_FAILED;

    fprintf(state->to, "%s %zu - %s: %s", verdict == VERDICT_FAILED ? "not ok" : "ok", i + 1, test->file,
            test->title);
    if (verdict == VERDICT_SKIPPED)
        fprintf(state->to, " # SKIP %.*s", (int)report.n, report.p);
    fputc('\n', state->to);
    if (!state->results[i].report.n)
        report = span_of("the runner itself failed at this test");
    if (verdict == VERDICT_FAILED)
        fprintf(state->to, "#   %s:%u\n", test->file, test->line);
    if (verdict != VERDICT_SKIPPED)
        print_report(state->to, report);
    state->failed += verdict == VERDICT_FAILED;
}

static void print_ready(struct state *state)
{
    while (state->printed < state->suite->count && state->results[state->printed].done) {
        print_result(state, state->printed);
        buf_free(&state->results[state->printed++].report);
    }
    fflush(state->to);
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

int suite_run(const struct suite *suite, FILE *to, size_t *failed, struct err *err)
{
    struct state state = {.suite = suite, .to = to};
    struct pollfd *polls = mem_alloc_array(suite->jobs, sizeof *polls);
    int result = 0;

    state.workers = mem_alloc_array(suite->jobs, sizeof *state.workers);
    state.results = mem_alloc_array(suite->count, sizeof *state.results);
    for (unsigned i = 0; i < suite->jobs; i++)
        state.workers[i].from = -1;
    for (size_t i = 0; i < suite->count; i++)
        buf_init(&state.results[i].report, REPORT_MAX + 1);
    fprintf(to, "TAP version 13\n1..%zu\n", suite->count);
    while (!result && (state.next < suite->count || state.running))
        result = step(&state, polls, err);
    *failed = state.failed;
    free(polls);
    free(state.workers);
    free(state.results);
    return result;
}
