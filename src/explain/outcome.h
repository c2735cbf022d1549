/*
 * What came of a run on a stage: exit status, the conditions in the log, files.  Names that are unique in a
 * Maildir or a directory are taken as the same.
 */
#ifndef MAILWEIR_EXPLAIN_OUTCOME_H
#define MAILWEIR_EXPLAIN_OUTCOME_H

#include "base/buf.h"
#include "base/err.h"
#include "explain/explain.h"

struct outcome_file {
    char *name; /* from the home on, without what is unique in it */
    char *path;
};

struct outcome {
    const char *who;
    int status;
    struct buf log; /* lines that tell how conditions fared */
    bool has_copies, is_loud;
    struct outcome_file *files; /* sorted by name, then content's size */
    size_t count;
};

void outcome_init(struct outcome *outcome);
void outcome_free(struct outcome *outcome);

/* Reads what is in the directory `kept` and the file `said` of `root`; the steps, of the home, name further
 * logs. */
int outcome_read(struct outcome *outcome, const char *root, const char *kept, const char *said,
                 const char *home, const struct explain *steps, struct err *err);

/* Prints the first difference, or that there is none; is there one? */
bool outcome_compare(const struct outcome *ours, const struct outcome *theirs, FILE *to);

#endif
