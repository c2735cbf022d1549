/*
 * What TLS needs to know before a connection: certificates and keys, or whom to trust.  TLS 1.2 and later, no
 * compression, no renegotiation; the system's choice of ciphers.
 *
 * A struct tls is made once and used by many connections; each keeps it alive, so that new certificates
 * are a new struct tls, and connections that run go on with theirs.
 */
#ifndef MAILWEIR_NET_TLS_H
#define MAILWEIR_NET_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "net/stream.h"

struct tls;

struct tls_certificate {
    const char *chain; /* PEM file: the certificate, then those that vouch for it */
    const char *key;   /* PEM file without a password; must be the certificate's */
};

/* The first certificate is for those who name no host (RFC 6066 3), or one that no certificate is for.  NULL:
 * ERR_NOINPUT or ERR_DATA, with the file's name. */
struct tls *tls_server_new(const struct tls_certificate *certificates, size_t n, struct err *err);

/* Trusts those in the PEM file, or the system's when NULL; the host's name is always checked. */
struct tls *tls_client_new(const char *trusted, struct err *err);

/* Session tickets (RFC 5077, RFC 8446 4.6.1) are encrypted with a key of chance that every struct tls has of
 * its own.  With one from before, TLS_TICKET_KEY bytes, sessions are resumed across a reload. */
enum { TLS_TICKET_KEY = 80 };
int tls_set_ticket_key(struct tls *tls, const unsigned char key[TLS_TICKET_KEY], struct err *err);

/* A handshake with itself in each version, so that what is loaded and made at the first use is there
 * before the process forks or locks itself up. */
int tls_warm_up(struct tls *tls, struct err *err);

/* One more holder of it. */
struct tls *tls_ref(struct tls *tls);
void tls_free(struct tls *tls);

/* ---- of a connection in TLS */

const char *tls_version(const struct stream *s); /* "TLSv1.3" */
const char *tls_cipher(const struct stream *s);
const char *tls_server_name(const struct stream *s); /* as the client named it; "" */

/* Channel bindings for SASL, added to `binding`: "tls-exporter" (RFC 9266), "tls-server-end-point" (RFC 5929
 * 4). -1: there is none by that name. */
int tls_channel_binding(const struct stream *s, const char *type, struct buf *binding);

#endif
