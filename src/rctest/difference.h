/*
 * Two texts that should be the same, shown as a unified difference people can read.
 */
#ifndef MAILWEIR_RCTEST_DIFFERENCE_H
#define MAILWEIR_RCTEST_DIFFERENCE_H

#include "base/buf.h"
#include "base/span.h"

/* Adds nothing when the texts are equal.  Lines only in `a` have `-`, only in `b` `+`; they
 * are escaped (escape.h); a last line without newline is marked; long ones are cut short. */
void difference_print(struct buf *to, struct span a, struct span b);

#endif
