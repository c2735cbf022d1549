/*
 * Bytes that an editor does not show: read from, and shown in, test files and differences.
 */
#ifndef MAILWEIR_RCTEST_ESCAPE_H
#define MAILWEIR_RCTEST_ESCAPE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/span.h"

/* \\ \r \n \t \0 \xHH become the byte they name, and a backslash at the end of a line joins
 * it to the next; -1 on any other backslash, to which *wrong then points. */
int escape_undo(struct arena *arena, struct span text, struct span *result, const char **wrong);

/* Which line of the text with its escapes the given line of the text without them begins in; both
 * from 1. */
unsigned escape_line(struct span text, unsigned line);

/* The text as it may be printed on one line: the same escapes for what is not printable ASCII. */
void escape_print(struct buf *to, struct span text);

#endif
