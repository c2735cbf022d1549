/*
 * A reader of mbox files that knows nothing but mbox(5): a message begins at a line `From …` that is
 * the first or stands behind an empty one.
 */
#ifndef MAILWEIR_FUZZ_MBOX_READER_H
#define MAILWEIR_FUZZ_MBOX_READER_H

#include <stddef.h>

#include "base/span.h"

/* How many messages begin in it. */
size_t mbox_reader_count(struct span file);

/* Does one begin at that offset? */
bool mbox_reader_begins(struct span file, size_t at);

#endif
