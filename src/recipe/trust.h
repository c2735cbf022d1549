/*
 * Reading rc files, and whether this one may be trusted (procmail(1), "Suspicious rcfile").
 */
#ifndef MAILWEIR_RECIPE_TRUST_H
#define MAILWEIR_RECIPE_TRUST_H

#include <sys/types.h>

#include "base/buf.h"

enum trust_origin {
    TRUST_DEFAULT, /* ~/.procmailrc: not writable by a foreign group either */
    TRUST_NAMED,   /* named on the command line, absolute or relative to $HOME */
    TRUST_CURRENT, /* ./x, or named after -m: taken as it is */
    TRUST_INCLUDE, /* INCLUDERC, SWITCHRC: a regular file, taken as it is */
};

enum trust_verdict {
    TRUST_OK,         /* *text holds the file */
    TRUST_EMPTY,      /* an include file of size 0 */
    TRUST_UNREADABLE, /* Couldn't read "x" */
    TRUST_SUSPICIOUS, /* Suspicious rcfile "x" */
};

/* Opens and reads it as uid/gid's file.  Not of the user's or root's own, writable by others, or
 * in a directory in which others can put files: suspicious. */
enum trust_verdict trust_read(const char *path, enum trust_origin origin, uid_t uid, gid_t gid,
                              struct buf *text);

#endif
