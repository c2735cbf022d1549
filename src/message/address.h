/*
 * The one address that a field names, as formail(1) has always found it: comments, white space, angle
 * brackets and display names are taken away, and nothing is judged.  In time linear in the text.
 */
#ifndef MAILWEIR_MESSAGE_ADDRESS_H
#define MAILWEIR_MESSAGE_ADDRESS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* Puts the address found in `content` into *to.  False, and *to empty, when there is none, not even an
 * empty one (`<>`).  A NUL in the content ends it. */
bool address_find(struct span content, struct buf *to);

#endif
