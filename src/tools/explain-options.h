/*
 * The options of mailweir-explain that are not the agent's.
 */
#ifndef MAILWEIR_TOOLS_EXPLAIN_OPTIONS_H
#define MAILWEIR_TOOLS_EXPLAIN_OPTIONS_H

#include <stdbool.h>

#include "explain/ends.h"

enum form { FORM_TEXT, FORM_QUIET, FORM_JSON, FORM_HTML };

struct settings {
    enum form form;
    bool allow_commands, anyway, assume_yes, both, return_status, help, version;
    const char *message, *colour, *against;
    unsigned long number, timeout;
    struct ends ends; /* the dry run's */
};

extern const char explain_help[];

/* Takes them out of argv; 0, or -1: told. */
int explain_options_parse(struct settings *settings, int *argc, char **argv);

#endif
