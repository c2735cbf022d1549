#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "serve/exchange.h"

static enum serve_answer check(void *ctx, const char *name, const char *password,
                               struct serve_account *account)
{
    (void)ctx;
    strcpy(account->name, name);
    return strcmp(name, "anna") == 0 && strcmp(password, "secret") == 0 ? SERVE_YES : SERVE_NO;
}

static enum exchange_status pass(const char *said, size_t n)
{
    static const struct serve_settings settings = {.accounts = {.check = check}};
    struct exchange *x = exchange_begin(&settings, "=PASS", SPAN_NULL);
    enum exchange_status status = exchange_step(x, span_make(said, n), NULL);

    if (status == EXCHANGE_YES)
        cr_assert_str_eq(exchange_account(x)->name, "anna");
    exchange_free(x);
    return status;
}

/* The process that is asked believes nothing of what the front says, not even that it says something. */
Test(exchange, takes_as_many_parts_as_there_must_be)
{
    cr_assert_eq(pass("anna\0secret", 11), EXCHANGE_YES);
    cr_assert_eq(pass("anna\0Secret", 11), EXCHANGE_NO);
    cr_assert_eq(pass("anna\0", 5), EXCHANGE_NO);
    cr_assert_eq(pass("anna", 4), EXCHANGE_FAULT);
    cr_assert_eq(pass("anna\0secret\0", 12), EXCHANGE_FAULT);
    cr_assert_eq(pass("anna\0secret\0more\0and\0more", 25), EXCHANGE_FAULT);
    cr_assert_eq(pass(NULL, 0), EXCHANGE_FAULT);
}

Test(exchange, offers_what_is_configured)
{
    static const struct serve_settings settings = {.accounts = {.check = check}};

    cr_assert_null(exchange_begin(&settings, "=RPOP", SPAN_NULL));
    cr_assert_null(exchange_begin(&settings, "=APOP", SPAN_NULL));
    cr_assert_null(exchange_begin(&settings, "PLAIN", SPAN_NULL));
    cr_assert_null(exchange_begin(&settings, "", SPAN_NULL));
}

/* ---- whose password was right, that is who it is */

enum { HIS = 5000, OTHER = 1000 };

/* Calls its users otherwise than they do. */
static enum serve_answer check_otherwise(void *ctx, const char *name, const char *password,
                                         struct serve_account *account)
{
    (void)ctx;
    *account = (struct serve_account){.uid = HIS, .name = "anna"};
    return strcmp(name, "Anna") == 0 && strcmp(password, "secret") == 0 ? SERVE_YES : SERVE_NO;
}

/* Another source has another of that name. */
static enum serve_answer find_other(void *ctx, const char *name, struct serve_account *account)
{
    (void)ctx, (void)name;
    *account = (struct serve_account){.uid = OTHER, .name = "anna"};
    return SERVE_YES;
}

Test(exchange, who_has_the_password_is_not_looked_up_again)
{
    static const char *const mechanisms[] = {"PLAIN", NULL};
    static const struct serve_settings settings = {.accounts = {.check = check_otherwise, .find = find_other},
                                                   .mechanisms = mechanisms};
    struct exchange *x = exchange_begin(&settings, "PLAIN", SPAN_NULL);
    struct buf challenge;

    buf_init(&challenge, SASL_ANSWER_MAX);
    cr_assert_eq(exchange_step(x, span_make("\0Anna\0secret", 12), &challenge), EXCHANGE_YES);
    cr_expect_eq(exchange_account(x)->uid, (uint32_t)HIS);
    exchange_free(x);
    x = exchange_begin(&settings, "PLAIN", SPAN_NULL);
    cr_assert_eq(exchange_step(x, span_make("\0Anna\0Secret", 12), &challenge), EXCHANGE_NO);
    exchange_free(x);
    buf_free(&challenge);
}

static enum serve_answer password_of_all(void *ctx, const char *name, struct buf *password)
{
    (void)ctx, (void)name;
    buf_add_text(password, "secret");
    return SERVE_YES;
}

static enum exchange_status answer_challenge(const char *name)
{
    static const char *const mechanisms[] = {"CRAM-MD5", NULL};
    static const struct serve_settings settings = {
        .accounts = {.password = password_of_all, .find = find_other}, .mechanisms = mechanisms};
    struct exchange *x = exchange_begin(&settings, "CRAM-MD5", SPAN_NULL);
    enum exchange_status status;
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    struct buf challenge, said;

    buf_init(&challenge, SASL_ANSWER_MAX);
    buf_init(&said, SASL_ANSWER_MAX);
    cr_assert_eq(exchange_step(x, SPAN_NULL, &challenge), EXCHANGE_MORE);
    HMAC(EVP_md5(), "secret", 6, (const unsigned char *)challenge.p, challenge.n, hash, &n);
    buf_printf(&said, "%s ", name);
    for (unsigned i = 0; i < n; i++)
        buf_printf(&said, "%02x", hash[i]);
    status = exchange_step(x, buf_span(&said), &challenge);
    exchange_free(x);
    buf_free(&said);
    buf_free(&challenge);
    return status;
}

Test(exchange, who_is_found_has_the_name_that_was_proved)
{
    cr_assert_eq(answer_challenge("anna"), EXCHANGE_YES);
    cr_assert_eq(answer_challenge("ANNA"), EXCHANGE_NO);
}
