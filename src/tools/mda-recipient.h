/*
 * Whose mail the agent sorts, where that is not its invoker.
 */
#ifndef MAILWEIR_TOOLS_MDA_RECIPIENT_H
#define MAILWEIR_TOOLS_MDA_RECIPIENT_H

#include "process/identity.h"
#include "tools/mda-options.h"

/* -d: the user of that name, if there is one and we may become him.  -1: ERR_NOUSER, ERR_NOPERM or ERR_TEMP,
 * in procmail's words. */
int mda_recipient_find(struct identity *identity, const char *name, struct err *err);

/* -m: the owner of an rc file in the administrator's directory lends it his identity (procmail(1)), which
 * takes the place of the invoker's.  That it is denied is told on standard error. */
void mda_recipient_of_rc(struct identity *identity, const struct mda_options *options);

#endif
