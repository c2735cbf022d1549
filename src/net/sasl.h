/*
 * Proving who one is, the server's side (RFC 4422).  GNU SASL does the mechanisms; who has which password is
 * asked of a store.  Bytes go in and out as they are; base64 is for the protocols that want it.
 *
 * Nothing here tells whether a user exists, as long as the store does not.
 */
#ifndef MAILWEIR_NET_SASL_H
#define MAILWEIR_NET_SASL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

enum sasl_hash { SASL_SHA1, SASL_SHA256 };

struct sasl_scram {
    unsigned iterations;
    char salt[64], stored_key[64], server_key[64]; /* base64 (RFC 5803) */
};

/* GSSAPI (RFC 4752), which is Kerberos here: as whom we are known there, and whose principals are our users:
 * "joe@REALM" is joe, and nobody else is anybody. */
struct sasl_gssapi {
    const char *service, *host, *realm;
};

/* What is known of users.  Names are as the client gave them: whoever looks one up validates it. */
struct sasl_store {
    bool (*check)(void *ctx, const char *user, const char *password);
    /* The password itself, for CRAM-MD5; -1: it is not known. */
    int (*password)(void *ctx, const char *user, struct buf *password);
    /* What SCRAM needs, made up, the same each time, for a user who does not exist; -1: there is no telling
     * now. */
    int (*scram)(void *ctx, const char *user, enum sasl_hash hash, struct sasl_scram *scram);
    void *ctx;
    const struct sasl_gssapi *gssapi; /* NULL: no key is to be had, and GSSAPI is for later */
};

enum { SASL_ANSWER_MAX = 12288 };

struct sasl;

/* Is it one of PLAIN LOGIN CRAM-MD5 GSSAPI SCRAM-SHA-1 SCRAM-SHA-256, and, where the connection has a channel
 * binding, SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS?  In capital letters. */
bool sasl_has_mechanism(const char *mechanism, bool binding);

/* `binding` is the connection's tls-exporter, empty where there is none.  The store has to outlive the
 * exchange.  NULL: ERR_DATA when there is no such mechanism here. */
struct sasl *sasl_begin(const char *mechanism, const struct sasl_store *store, struct span binding,
                        struct err *err);

enum sasl_status {
    SASL_MORE,  /* send the challenge, perhaps an empty one, and take an answer */
    SASL_YES,   /* it is sasl_user(); a challenge that is not empty goes out before, or with, the success */
    SASL_NO,    /* it is not */
    SASL_FAULT, /* what the client said is no answer */
    SASL_LATER, /* there is no telling now: GSSAPI has no key */
};

/* The first answer is the initial response; SPAN_NULL where the client gave none. */
enum sasl_status sasl_step(struct sasl *x, struct span answer, struct buf *challenge);

/* After SASL_YES. */
const char *sasl_user(const struct sasl *x);

/* Of GSSAPI, whom Kerberos has vouched for, "joe@REALM", whether he is let in or not; NULL: nobody. */
const char *sasl_principal(const struct sasl *x);

void sasl_free(struct sasl *x);

/* This process uses that keytab for GSSAPI.  -1: there is no key for us in it that we may read, or no library
 * of Kerberos.  Then no exchange should try: GNU SASL 2.2 loses some memory each time it finds no key. */
int sasl_use_keytab(const char *keytab, const struct sasl_gssapi *gssapi, struct err *err);

#endif
