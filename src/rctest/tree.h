/*
 * What lies in a sandbox after a run: every file with its bytes, mode and links.
 */
#ifndef MAILWEIR_RCTEST_TREE_H
#define MAILWEIR_RCTEST_TREE_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

struct tree_entry {
    const char *path; /* below the sandbox */
    mode_t mode;      /* with the file's type */
    unsigned links;   /* of a regular file, else 1 */
    struct span text; /* of a regular file; the target of a link; else empty */
};

struct tree {
    struct tree_entry *entries; /* sorted by path */
    size_t count;
    size_t room;
    size_t bytes; /* read */
};

/* Everything but text that we have no right to, which is shown as such; -1 where it is too much. */
int tree_read(struct tree *tree, struct arena *arena, const char *root, struct err *err);
void tree_free(struct tree *tree);

const struct tree_entry *tree_find(const struct tree *tree, const char *path);

#endif
