/*
 * What tls.c and tls-stream.c share.
 */
#ifndef MAILWEIR_NET_TLS_PRIVATE_H
#define MAILWEIR_NET_TLS_PRIVATE_H

#include <openssl/ssl.h>

#include "net/tls.h"

struct tls {
    unsigned holders;
    bool client;
    size_t n;
    SSL_CTX **contexts; /* one for each certificate; the first answers */
};

/* The first fault of OpenSSL's list as text; the list is empty then. */
const char *tls_reason(char *text, size_t size);

#endif
