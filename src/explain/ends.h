/*
 * How programs that would take the message are taken to end, as the user says it: they are not run, and
 * what becomes of the message may depend on it.
 */
#ifndef MAILWEIR_EXPLAIN_ENDS_H
#define MAILWEIR_EXPLAIN_ENDS_H

#include <stdbool.h>
#include <stddef.h>

#include "trace/trace.h"

enum { ENDS_UNREAD = -1000 /* it ends well, but does not read all that it is given */ };

struct ends_entry {
    const char *place; /* FILE:LINE of the recipe, .place_length bytes; 0: any */
    size_t place_length;
    int status; /* 0 to 255, minus a signal, or ENDS_UNREAD */
    bool used;
};

struct ends {
    struct ends_entry *entries;
    size_t count;
};

/* [FILE:LINE=]STATUS, which must stay; false: it is none. */
bool ends_add(struct ends *ends, const char *text);
void ends_free(struct ends *ends);

/* How the next program of the recipe there ends: several entries for a place count one after the other, the
 * last for all that follow; those for any place where none names it.  False: nothing was said. */
bool ends_next(struct ends *ends, const struct trace_place *place, int *status);

#endif
