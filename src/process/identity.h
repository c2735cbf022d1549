/*
 * Whose mail this is, and becoming that user.
 */
#ifndef MAILWEIR_PROCESS_IDENTITY_H
#define MAILWEIR_PROCESS_IDENTITY_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct identity {
    uid_t uid;
    gid_t gid;
    char *name;  /* login name; the uid in digits for a uid without an entry */
    char *home;  /* "/" without an entry */
    char *shell; /* "/bin/sh" where empty or without an entry */
    bool known;  /* has a passwd(5) entry */
};

/* The user of that login name: first as given, then in lower case; a name that is no single
 * path component or holds control characters does not exist.  -1: ERR_NOUSER (no such user)
 * or ERR_TEMP (the user database cannot be asked now). */
int identity_find(struct identity *identity, const char *name, struct err *err);

/* The real user of this process; `hint` (LOGNAME, may be NULL) is preferred where several
 * names share the uid.  A uid without an entry is no error. */
int identity_of_invoker(struct identity *identity, const char *hint, struct err *err);

/* The user with that uid; -1: ERR_NOUSER when it has no entry, or ERR_TEMP. */
int identity_of_uid(struct identity *identity, uid_t uid, struct err *err);

/* Gives up every right this user does not have: supplementary groups (initgroups when root),
 * real, effective and saved gid and uid, in that order, and then verifies that they cannot be
 * taken back.  A no-op when already that user (an ordinary user keeps his present real group).
 * -1: ERR_NOPERM.  After a failure the process must end. */
int identity_assume(const struct identity *identity, struct err *err);

/* May the present user become that one? (effective root, or the same uid already) */
bool identity_may_assume(const struct identity *identity);

void identity_free(struct identity *identity);

#endif
