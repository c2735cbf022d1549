/*
 * comsat(8), the biff service: told by a datagram where new mail is, if anybody listens.  No answer is
 * expected, and nothing here can fail a delivery.
 */
#ifndef MAILWEIR_DELIVER_BIFF_H
#define MAILWEIR_DELIVER_BIFF_H

#include <netinet/in.h>

#include "base/span.h"

/* The well-known port on this host, without asking anybody for its number. */
struct sockaddr_in biff_usual(void);

/* Service and host by name or number; an empty one is the usual.  -1: unknown. */
int biff_find(struct sockaddr_in *to, const char *service, const char *host);

void biff_send(const struct sockaddr_in *to, struct span text);

#endif
