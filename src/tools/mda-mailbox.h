/*
 * The system mailbox of a user as -d finds it.  Made when it is missing: the one thing that is done
 * with more rights than the user's.
 */
#ifndef MAILWEIR_TOOLS_MDA_MAILBOX_H
#define MAILWEIR_TOOLS_MDA_MAILBOX_H

#include "process/identity.h"

/* As root only (else nothing is done): SPOOL/USER, new, no link followed, owner the user, group
 * that of the spool directory, mode 0600.  What exists is left as it is. */
int mda_mailbox_make(const char *spool, const struct identity *identity, struct err *err);

/* Does the file there have a set-id bit?  By procmail's rule it is not to be delivered to (-d). */
bool mda_mailbox_is_closed(const char *spool, const struct identity *identity);

#endif
