#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "account/account.h"
#include "account/scram.h"
#include "account/secret.h"
#include "base/mem.h"

/* The name nobody can have, for whom sources are asked that are not needed any more: an answer takes the same
 * work, whoever knows the user. */
static const char nobody[] = "-nobody";

struct account_list {
    struct account_source *source;
    size_t n;
    unsigned char key[32]; /* of what is made up */
};

struct account_list *account_list_new(void)
{
    struct account_list *list = mem_alloc(sizeof *list);

    if (getrandom(list->key, sizeof list->key, 0) != (ssize_t)sizeof list->key)
        err_bug("there is no randomness");
    return list;
}

void account_list_add(struct account_list *list, struct account_source source)
{
    list->source = mem_realloc(list->source, (list->n + 1) * sizeof source);
    list->source[list->n++] = source;
}

void account_list_free(struct account_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->n; i++)
        list->source[i].ops->free(list->source[i].ctx);
    free(list->source);
    OPENSSL_cleanse(list->key, sizeof list->key);
    free(list);
}

/* ---- asking */

static bool name_ok(const char *name)
{
    return account_name_ok(span_of(name));
}

enum account_answer account_find(struct account_list *list, const char *name, struct account *account,
                                 struct err *err)
{
    *account = (struct account){.name = NULL};
    for (size_t i = 0; name_ok(name) && i < list->n; i++) {
        enum account_answer answer = list->source[i].ops->find(list->source[i].ctx, name, account, err);

        if (answer != ACCOUNT_UNKNOWN)
            return answer;
    }
    return ACCOUNT_NO;
}

enum account_answer account_check(struct account_list *list, const char *name, struct span password,
                                  struct account *account, struct err *err)
{
    const char *who = name_ok(name) ? name : nobody;

    *account = (struct account){.name = NULL};
    if (!password.p)
        password = span_make("", 0);
    for (size_t i = 0; i < list->n; i++) {
        enum account_answer answer =
            list->source[i].ops->check(list->source[i].ctx, who, password, account, err);

        if (answer == ACCOUNT_LATER || (answer == ACCOUNT_YES && who != nobody))
            return answer;
        account_free(account); /* whoever takes anybody */
        if (answer == ACCOUNT_NO)
            who = nobody;
    }
    return ACCOUNT_NO;
}

/* ---- secrets */

static void free_secrets(struct account_secrets *secrets)
{
    OPENSSL_cleanse(secrets->plain.p, secrets->plain.n);
    buf_free(&secrets->plain);
    buf_free(&secrets->rpop);
}

/* A source without secrets: its users have none, not those of another with their names. */
static enum account_answer knows(const struct account_source *source, const char *name, struct err *err)
{
    struct account account = {.name = NULL};
    enum account_answer answer = source->ops->find(source->ctx, name, &account, err);

    account_free(&account);
    return answer == ACCOUNT_YES ? ACCOUNT_NO : answer;
}

/* Fills both, whoever it is; ACCOUNT_YES, ACCOUNT_NO or ACCOUNT_LATER. */
static enum account_answer gather(struct account_list *list, const char *name,
                                  struct account_secrets *secrets, struct account_habits *habits,
                                  struct err *err)
{
    enum account_answer result = ACCOUNT_NO;
    const char *who = name_ok(name) ? name : nobody;

    *secrets = (struct account_secrets){.scram[0].iterations = 0};
    *habits = (struct account_habits){.iterations = {0}};
    buf_init(&secrets->plain, ACCOUNT_PASSWORD_MAX);
    buf_init(&secrets->rpop, BUF_UNLIMITED);
    for (size_t i = 0; i < list->n; i++) {
        const struct account_source *source = &list->source[i];
        enum account_answer answer = source->ops->secrets
                                         ? source->ops->secrets(source->ctx, who, secrets, habits, err)
                                         : knows(source, who, err);

        if (answer == ACCOUNT_LATER)
            return answer;
        if (answer != ACCOUNT_UNKNOWN) {
            result = answer;
            who = nobody;
        }
    }
    return result;
}

enum account_answer account_check_rpop(struct account_list *list, const char *name, struct span id,
                                       struct account *account, struct err *err)
{
    struct account_secrets secrets;
    struct account_habits habits;
    enum account_answer answer = gather(list, name, &secrets, &habits, err);
    bool right = answer == ACCOUNT_YES && id.n && secret_eq(id, buf_span(&secrets.rpop));

    free_secrets(&secrets);
    *account = (struct account){.name = NULL};
    if (right)
        return account_find(list, name, account, err);
    return answer == ACCOUNT_LATER ? ACCOUNT_LATER : ACCOUNT_NO;
}

/* ---- what is made up */

/* 32 bytes that depend on what they are for, on the name and on the key. */
static void make_up(const struct account_list *list, const char *purpose, const char *name, char to[32])
{
    struct buf about;
    unsigned n = 32;

    buf_init(&about, BUF_UNLIMITED);
    buf_printf(&about, "%s", purpose);
    buf_add_byte(&about, '\0');
    buf_add_text(&about, name);
    if (!HMAC(EVP_sha256(), list->key, sizeof list->key, (unsigned char *)about.p, about.n,
              (unsigned char *)to, &n))
        err_out_of_memory();
    buf_free(&about);
}

void account_list_key(struct account_list *list, struct span key)
{
    unsigned n = sizeof list->key;
    static const char purpose[] = "accounts that are made up";

    if (!HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)purpose, sizeof purpose, list->key, &n))
        err_out_of_memory();
}

int account_password(struct account_list *list, const char *name, struct buf *password, struct err *err)
{
    struct account_secrets secrets;
    struct account_habits habits;
    enum account_answer answer = gather(list, name, &secrets, &habits, err);
    char made_up[32];
    int result = answer == ACCOUNT_LATER ? -1 : 0;

    make_up(list, "password", name, made_up);
    if (result == 0 && secrets.plain.n)
        result = buf_add_span(password, buf_span(&secrets.plain));
    else if (result == 0) {
        for (size_t i = 0; i < sizeof made_up && result == 0; i++)
            result = buf_printf(password, "%02x", (unsigned char)made_up[i]);
    }
    OPENSSL_cleanse(made_up, sizeof made_up);
    free_secrets(&secrets);
    return result;
}

static const char *const purposes[2][4] = {
    {"SHA-1 salt", "SHA-1 more salt", "SHA-1 stored", "SHA-1 server"},
    {"SHA-256 salt", "SHA-256 more salt", "SHA-256 stored", "SHA-256 server"},
};

/* As usual as can be; the salt of a name is always the same, so that it can be that of {PLAIN}, too. */
static void make_up_scram(const struct account_list *list, const char *name, enum sasl_hash hash,
                          const struct account_habits *habits, struct sasl_scram *scram)
{
    char bytes[64], server[32];
    size_t salt = habits->iterations[hash] ? habits->salt[hash] : SCRAM_SALT_USUAL;

    scram->iterations = habits->iterations[hash] ? habits->iterations[hash] : ACCOUNT_SCRAM_ROUNDS;
    make_up(list, purposes[hash][0], name, bytes);
    make_up(list, purposes[hash][1], name, bytes + 32);
    scram_set_salt(scram, span_make(bytes, salt));
    make_up(list, purposes[hash][2], name, bytes);
    make_up(list, purposes[hash][3], name, server);
    scram_set_keys(hash, scram, bytes, server);
}

int account_scram(struct account_list *list, const char *name, enum sasl_hash hash, struct sasl_scram *scram,
                  struct err *err)
{
    struct account_secrets secrets;
    struct account_habits habits;
    enum account_answer answer = gather(list, name, &secrets, &habits, err);
    struct sasl_scram made;

    make_up_scram(list, name, hash, &habits, scram);
    if (answer != ACCOUNT_LATER && habits.derives[hash]) {
        int failed = scram_make(hash, buf_span(&secrets.plain), scram, &made);

        if (!failed && !secrets.scram[hash].iterations && secrets.plain.n)
            *scram = made;
        OPENSSL_cleanse(&made, sizeof made);
    }
    if (secrets.scram[hash].iterations)
        *scram = secrets.scram[hash];
    free_secrets(&secrets);
    return answer == ACCOUNT_LATER ? -1 : 0;
}
