#include "rctest/outcome.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "rctest/calls.h"
#include "rctest/namespace.h"

int outcome_begin(struct outcome *outcome, const struct rctest *test, struct err *err)
{
    *outcome = (struct outcome){.arena = arena_new()};
    if (sandbox_make(&outcome->box, err)) {
        outcome->box.path[0] = '\0';
        return -1;
    }
    if (sandbox_fill(&outcome->box, test, err) || calls_prepare(test, &outcome->box, err) ||
        (rctest_find(test, RCTEST_PASSWD) && namespace_prepare(test, &outcome->box, err)))
        return -1;
    outcome->normal = (struct normal){outcome->box.path, test, 0, 0};
    return 0;
}

/* The file is empty again, for the next message. */
static int read_variables(struct outcome *outcome, int fd)
{
    struct stat st;
    char *text;

    if (fstat(fd, &st))
        return -1;
    text = arena_alloc(outcome->arena, (size_t)st.st_size + 1);
    if (io_pread(fd, text, (size_t)st.st_size, 0) != st.st_size)
        return -1;
    outcome->variables = span_make(text, (size_t)st.st_size);
    return ftruncate(fd, 0);
}

int outcome_run(struct outcome *outcome, const struct rctest_section *message, const struct agent *agent,
                struct err *err)
{
    const struct rctest *test = outcome->normal.test;

    run_free(&outcome->run);
    outcome->calls_before = calls_count(&outcome->tree);
    tree_free(&outcome->tree);
    arena_free(outcome->arena);
    outcome->arena = arena_new();
    if (run_program(&outcome->run, test, message, &outcome->box, agent, err))
        return -1;
    outcome->variables = SPAN_NULL;
    if (agent->variables_fd >= 0 && read_variables(outcome, agent->variables_fd))
        return err_set_errno(err, ERR_TEMP, "cannot read back the variables");
    if (!outcome->normal.began)
        outcome->normal.began = outcome->run.began;
    outcome->normal.ended = outcome->run.ended;
    return tree_read(&outcome->tree, outcome->arena, outcome->box.path, err);
}

bool outcome_left_sandbox(const struct outcome *outcome)
{
    struct span rest = outcome->variables;

    while (rest.n) {
        const char *end = span_find_byte(rest, '\0');
        size_t n = end ? (size_t)(end - rest.p) : rest.n;

        if (span_eq_text(span_make(rest.p, n), "SENDMAIL"))
            return true;
        rest = span_from(rest, n + (end ? 1 : 0));
    }
    return false;
}

void outcome_free(struct outcome *outcome, bool keep)
{
    if (outcome->box.path[0] && !keep)
        sandbox_remove(&outcome->box);
    run_free(&outcome->run);
    tree_free(&outcome->tree);
    arena_free(outcome->arena);
}

int outcome_faults(const struct outcome *outcome, const char *who, struct buf *to)
{
    if (!outcome->run.timed_out)
        return 0;
    buf_printf(to, "%s, or something it started, was still running at the limit of time\n", who);
    return 1;
}
