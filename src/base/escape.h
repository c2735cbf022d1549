/*
 * Bytes from outside, written so that they are text and nothing else where programs and browsers
 * read.  What is no UTF-8 becomes U+FFFD, byte by byte.
 */
#ifndef MAILWEIR_BASE_ESCAPE_H
#define MAILWEIR_BASE_ESCAPE_H

#include <stddef.h>
#include <stdio.h>

#include "base/span.h"

/* How long the UTF-8 character is that s begins with; 0 where it is none. */
size_t utf8_length(struct span s);

/* A string of JSON (RFC 8259), with its quotes. */
void json_string(struct span s, FILE *to);

/* What every page of ours begins with: one file, nothing is loaded, nothing is run. */
extern const char html_head[];

/* In a page or in XML, attributes too; control characters other than tab become U+FFFD. */
void html_text(struct span s, FILE *to);

#endif
