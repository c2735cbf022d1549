/*
 * The agent and another program do the same, each in a home directory of its own behind a wall
 * (explain/wall.h); then what came of it is compared.
 */
#ifndef MAILWEIR_EXPLAIN_AGAINST_H
#define MAILWEIR_EXPLAIN_AGAINST_H

#include <time.h>

#include "explain/explain.h"
#include "explain/stage.h"
#include "message/message.h"

struct against {
    const struct stage *stage;
    const char *agent, *other;        /* programs */
    const char *const *arguments;     /* for both; NULL-terminated */
    const struct explain *home_steps; /* fill the stage */
    const struct explain *steps;      /* on the stage: name the logs */
    const struct message *message;
    bool may_fork;
    long limit; /* seconds for each */
};

/* Prints the first difference, or that there is none.  1, 0, or -1: they could not be run. */
int against_compare(const struct against *against, FILE *to, struct err *err);

/* For what programs have left in the background (process/orphans.h): until the last has ended; at the
 * deadline they are killed. */
void against_wait_for_rest(time_t deadline);

#endif
