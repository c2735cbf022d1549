/*
 * Operations that only pretend: nothing is written, locked, sent or told, and no program is run, unless
 * commands are allowed; then those run whose output or exit status decides something.  Programs that would
 * take the message (`| program`, `! address`) are never run.
 *
 * What it does really: the current directory and the umask, which are this process's own, and copies of this
 * process for blocks with `c`, for one of two ways and for each recipient, which explain themselves and end.
 */
#ifndef MAILWEIR_EXPLAIN_DRY_H
#define MAILWEIR_EXPLAIN_DRY_H

#include "deliver/real.h"
#include "explain/ends.h"
#include "explain/explain.h"

struct explain_dry {
    struct explain *explain;
    struct trace *trace;
    struct deliver_real *real; /* runs commands; NULL: none are allowed */
    bool assume_yes;           /* of a condition that would need a command: that it would succeed */
    bool both;                 /* of such a program, and of those that take the message: what would be done
                                  either way */
    struct ends ends;          /* how those that take the message end */
    const char *made;          /* a mailbox that would be there before the message comes; or NULL */
    long timeout;              /* of a command, in seconds */
    char *locks[DELIVER_LOCKS];
    bool detached;                   /* the mailer was told that all is well */
    int to_parent;                   /* of a copy, or a way; -1: this is the agent itself */
    enum explain_kind end;           /* what tells that it has ended */
    unsigned ways_to_come;           /* the others of the two that those before us will take */
    const struct explain_step *sent; /* of a copy, or a way: the steps up to here are known */
};

extern const struct deliver_ops explain_dry_ops;

void explain_dry_init(struct explain_dry *dry, struct explain *explain, struct trace *trace);
void explain_dry_free(struct explain_dry *dry);

/* What follows is done for that user, by another process: true in there; here it has ended, with *status. */
bool explain_dry_recipient(struct explain_dry *dry, const char *name, int *status);

/* Called when all is over; in another process it does not return. */
void explain_dry_end(struct explain_dry *dry, int status);

#endif
