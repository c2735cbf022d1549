/*
 * A line of a file that people wrote, with a mark under what is meant, for reports on a terminal.
 * What would move the cursor is shown as a question mark; of a long line, what is around the mark.
 */
#ifndef MAILWEIR_BASE_EXCERPT_H
#define MAILWEIR_BASE_EXCERPT_H

#include "base/buf.h"
#include "base/span.h"

/* What is printed before and behind the margin and the mark, to colour them. */
struct excerpt_style {
    const char *margin, *mark, *end;
};

/* Where a byte of a text is: line and column (in bytes) from 1. */
struct excerpt_place {
    unsigned line, column;
};

struct excerpt_place excerpt_find(struct span text, size_t offset);

/* The line in which `offset` is, its number before it, and below it a mark of that length, which ends
 * with the line. */
void excerpt_print(struct buf *to, struct span text, size_t offset, size_t length, unsigned number,
                   const struct excerpt_style *style);

/* One line of text, made harmless. */
void excerpt_line(struct buf *to, struct span line);

#endif
