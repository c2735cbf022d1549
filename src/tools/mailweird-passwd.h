/*
 * `mailweird passwd`: an entry of a users file.
 */
#ifndef MAILWEIR_TOOLS_MAILWEIRD_PASSWD_H
#define MAILWEIR_TOOLS_MAILWEIRD_PASSWD_H

#include "account/account.h"

/* Asks for the password, twice on a terminal, and sets it in the file.  `scheme` as --scheme names it, NULL:
 * crypt(3) as the system has it.  `fields` are those of a new user.  An exit status; what went wrong was
 * said.
 */
int mailweird_passwd(const char *file, const char *user, const char *scheme,
                     const struct account_fields *fields);

#endif
