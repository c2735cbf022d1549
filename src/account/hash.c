#include <crypt.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "account/account.h"
#include "account/scram.h"
#include "account/secret.h"
#include "net/base64.h"

static const char *const names[] = {
    [ACCOUNT_CRYPT] = "crypt",
    [ACCOUNT_SCRAM_SHA_256] = "SCRAM-SHA-256",
    [ACCOUNT_SCRAM_SHA_1] = "SCRAM-SHA-1",
    [ACCOUNT_PLAIN] = "PLAIN",
};

int account_scheme(const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcasecmp(name, names[i]) == 0)
            return (int)i;
    }
    return -1;
}

static int judge(struct span password, struct err *err)
{
    if (password.n == 0)
        return err_set(err, ERR_DATA, "the password is empty");
    if (password.n >= ACCOUNT_PASSWORD_MAX)
        return err_set(err, ERR_DATA, "the password is too long");
    for (size_t i = 0; i < password.n; i++) {
        if ((unsigned char)password.p[i] < ' ' || password.p[i] == 0x7f)
            return err_set(err, ERR_DATA, "a control character is in the password");
    }
    return 0;
}

/* The method that libxcrypt prefers: yescrypt. */
static int hash_crypt(struct span password, struct buf *to, struct err *err)
{
    struct crypt_data data = {.initialized = 0};
    char setting[CRYPT_GENSALT_OUTPUT_SIZE], text[ACCOUNT_PASSWORD_MAX];
    const char *hash = NULL;

    memcpy(text, password.p, password.n);
    text[password.n] = '\0';
    if (crypt_gensalt_rn(NULL, 0, NULL, 0, setting, sizeof setting))
        hash = crypt_r(text, setting, &data);
    if (hash && *hash != '*')
        buf_add_text(to, hash);
    else
        hash = NULL;
    OPENSSL_cleanse(text, sizeof text);
    OPENSSL_cleanse(&data, sizeof data);
    return hash ? 0 : err_set_errno(err, ERR_OSERR, "crypt(3) makes no hash");
}

static int hash_scram(enum sasl_hash hash, struct span password, struct buf *to, struct err *err)
{
    struct sasl_scram like = {.iterations = ACCOUNT_SCRAM_ROUNDS}, made;
    char salt[SCRAM_SALT_USUAL];

    if (getrandom(salt, sizeof salt, 0) != (ssize_t)sizeof salt)
        return err_set_errno(err, ERR_OSERR, "there is no randomness");
    scram_set_salt(&like, span_make(salt, sizeof salt));
    if (scram_make(hash, password, &like, &made))
        return err_set(err, ERR_DATA, "SCRAM takes no such password");
    buf_add_text(to, secret_schemes[hash == SASL_SHA256 ? SECRET_SCRAM_SHA256 : SECRET_SCRAM_SHA1]);
    return scram_write(&made, to);
}

/* As it is, where it has no blanks and no colons. */
static int hash_plain(struct span password, struct buf *to)
{
    bool safe = !span_find_byte(password, ' ') && !span_find_byte(password, ':');

    buf_add_text(to, secret_schemes[safe ? SECRET_PLAIN : SECRET_PLAIN_B64]);
    return safe ? buf_add_span(to, password) : base64_encode(password, to);
}

int account_hash(enum account_scheme scheme, struct span password, struct buf *to, struct err *err)
{
    if (judge(password, err))
        return -1;
    switch (scheme) {
    case ACCOUNT_SCRAM_SHA_256:
        return hash_scram(SASL_SHA256, password, to, err);
    case ACCOUNT_SCRAM_SHA_1:
        return hash_scram(SASL_SHA1, password, to, err);
    case ACCOUNT_PLAIN:
        return hash_plain(password, to);
    default:
        return hash_crypt(password, to, err);
    }
}
