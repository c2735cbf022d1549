/*
 * A certificate that signs itself, with its key: for a first start, and for sites of their own.  P-256, for
 * servers only, from an hour ago on (clocks differ).
 *
 * Files appear whole or not at all: the key with mode 0600, the certificate with 0644, synced to the disk.  What
 * is there already stays, unless told to replace it.
 */
#ifndef MAILWEIR_NET_CERTIFICATE_H
#define MAILWEIR_NET_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct certificate_order {
    const char *const *names; /* of the host, the first is the subject's */
    size_t n;
    unsigned days;
    const char *certificate, *key; /* paths of PEM files */
    bool replace;
};

/* -1: ERR_CANTCREAT (with EEXIST where it is there already), ERR_USAGE (no names). */
int certificate_make(const struct certificate_order *order, struct err *err);

/* Days until the first certificate in the PEM file is good no longer, rounded down; negative afterwards. */
int certificate_days_left(const char *path, int *days, struct err *err);

#endif
