/*
 * A fresh directory in which one test runs once: HOME, MAILDIR and everything the test
 * makes.  It lies in $TMPDIR (else /tmp), belongs to us, and nobody else can enter it; all
 * sandboxes of a run have paths of the same length, so that what depends on that length
 * (sizes, columns of the log) is the same in each.
 */
#ifndef MAILWEIR_RCTEST_SANDBOX_H
#define MAILWEIR_RCTEST_SANDBOX_H

#include "base/buf.h"
#include "base/err.h"
#include "rctest/rctest.h"

struct sandbox {
    char path[256]; /* as getcwd(3) in it says */
};

int sandbox_make(struct sandbox *box, struct err *err);

/* The rc files, files, directories and links of the test, with parents where missing. */
int sandbox_fill(const struct sandbox *box, const struct rctest *test, struct err *err);

/* What a thing that the test prepares is called in the sandbox. */
const char *sandbox_name(const struct rctest_section *section);

/* The path of an `rc-file`: from the test file on, unless it is absolute. */
int sandbox_source(const struct rctest *test, const struct rctest_section *section, char *path, size_t size,
                   struct err *err);

/* Adds the text with each `$HOME` replaced by the sandbox's path. */
void sandbox_expand(const struct sandbox *box, struct span text, struct buf *to);

void sandbox_remove(const struct sandbox *box);

#endif
