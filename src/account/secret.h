/*
 * The secrets of a user, as the second field of a users file has them: one, or several with blanks between
 * them, one of a kind each.
 */
#ifndef MAILWEIR_ACCOUNT_SECRET_H
#define MAILWEIR_ACCOUNT_SECRET_H

#include "account/account.h"

enum secret_kind {
    SECRET_CRYPT,      /* what crypt(3) made */
    SECRET_SCRAM_SHA1, /* iterations,salt,StoredKey,ServerKey (RFC 5803) */
    SECRET_SCRAM_SHA256,
    SECRET_PLAIN,
    SECRET_PLAIN_B64, /* the same as SECRET_PLAIN, written in base64 */
    SECRET_RPOP,
    SECRET_LOCKED, /* "*", or "!" and anything: no password is right */
    SECRET_KINDS
};

/* By kind: what is behind the scheme; p is NULL where there is none. */
struct secrets {
    struct span of[SECRET_KINDS];
};

/* NULL, or what is wrong.  The spans are parts of the field. */
const char *secrets_read(struct span field, struct secrets *secrets);

/* The password that {PLAIN} or {PLAIN.b64} says is added; false: there is none. */
bool secrets_plain(const struct secrets *secrets, struct buf *password);

/* False: there are none of that hash. */
bool secrets_scram(const struct secrets *secrets, enum sasl_hash hash, struct sasl_scram *scram);

/* ---- kinds of work */

/* What it takes to compute a hash: texts of one kind and with equal costs take equal work. */
struct secret_work {
    enum secret_kind kind;
    struct span cost;   /* the part of the text that says it */
    struct span sample; /* a text of that cost */
};

/* The work of verifying that secret; false: next to none. */
bool secret_work_of(const struct secrets *secrets, enum secret_kind kind, struct secret_work *work);
bool secret_work_eq(const struct secret_work *a, const struct secret_work *b);

/* Is that the password?  Hashes once, whatever the password is. */
bool secret_verify(enum secret_kind kind, struct span text, struct span password);

/* Are they the same?  Takes the same time for all that are not too long to be equal. */
bool secret_eq(struct span a, struct span b);

/* Hashes that were computed by this process: what tests compare. */
struct secret_count {
    unsigned long crypts, scrams;
};
extern struct secret_count secret_count;

/* The schemes of secrets as they are written, by kind; "" where there is none. */
extern const char *const secret_schemes[SECRET_KINDS];

#endif
