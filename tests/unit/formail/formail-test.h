/*
 * Command lines and mail for the tests of this room.
 */
#ifndef MAILWEIR_TESTS_UNIT_FORMAIL_H
#define MAILWEIR_TESTS_UNIT_FORMAIL_H

#include "formail/formail.h"

/* A command line, its words separated by `|`; behind -s comes no program. */
struct command {
    struct arena *arena;
    struct formail formail;
    const char *wrong;
    enum formail_parsed parsed;
};

struct command *command_new(const char *words);
void command_free(struct command *command);

/* What the command makes of the mail must be this; the exit status is returned. */
int expect_output(const char *words, const char *mail, const char *output);

#endif
