/*
 * The command line and environment of one run, put together from the test's sections.
 */
#ifndef MAILWEIR_RCTEST_COMMAND_H
#define MAILWEIR_RCTEST_COMMAND_H

#include <stdbool.h>

#include "rctest/rctest.h"
#include "rctest/sandbox.h"

/* A program that is run on tests. */
struct agent {
    const char *program; /* the path */
    bool ours;           /* it knows the options that mailweir has for us */
    bool held;           /* it is told with them to keep SENDMAIL in the sandbox */
    int count_fd;        /* where it counts for the coverage, or -1 */
    int variables_fd;    /* where it tells its variables at the end, or -1 */
};

struct command {
    struct arena *arena;
    const char *program; /* the path */
    char **argv;         /* NULL-terminated; argv[0] is `procmail`, or what as= says */
    char **envp;
};

/* Is SENDMAIL set for a program that is not ours, too? */
bool command_presets_sendmail(const struct rctest *test);

/* Never NULL. */
struct command *command_new(const struct rctest *test, const struct sandbox *box, const struct agent *agent);
void command_free(struct command *command);

#endif
