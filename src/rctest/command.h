/*
 * The command line and environment of one run, put together from the test's sections.
 */
#ifndef MAILWEIR_RCTEST_COMMAND_H
#define MAILWEIR_RCTEST_COMMAND_H

#include "rctest/rctest.h"
#include "rctest/sandbox.h"

struct command {
    struct arena *arena;
    const char *program; /* the path */
    char **argv;         /* NULL-terminated; argv[0] is `procmail`, or what as= says */
    char **envp;
};

/* Never NULL. */
struct command *command_new(const struct rctest *test, const struct sandbox *box, const char *program);
void command_free(struct command *command);

#endif
