/*
 * mailweir-explain --against: what two programs make of a message, compared (explain/against.h).
 */
#ifndef MAILWEIR_TOOLS_EXPLAIN_AGAINST_H
#define MAILWEIR_TOOLS_EXPLAIN_AGAINST_H

#include "explain/explain.h"
#include "message/message.h"
#include "tools/mda.h"

struct explain_against {
    const char *other; /* the program */
    const struct mda *mda;
    char **argv;      /* of the agent */
    const char *home; /* the real one */
    struct message *message;
    bool allow_commands;
    long limit; /* seconds */
    /* In a child: a dry run with these assignments and rc files, its steps written to a pipe.  Does not
     * return. */
    void (*walk)(void *ctx, const char *const *words, struct message *message, int to);
    void *ctx;
};

/* 0: no difference, 1: the first one was printed, or -1. */
int explain_against(const struct explain_against *against, FILE *to, struct err *err);

#endif
