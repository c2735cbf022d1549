/*
 * Operations that only pretend: nothing is written, locked, sent or told, and no program is run, unless
 * commands are allowed; then those run whose output or exit status decides something.  Programs that would
 * take the message (`| program`, `! address`) are never run.
 *
 * What it does really: the current directory and the umask, which are this process's own, and copies of this
 * process for blocks with `c` and for one of two ways, which explain themselves and end.
 */
#ifndef MAILWEIR_EXPLAIN_DRY_H
#define MAILWEIR_EXPLAIN_DRY_H

#include "deliver/real.h"
#include "explain/explain.h"

struct explain_dry {
    struct explain *explain;
    struct trace *trace;
    struct deliver_real *real; /* runs commands; NULL: none are allowed */
    bool assume_yes;           /* of a condition that would need a command: that it would succeed */
    bool both;                 /* of such a condition: what would be done either way */
    long timeout;              /* of a command, in seconds */
    char *locks[DELIVER_LOCKS];
    bool detached;                   /* the mailer was told that all is well */
    int to_parent;                   /* of a copy, or a way; -1: this is the agent itself */
    bool ends_way;                   /* it is a way */
    unsigned ways_to_come;           /* the others of the two that those before us will take */
    const struct explain_step *sent; /* of a copy, or a way: the steps up to here are known */
};

extern const struct deliver_ops explain_dry_ops;

void explain_dry_init(struct explain_dry *dry, struct explain *explain, struct trace *trace);
void explain_dry_free(struct explain_dry *dry);

/* Called when all is over; in a copy it does not return. */
void explain_dry_end(struct explain_dry *dry, int status);

#endif
