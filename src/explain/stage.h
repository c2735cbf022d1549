/*
 * A home directory to run recipes in: what they were seen to need of the real one, empty folders of the same
 * kind included, and nothing else.
 */
#ifndef MAILWEIR_EXPLAIN_STAGE_H
#define MAILWEIR_EXPLAIN_STAGE_H

#include "base/err.h"
#include "explain/explain.h"

struct stage {
    char root[64];    /* a directory of our own */
    char home[80];    /* in it: the stage */
    const char *real; /* the home directory it stands for */
};

int stage_make(struct stage *stage, const char *real_home, struct err *err);

/* Makes the home, with nothing in it. */
int stage_open(const struct stage *stage, struct err *err);

/* Fills the home, which is not there, from the steps of a dry run under the real one.  ERR_USAGE: something
 * cannot be staged, such as a folder that lies elsewhere. */
int stage_fill(const struct stage *stage, const struct explain *explain, struct err *err);

/* Would recipes that took these steps stay on the stage?  Those that name a home by its whole path do not:
 * ERR_USAGE. */
int stage_check(const struct stage *stage, const struct explain *explain, struct err *err);

/* The name that a file of the real home has on the stage; as it is where it lies elsewhere.  The caller's to
 * free. */
char *stage_name(const struct stage *stage, const char *path);

/* The program that stands for sendmail(8): it takes the message and does nothing. */
int stage_add_sendmail(const struct stage *stage, struct err *err);

/* Sets aside the home as `name`, in the root. */
int stage_keep(const struct stage *stage, const char *name, struct err *err);

void stage_remove(const struct stage *stage);

#endif
