/*
 * The messages of a folder in a sandbox, whatever its format.
 */
#ifndef MAILWEIR_RCTEST_MAILBOX_H
#define MAILWEIR_RCTEST_MAILBOX_H

#include <stdbool.h>

#include "rctest/tree.h"

struct mailbox {
    struct span *messages; /* of the tree; those of an mbox with their From_ lines */
    size_t count;
};

bool mailbox_is_maildir(const struct tree *tree, const char *folder);

/* Is this entry a message of the folder?  In a Maildir those in new and cur are; else the files
 * right in the directory, but for hidden ones. */
bool mailbox_has(const struct tree_entry *entry, const char *folder, bool maildir);

/* A file is an mbox; what is not there holds nothing. */
void mailbox_read(struct mailbox *mailbox, struct arena *arena, const struct tree *tree, const char *folder);

#endif
