/*
 * What one test took of its rc files: the agent tells places in the sandbox (trace/count.h), which
 * become places in the files that people wrote.
 */
#ifndef MAILWEIR_RCTEST_COUNTED_H
#define MAILWEIR_RCTEST_COUNTED_H

#include <stdio.h>

#include "rctest/rctest.h"
#include "rctest/sandbox.h"

/* A file for the agent to write to, and its descriptor; NULL when there can be none. */
FILE *counted_open(int *fd);

/* Adds, by one write(2), a line `KIND<TAB>line<TAB>column<TAB>first<TAB>file` for each event: `first`
 * is the line of the section the rc stands in, 0 when it has a file of its own; `line` counts
 * from there. */
void counted_close(FILE *counts, int to, const struct rctest *test, const struct sandbox *box);

#endif
