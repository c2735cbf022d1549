#include "account/scram.h"

#include <gsasl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "account/secret.h"
#include "net/base64.h"

size_t scram_key_size(enum sasl_hash hash)
{
    return hash == SASL_SHA256 ? GSASL_HASH_SHA256_SIZE : GSASL_HASH_SHA1_SIZE;
}

/* ---- as text */

/* From the front of *rest to the next comma, which goes, too. */
static struct span take_part(struct span *rest)
{
    const char *comma = rest->n ? span_find_byte(*rest, ',') : NULL;
    struct span part = {rest->p, comma ? (size_t)(comma - rest->p) : rest->n};

    *rest = span_from(*rest, part.n + (comma != NULL));
    return part;
}

static bool read_rounds(struct span text, unsigned *rounds)
{
    uint64_t n;

    span_number(text, SCRAM_ROUNDS_MAX, &n);
    *rounds = (unsigned)n;
    return n > 0;
}

/* Base64 of `least` to `most` bytes. */
static bool read_bytes(struct span text, size_t least, size_t most, char to[64])
{
    struct buf bytes;
    bool right;

    buf_init(&bytes, SCRAM_SALT_MAX);
    right = text.n < 64 && base64_decode(text, &bytes) == 0 && bytes.n >= least && bytes.n <= most;
    if (right) {
        memcpy(to, text.p, text.n);
        to[text.n] = '\0';
    }
    buf_free(&bytes);
    return right;
}

bool scram_read(struct span text, enum sasl_hash hash, struct sasl_scram *scram)
{
    size_t key = scram_key_size(hash);
    struct span rounds = take_part(&text), salt = take_part(&text), stored = take_part(&text);

    return read_rounds(rounds, &scram->iterations) && read_bytes(salt, 1, SCRAM_SALT_MAX, scram->salt) &&
           read_bytes(stored, key, key, scram->stored_key) && read_bytes(text, key, key, scram->server_key);
}

int scram_write(const struct sasl_scram *scram, struct buf *text)
{
    return buf_printf(text, "%u,%s,%s,%s", scram->iterations, scram->salt, scram->stored_key,
                      scram->server_key);
}

/* ---- bytes */

static void set_text(char to[64], struct span bytes)
{
    struct buf text;

    buf_init(&text, 63);
    if (base64_encode(bytes, &text))
        err_bug("keys of SCRAM that are too long");
    memcpy(to, text.p, text.n + 1);
    OPENSSL_cleanse(text.p, text.n);
    buf_free(&text);
}

void scram_set_salt(struct sasl_scram *scram, struct span salt)
{
    set_text(scram->salt, salt);
}

void scram_set_keys(enum sasl_hash hash, struct sasl_scram *scram, const char *stored, const char *server)
{
    set_text(scram->stored_key, span_make(stored, scram_key_size(hash)));
    set_text(scram->server_key, span_make(server, scram_key_size(hash)));
}

size_t scram_salt_size(const struct sasl_scram *scram)
{
    size_t n = strlen(scram->salt) / 4 * 3;

    for (const char *p = strchr(scram->salt, '='); p && *p == '='; p++)
        n--;
    return n;
}

/* ---- keys of a password */

/* As RFC 4013 has it, so that a client's other way to write it is the same; NULL: it can be none. */
static char *prepared(struct span password)
{
    char *text = strndup(password.n ? password.p : "", password.n), *prepared = NULL;

    if (!text)
        err_out_of_memory();
    if (password.n == 0 || password.n >= ACCOUNT_PASSWORD_MAX || strlen(text) != password.n ||
        gsasl_saslprep(text, GSASL_ALLOW_UNASSIGNED, &prepared, NULL) != GSASL_OK)
        prepared = NULL;
    OPENSSL_cleanse(text, strlen(text));
    free(text);
    return prepared;
}

int scram_make(enum sasl_hash hash, struct span password, const struct sasl_scram *like,
               struct sasl_scram *made)
{
    char salted[SCRAM_KEY_MAX], client[SCRAM_KEY_MAX], server[SCRAM_KEY_MAX], stored[SCRAM_KEY_MAX];
    char *text = prepared(password);
    struct buf salt;
    int result;

    buf_init(&salt, SCRAM_SALT_MAX);
    *made = *like;
    secret_count.scrams++;
    result = base64_decode(span_of(like->salt), &salt);
    if (gsasl_scram_secrets_from_password(hash == SASL_SHA256 ? GSASL_HASH_SHA256 : GSASL_HASH_SHA1,
                                          text ? text : "-", like->iterations, salt.p, salt.n, salted, client,
                                          server, stored) != GSASL_OK)
        err_out_of_memory();
    scram_set_keys(hash, made, stored, server);
    OPENSSL_cleanse(salted, sizeof salted);
    OPENSSL_cleanse(client, sizeof client);
    if (!text || strlen(text) == 0)
        result = -1;
    if (text)
        OPENSSL_cleanse(text, strlen(text));
    gsasl_free(text);
    buf_free(&salt);
    return result;
}
