#include "account/secret.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <string.h>
#include <strings.h>

#include "account/scram.h"
#include "net/base64.h"

const char *const secret_schemes[SECRET_KINDS] = {
    [SECRET_CRYPT] = "",
    [SECRET_SCRAM_SHA1] = "{SCRAM-SHA-1}",
    [SECRET_SCRAM_SHA256] = "{SCRAM-SHA-256}",
    [SECRET_PLAIN] = "{PLAIN}",
    [SECRET_PLAIN_B64] = "{PLAIN.b64}",
    [SECRET_RPOP] = "{RPOP}",
    [SECRET_LOCKED] = "",
};

/* ---- reading */

static enum secret_kind kind_of(struct span *text)
{
    for (enum secret_kind kind = 0; kind < SECRET_KINDS; kind++) {
        const char *scheme = secret_schemes[kind];

        if (*scheme && span_starts_nocase(*text, scheme)) {
            *text = span_from(*text, strlen(scheme));
            return kind;
        }
    }
    if (span_starts(*text, "{CRYPT}")) { /* as others write it */
        *text = span_from(*text, 7);
        return SECRET_CRYPT;
    }
    return *text->p == '!' || span_eq_text(*text, "*") ? SECRET_LOCKED : SECRET_CRYPT;
}

/* NUL-terminated for crypt(3); false: it has no room there. */
static bool to_text(struct span s, char text[CRYPT_OUTPUT_SIZE])
{
    if (s.n >= CRYPT_OUTPUT_SIZE || memchr(s.p, '\0', s.n))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    return true;
}

/* DES, whose settings are any two letters: crypt(5) says how long its hashes are. */
static bool is_odd_des(struct span hash)
{
    if (*hash.p == '_')
        return hash.n != 20;
    return *hash.p != '$' && (hash.n < 13 || (hash.n - 2) % 11);
}

static const char *judge_crypt(struct span text)
{
    char setting[CRYPT_OUTPUT_SIZE];
    int verdict;

    if (*text.p == '{')
        return "a scheme of passwords that is not known";
    if (!to_text(text, setting))
        return "a hash that is too long";
    verdict = crypt_checksalt(setting);
    if (is_odd_des(text) ||
        (verdict != CRYPT_SALT_OK && verdict != CRYPT_SALT_METHOD_LEGACY && verdict != CRYPT_SALT_TOO_CHEAP))
        return "a hash that crypt(3) cannot verify";
    return NULL;
}

static const char *judge_base64(struct span text)
{
    struct buf password;
    const char *fault = NULL;

    buf_init(&password, ACCOUNT_PASSWORD_MAX);
    if (base64_decode(text, &password) || memchr(password.p, '\0', password.n))
        fault = "a password that is no base64 of one";
    OPENSSL_cleanse(password.p, password.n);
    buf_free(&password);
    return fault;
}

static const char *judge(enum secret_kind kind, struct span text)
{
    struct sasl_scram scram;

    if (text.n == 0)
        return "an empty password";
    switch (kind) {
    case SECRET_CRYPT:
        return judge_crypt(text);
    case SECRET_SCRAM_SHA1:
    case SECRET_SCRAM_SHA256:
        return scram_read(text, kind == SECRET_SCRAM_SHA256 ? SASL_SHA256 : SASL_SHA1, &scram)
                   ? NULL
                   : "keys of SCRAM that are not iterations,salt,StoredKey,ServerKey";
    case SECRET_PLAIN_B64:
        return judge_base64(text);
    case SECRET_PLAIN:
        return text.n > ACCOUNT_PASSWORD_MAX ? "a password that is too long" : NULL;
    default:
        return NULL;
    }
}

static bool is_control(struct span s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
            return true;
    }
    return false;
}

const char *secrets_read(struct span field, struct secrets *secrets)
{
    *secrets = (struct secrets){0};
    if (span_skip_blanks(field).n == 0)
        return "no password: * is for a user who has none";
    if (is_control(field))
        return "a control character in a password";
    while ((field = span_skip_blanks(field)).n) {
        const char *blank = span_find_byte(field, ' '), *fault;
        struct span text = {field.p, blank ? (size_t)(blank - field.p) : field.n};
        enum secret_kind kind;

        field = span_from(field, text.n);
        kind = kind_of(&text);
        fault = judge(kind, text);
        if (!fault && secrets->of[kind].p)
            fault = "two passwords of one kind";
        if (fault)
            return fault;
        secrets->of[kind] = text;
    }
    return NULL;
}

bool secrets_plain(const struct secrets *secrets, struct buf *password)
{
    if (secrets->of[SECRET_PLAIN].p)
        return buf_add_span(password, secrets->of[SECRET_PLAIN]) == 0;
    return secrets->of[SECRET_PLAIN_B64].p && base64_decode(secrets->of[SECRET_PLAIN_B64], password) == 0;
}

bool secrets_scram(const struct secrets *secrets, enum sasl_hash hash, struct sasl_scram *scram)
{
    struct span text = secrets->of[hash == SASL_SHA256 ? SECRET_SCRAM_SHA256 : SECRET_SCRAM_SHA1];

    return text.p && scram_read(text, hash, scram);
}

/* ---- verifying */

struct secret_count secret_count;

bool secret_eq(struct span a, struct span b)
{
    char left[ACCOUNT_PASSWORD_MAX] = {0}, right[ACCOUNT_PASSWORD_MAX] = {0};
    bool same;

    if (a.n > sizeof left || b.n > sizeof right)
        return false;
    memcpy(left, a.p, a.n);
    memcpy(right, b.p, b.n);
    same = (CRYPTO_memcmp(left, right, sizeof left) == 0) & (a.n == b.n);
    OPENSSL_cleanse(left, sizeof left);
    OPENSSL_cleanse(right, sizeof right);
    return same;
}

/* NUL-terminated; false, and empty: it can be nobody's. */
static bool to_password(struct span password, char text[ACCOUNT_PASSWORD_MAX])
{
    bool possible = password.n && password.n < ACCOUNT_PASSWORD_MAX && !memchr(password.p, '\0', password.n);

    if (!possible)
        password.n = 0;
    memcpy(text, password.p, password.n);
    text[password.n] = '\0';
    return possible;
}

static bool verify_crypt(struct span hash, struct span password)
{
    struct crypt_data data = {.initialized = 0};
    char setting[CRYPT_OUTPUT_SIZE], text[ACCOUNT_PASSWORD_MAX];
    bool right = to_password(password, text);
    const char *got;

    if (!to_text(hash, setting))
        return false;
    secret_count.crypts++;
    got = crypt_r(text, setting, &data);
    right = got && *got != '*' && secret_eq(span_of(got), hash) && right;
    OPENSSL_cleanse(text, sizeof text);
    OPENSSL_cleanse(&data, sizeof data);
    return right;
}

static bool verify_scram(enum sasl_hash hash, struct span text, struct span password)
{
    struct sasl_scram kept, made;
    bool right;

    if (!scram_read(text, hash, &kept))
        return false;
    right = scram_make(hash, password, &kept, &made) == 0;
    return secret_eq(span_of(kept.stored_key), span_of(made.stored_key)) && right;
}

static bool verify_base64(struct span text, struct span password)
{
    struct buf plain;
    bool right;

    buf_init(&plain, ACCOUNT_PASSWORD_MAX);
    right = base64_decode(text, &plain) == 0 && secret_eq(buf_span(&plain), password);
    OPENSSL_cleanse(plain.p, plain.n);
    buf_free(&plain);
    return right;
}

bool secret_verify(enum secret_kind kind, struct span text, struct span password)
{
    switch (kind) {
    case SECRET_CRYPT:
        return verify_crypt(text, password);
    case SECRET_SCRAM_SHA1:
    case SECRET_SCRAM_SHA256:
        return verify_scram(kind == SECRET_SCRAM_SHA256 ? SASL_SHA256 : SASL_SHA1, text, password);
    case SECRET_PLAIN:
        return secret_eq(text, password);
    case SECRET_PLAIN_B64:
        return verify_base64(text, password);
    default:
        return false;
    }
}
