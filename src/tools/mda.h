/*
 * What the agent does with one message for one recipient, once it is known who that is: variables,
 * rc files in their order, the end.  The operations are the caller's: for real, or for show.
 */
#ifndef MAILWEIR_TOOLS_MDA_H
#define MAILWEIR_TOOLS_MDA_H

#include <stdbool.h>
#include <sys/utsname.h>

#include "deliver/ops.h"
#include "engine/run.h"
#include "process/identity.h"
#include "tools/mda-options.h"
#include "trace/trace.h"

#define MDA_DEFAULT_RC ".procmailrc" /* in $HOME */

struct mda {
    const struct mda_options *options;
    const struct deliver_ops *ops;
    void *ops_ctx;
    struct identity identity;
    struct utsname host;
    struct trace trace;
    const char *const *rest; /* what is left of the command line */
    bool assumed;            /* rights beyond the user's are gone */
    struct run *run;         /* while it lasts */
};

/* Takes the message over; the exit status. */
int mda_sort(struct mda *mda, struct message *message);

/* Is one of these an rc file, not an assignment? */
bool mda_names_rc(const char *const *rest);

#endif
