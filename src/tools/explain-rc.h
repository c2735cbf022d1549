/*
 * The rc files that mailweir-explain is asked about: is there one, and is it one?
 */
#ifndef MAILWEIR_TOOLS_EXPLAIN_RC_H
#define MAILWEIR_TOOLS_EXPLAIN_RC_H

#include "tools/mda.h"

/* The home directory that names count from. */
const char *explain_home(const struct mda *mda);

/* What the agent would do without an rc file, or with one that is none, is rarely what somebody asks: -1,
 * unless it is to be explained anyway, or the files are those of recipients. */
int explain_check_rcs(const struct mda *mda, bool anyway, struct err *err);

#endif
