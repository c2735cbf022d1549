/*
 * Base64 (RFC 4648 4) as the wire protocols want it: one line, padded, nothing else in it.
 */
#ifndef MAILWEIR_NET_BASE64_H
#define MAILWEIR_NET_BASE64_H

#include "base/buf.h"
#include "base/span.h"

/* Adds what the text stands for; -1, with nothing added: it is not base64, has a wrong end or bits that mean
 * nothing, or is more than the buf takes. */
int base64_decode(struct span text, struct buf *bytes);

/* -1: more than the buf takes. */
int base64_encode(struct span bytes, struct buf *text);

#endif
