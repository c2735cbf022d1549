/*
 * What the server keeps, and what it needs to be there: a secret that outlives it, and a directory with
 * nothing in it.
 */
#ifndef MAILWEIR_TOOLS_MAILWEIRD_STATE_H
#define MAILWEIR_TOOLS_MAILWEIRD_STATE_H

#include "base/err.h"

enum { STATE_SECRET = 32 };

/*
 * The bytes of the file `secret`, which is made when there is none, in the directory that systemd names
 * ($STATE_DIRECTORY), in /var/lib/mailweir for root, else in $HOME/.mailweir.  What is made up for users who
 * do not exist comes of it, so that a restart does not tell them from others.
 */
int state_secret(unsigned char secret[STATE_SECRET], struct err *err);

/* A directory of root's that is empty and stays so; made when there is none.  Only for root. */
int state_empty_directory(const char *path, struct err *err);

#endif
