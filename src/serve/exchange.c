#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "serve/channel.h"
#include "serve/exchange.h"
#include "serve/log.h"

enum { PARTS = 3, PASSWORD_MAX = 1024, DIGEST_TEXT = 32, TRIED = 128 };

struct exchange {
    const struct serve_accounts *accounts;
    enum exchange_status (*old)(struct exchange *x, const char *const parts[PARTS]);
    size_t parts; /* that it has */
    struct sasl *sasl;
    struct sasl_store store;
    bool silent;  /* there is no log */
    bool checked; /* the password was right, and the account is that one's */
    bool later;   /* a source could not be asked: whatever comes of it is no "no" */
    struct serve_account account;
    char mechanism[CHANNEL_MECHANISM], tried[TRIED]; /* for the log; a longer name is cut */
};

static void note_user(struct exchange *x, const char *user)
{
    strncpy(x->tried, user, sizeof x->tried - 1);
}

/* ---- the old ones */

static enum exchange_status status_of(enum serve_answer answer)
{
    static const enum exchange_status statuses[] = {
        [SERVE_YES] = EXCHANGE_YES, [SERVE_NO] = EXCHANGE_NO, [SERVE_LATER] = EXCHANGE_LATER};

    return statuses[answer];
}

static enum exchange_status old_pass(struct exchange *x, const char *const parts[PARTS])
{
    return status_of(x->accounts->check(x->accounts->ctx, parts[0], parts[1], &x->account));
}

static enum exchange_status old_rpop(struct exchange *x, const char *const parts[PARTS])
{
    return status_of(x->accounts->check_rpop(x->accounts->ctx, parts[0], parts[1], &x->account));
}

/* The MD5 of timestamp and password, in hexadecimal digits.  Where the password is unknown it is compared all
 * the same, with the digest of something that nobody has. */
static bool digest_matches(const char *timestamp, const struct buf *password, const char *digest)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    char text[2 * EVP_MAX_MD_SIZE + 1];
    unsigned n = 0;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool made = md && EVP_DigestInit_ex(md, EVP_md5(), NULL) == 1 &&
                EVP_DigestUpdate(md, timestamp, strlen(timestamp)) == 1 &&
                EVP_DigestUpdate(md, password->p ? password->p : "", password->n) == 1 &&
                EVP_DigestFinal_ex(md, hash, &n) == 1;

    EVP_MD_CTX_free(md);
    for (unsigned i = 0; i < n; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    return made && 2 * n == DIGEST_TEXT && strlen(digest) == DIGEST_TEXT &&
           CRYPTO_memcmp(text, digest, DIGEST_TEXT) == 0;
}

static enum exchange_status old_apop(struct exchange *x, const char *const parts[PARTS])
{
    struct buf password;
    enum serve_answer known;
    bool right;

    buf_init(&password, PASSWORD_MAX);
    known = x->accounts->password(x->accounts->ctx, parts[0], &password);
    right = digest_matches(parts[1], &password, parts[2]);
    if (password.p)
        explicit_bzero(password.p, password.n);
    buf_free(&password);
    if (known == SERVE_YES && right)
        return status_of(x->accounts->find(x->accounts->ctx, parts[0], &x->account));
    return known == SERVE_LATER ? EXCHANGE_LATER : EXCHANGE_NO;
}

static const struct {
    const char *name;
    size_t parts;
    enum exchange_status (*run)(struct exchange *x, const char *const parts[PARTS]);
} olds[] = {{"=PASS", 2, old_pass}, {"=APOP", 3, old_apop}, {"=RPOP", 2, old_rpop}};

static bool has_old(const struct serve_settings *settings, size_t i)
{
    if (olds[i].run == old_apop)
        return settings->apop && settings->accounts.password;
    return olds[i].run != old_rpop || (settings->rpop && settings->accounts.check_rpop);
}

/* Parts end with NULs, the last at the end of the bytes. */
static enum exchange_status step_old(struct exchange *x, struct span answer)
{
    struct buf copy;
    const char *parts[PARTS] = {NULL};
    size_t count = 0;
    enum exchange_status status = EXCHANGE_FAULT;

    buf_init(&copy, BUF_UNLIMITED);
    buf_add_span(&copy, answer);
    buf_add_byte(&copy, '\0'); /* and so there is one where the answer is empty, too */
    for (size_t at = 0; at < copy.n && count <= x->parts; at += strlen(copy.p + at) + 1)
        if (count++ < PARTS)
            parts[count - 1] = copy.p + at;
    if (count == x->parts) {
        note_user(x, parts[0]);
        status = x->old(x, parts);
    }
    explicit_bzero(copy.p, copy.n);
    buf_free(&copy);
    return status;
}

/* ---- what SASL asks */

static bool answered(struct exchange *x, enum serve_answer answer)
{
    x->later = x->later || answer == SERVE_LATER;
    return answer == SERVE_YES;
}

static bool store_check(void *ctx, const char *user, const char *password)
{
    struct exchange *x = ctx;

    note_user(x, user);
    x->checked = answered(x, x->accounts->check(x->accounts->ctx, user, password, &x->account));
    return x->checked;
}

static int store_password(void *ctx, const char *user, struct buf *password)
{
    struct exchange *x = ctx;

    note_user(x, user);
    return x->accounts->password && answered(x, x->accounts->password(x->accounts->ctx, user, password)) ? 0
                                                                                                         : -1;
}

static int store_scram(void *ctx, const char *user, enum sasl_hash hash, struct sasl_scram *scram)
{
    struct exchange *x = ctx;

    note_user(x, user);
    return x->accounts->scram && answered(x, x->accounts->scram(x->accounts->ctx, user, hash, scram)) ? 0
                                                                                                      : -1;
}

/* The mechanisms that ask for secrets have not said yet whose mail it is.  Where a password was checked, it
 * is his whose it is, whatever he is called there: another source may have another of that name. */
static enum exchange_status finish(struct exchange *x)
{
    const char *user = sasl_user(x->sasl);
    enum exchange_status status;

    if (x->checked)
        return EXCHANGE_YES;
    status = status_of(x->accounts->find(x->accounts->ctx, user, &x->account));
    if (status == EXCHANGE_YES && strcmp(x->account.name, user) != 0)
        return EXCHANGE_NO; /* the system finds JOE under joe: to Kerberos they are two */
    return status;
}

static enum exchange_status step_sasl(struct exchange *x, struct span answer, struct buf *challenge)
{
    enum sasl_status status = sasl_step(x->sasl, answer, challenge);
    const char *principal = sasl_principal(x->sasl);

    if (principal)
        note_user(x, principal);
    switch (status) {
    case SASL_MORE:
        return EXCHANGE_MORE;
    case SASL_YES:
        return finish(x);
    case SASL_FAULT:
        return EXCHANGE_FAULT;
    case SASL_LATER:
        return EXCHANGE_LATER;
    case SASL_NO:
        break;
    }
    return x->later ? EXCHANGE_LATER : EXCHANGE_NO;
}

/* ---- all of them */

void exchange_prepare(struct serve_settings *settings)
{
    struct err err = {0};

    if (!settings->keytab || sasl_use_keytab(settings->keytab, &settings->gssapi, &err) == 0)
        return;
    serve_log(settings, "no logins by GSSAPI: %s", err.text);
    settings->keytab = NULL;
}

bool exchange_offers(const struct serve_settings *settings, const char *mechanism, bool binding)
{
    for (size_t i = 0; settings->mechanisms && settings->mechanisms[i]; i++)
        if (strcmp(settings->mechanisms[i], mechanism) == 0)
            return sasl_has_mechanism(mechanism, binding);
    return false;
}

static struct exchange *exchange_new(const struct serve_settings *settings)
{
    struct exchange *x = mem_alloc(sizeof *x);

    x->accounts = &settings->accounts;
    x->silent = !settings->log;
    x->store = (struct sasl_store){store_check, store_password, store_scram, x,
                                   settings->keytab ? &settings->gssapi : NULL};
    return x;
}

struct exchange *exchange_begin(const struct serve_settings *settings, const char *mechanism,
                                struct span binding)
{
    struct exchange *x = exchange_new(settings);

    strncpy(x->mechanism, mechanism, sizeof x->mechanism - 1);
    for (size_t i = 0; i < sizeof olds / sizeof *olds; i++)
        if (strcmp(olds[i].name, mechanism) == 0 && has_old(settings, i)) {
            x->old = olds[i].run;
            x->parts = olds[i].parts;
            return x;
        }
    if (exchange_offers(settings, mechanism, binding.n > 0))
        x->sasl = sasl_begin(mechanism, &x->store, binding, NULL);
    if (x->sasl)
        return x;
    exchange_free(x);
    return NULL;
}

enum exchange_status exchange_step(struct exchange *x, struct span answer, struct buf *challenge)
{
    return x->old ? step_old(x, answer) : step_sasl(x, answer, challenge);
}

const struct serve_account *exchange_account(const struct exchange *x)
{
    return &x->account;
}

void exchange_log_failure(const struct exchange *x, const char *protocol, const struct sockaddr *from)
{
    struct log_login login = {.protocol = protocol,
                              .from = from,
                              .mechanism = x->mechanism + (x->mechanism[0] == '='),
                              .user = span_of(x->tried)};

    if (!x->silent)
        log_failed_login(&login);
}

void exchange_free(struct exchange *x)
{
    if (!x)
        return;
    sasl_free(x->sasl);
    free(x);
}
