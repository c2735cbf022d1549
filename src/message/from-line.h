/*
 * The From_ line that opens a message in an mbox: `From sender  Tue Nov 24 05:04:49 2026`.
 * Date as in ctime(3), local time (mbox(5); procmail(1), -f).
 */
#ifndef MAILWEIR_MESSAGE_FROM_LINE_H
#define MAILWEIR_MESSAGE_FROM_LINE_H

#include <stdbool.h>
#include <time.h>

#include "base/buf.h"
#include "base/span.h"

bool from_line_is(struct span line); /* begins with `From ` */

/* Appends `From sender  <ctime>\n`. */
void from_line_make(struct buf *to, const char *sender, time_t when);

/* Appends `line` (a From_ line, newline included) with the date renewed, and put in where
 * there was none. */
void from_line_refresh(struct buf *to, struct span line, time_t when);

#endif
