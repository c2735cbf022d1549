/*
 * Keys of SCRAM (RFC 5802, 7677): read, made of a password, made up.
 */
#ifndef MAILWEIR_ACCOUNT_SCRAM_H
#define MAILWEIR_ACCOUNT_SCRAM_H

#include "account/account.h"

enum {
    SCRAM_SALT_USUAL = 16,
    SCRAM_SALT_MAX = 45,         /* bytes: what struct sasl_scram holds */
    SCRAM_ROUNDS_MAX = 10000000, /* a file shall not ask for hours */
    SCRAM_KEY_MAX = 32
};

size_t scram_key_size(enum sasl_hash hash);

/* Of iterations,salt,StoredKey,ServerKey; false: it is nothing of that kind. */
bool scram_read(struct span text, enum sasl_hash hash, struct sasl_scram *scram);
int scram_write(const struct sasl_scram *scram, struct buf *text);

/* The keys of that password with the salt and the iterations of `like`.  -1: it can be no password (RFC
 * 4013); they are those of another then, after the same work. */
int scram_make(enum sasl_hash hash, struct span password, const struct sasl_scram *like,
               struct sasl_scram *made);

/* Sets the salt. */
void scram_set_salt(struct sasl_scram *scram, struct span salt);

/* Keys that nobody's password has, of these bytes; as many as a key has. */
void scram_set_keys(enum sasl_hash hash, struct sasl_scram *scram, const char *stored, const char *server);

/* How many bytes the salt has. */
size_t scram_salt_size(const struct sasl_scram *scram);

#endif
