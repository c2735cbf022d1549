/*
 * Home and mail of an account, from how they are written.
 */
#ifndef MAILWEIR_ACCOUNT_LOCATION_H
#define MAILWEIR_ACCOUNT_LOCATION_H

#include "account/account.h"

/* Both want the name; they return NULL, or what is wrong. */

/* The home: an absolute path without "..".  Where it expands, %u is the name and %% a percent sign. */
const char *location_home(struct account *account, struct span home, bool expands);

/* The mail, once there is a home: %u and %% as above, %h and a tilde before the path's first slash are the
 * home.  When it is empty: maildir:~/Maildir, if there is such a directory, or else the system mailbox. */
const char *location_mail(struct account *account, struct span mail);

#endif
