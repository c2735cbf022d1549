#include <criterion/criterion.h>
#include <gsasl.h>
#include <stdlib.h>
#include <string.h>

#include "net/base64.h"
#include "net/sasl.h"

/* ---- a store with one user, alice, whose password is "secret" */

static bool check(void *ctx, const char *user, const char *password)
{
    (void)ctx;
    return strcmp(user, "alice") == 0 && strcmp(password, "secret") == 0;
}

static int password(void *ctx, const char *user, struct buf *password)
{
    (void)ctx;
    return strcmp(user, "alice") == 0 ? buf_add_text(password, "secret") : -1;
}

static void base64(const char *bytes, size_t n, char text[64])
{
    struct buf b;

    buf_init(&b, 63);
    cr_assert_eq(base64_encode(span_make(bytes, n), &b), 0);
    memcpy(text, b.p, b.n + 1);
    buf_free(&b);
}

static int scram(void *ctx, const char *user, enum sasl_hash hash, struct sasl_scram *scram)
{
    const char *secret = strcmp(user, "alice") == 0 ? "secret" : "nobody knows";
    char salted[32], client[32], server[32], stored[32];
    size_t n = hash == SASL_SHA256 ? 32 : 20;

    (void)ctx;
    cr_assert_eq(gsasl_scram_secrets_from_password(hash == SASL_SHA256 ? GSASL_HASH_SHA256 : GSASL_HASH_SHA1,
                                                   secret, 4096, "salt", 4, salted, client, server, stored),
                 GSASL_OK);
    scram->iterations = 4096;
    base64("salt", 4, scram->salt);
    base64(stored, n, scram->stored_key);
    base64(server, n, scram->server_key);
    return 0;
}

static const struct sasl_store store = {check, password, scram, NULL, NULL};

/* ---- a client */

struct client {
    const char *user, *password, *authzid;
    const char *binding; /* base64, or NULL */
};

static int supply(Gsasl *library, Gsasl_session *session, Gsasl_property property)
{
    const struct client *c = gsasl_callback_hook_get(library);
    const char *value = property == GSASL_AUTHID            ? c->user
                        : property == GSASL_PASSWORD        ? c->password
                        : property == GSASL_AUTHZID         ? c->authzid
                        : property == GSASL_CB_TLS_EXPORTER ? c->binding
                                                            : NULL;

    return value ? gsasl_property_set(session, property, value) : GSASL_NO_CALLBACK;
}

/* Turn by turn until the server knows; the user's name is checked when it is YES. */
static enum sasl_status exchange(struct sasl *x, Gsasl_session *session, bool client_first)
{
    struct buf challenge;
    enum sasl_status status = SASL_MORE;

    buf_init(&challenge, 4096);
    if (!client_first)
        status = sasl_step(x, SPAN_NULL, &challenge);
    for (int turn = 0; turn < 10 && status == SASL_MORE; turn++) {
        char *out = NULL;
        size_t n = 0;
        int result = gsasl_step(session, challenge.p, challenge.n, &out, &n);

        cr_assert(result == GSASL_OK || result == GSASL_NEEDS_MORE, "client: %s", gsasl_strerror(result));
        buf_cut(&challenge, 0);
        status = sasl_step(x, span_make(out, n), &challenge);
        gsasl_free(out);
    }
    buf_free(&challenge);
    return status;
}

static enum sasl_status try_login(const char *mechanism, struct client *c, const char *binding)
{
    Gsasl *library;
    Gsasl_session *session;
    struct err err;
    struct sasl *x = sasl_begin(mechanism, &store, span_of(binding), &err);
    enum sasl_status status;

    cr_assert_not_null(x, "%s", err.text);
    gsasl_init(&library);
    gsasl_callback_hook_set(library, c);
    gsasl_callback_set(library, supply);
    cr_assert_eq(gsasl_client_start(library, mechanism, &session), GSASL_OK);
    status = exchange(x, session, strcmp(mechanism, "CRAM-MD5") && strcmp(mechanism, "LOGIN"));
    if (status == SASL_YES)
        cr_expect_str_eq(sasl_user(x), c->user);
    gsasl_finish(session);
    gsasl_done(library);
    sasl_free(x);
    return status;
}

static const char *const all[] = {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"};

Test(sasl, the_right_password_is_right)
{
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        cr_expect_eq(try_login(all[i], &(struct client){"alice", "secret", NULL, NULL}, ""), SASL_YES, "%s",
                     all[i]);
}

Test(sasl, a_wrong_one_and_a_stranger_get_the_same)
{
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        cr_expect_eq(try_login(all[i], &(struct client){"alice", "secre", NULL, NULL}, ""), SASL_NO, "%s",
                     all[i]);
        cr_expect_eq(try_login(all[i], &(struct client){"bob", "secret", NULL, NULL}, ""), SASL_NO, "%s",
                     all[i]);
    }
}

Test(sasl, nobody_acts_for_another)
{
    cr_expect_eq(try_login("PLAIN", &(struct client){"alice", "secret", "bob", NULL}, ""), SASL_NO);
    cr_expect_eq(try_login("PLAIN", &(struct client){"alice", "secret", "alice", NULL}, ""), SASL_YES);
    cr_expect_eq(try_login("SCRAM-SHA-256", &(struct client){"alice", "secret", "bob", NULL}, ""), SASL_NO);
}

Test(sasl, a_channel_is_bound)
{
    static const char *const plus[] = {"SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"};

    for (int i = 0; i < 2; i++) {
        cr_expect_eq(try_login(plus[i], &(struct client){"alice", "secret", NULL, "Zm9vYmFy"}, "foobar"),
                     SASL_YES);
        cr_expect_eq(try_login(plus[i], &(struct client){"alice", "secret", NULL, "Zm9vYmFz"}, "foobar"),
                     SASL_NO);
    }
    cr_expect_null(sasl_begin("SCRAM-SHA-256-PLUS", &store, span_of(""), NULL));
}

/* "y": the client could bind the channel, and was told that we cannot. */
Test(sasl, an_offer_that_was_taken_away_is_noticed)
{
    struct span first = span_of("y,,n=alice,r=fyko+d2lbbFgONRv9qkxdawL");
    struct sasl *x = sasl_begin("SCRAM-SHA-256", &store, span_of("foobar"), NULL);
    struct buf challenge;

    buf_init(&challenge, 4096);
    cr_assert_eq(sasl_step(x, first, &challenge), SASL_NO);
    sasl_free(x);
    x = sasl_begin("SCRAM-SHA-256", &store, span_of(""), NULL);
    cr_assert_eq(sasl_step(x, first, &challenge), SASL_MORE);
    sasl_free(x);
    buf_free(&challenge);
}

Test(sasl, bad_answers_are_no_logins)
{
    static const struct {
        const char *mechanism, *answer;
        size_t n;
    } bad[] = {{"PLAIN", "alice", 5},
               {"PLAIN", "\0\0\0", 3},
               {"PLAIN", "\0alice\0secret\0x", 15},
               {"SCRAM-SHA-256", "x", 1},
               {"SCRAM-SHA-256", "n,,r=", 5},
               {"SCRAM-SHA-256", "n,,n=a,r=\0", 10},
               {"SCRAM-SHA-1", "p=none,,n=a,r=b", 15}};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct sasl *x = sasl_begin(bad[i].mechanism, &store, SPAN_NULL, NULL);
        struct buf challenge;
        enum sasl_status status;

        buf_init(&challenge, 4096);
        status = sasl_step(x, span_make(bad[i].answer, bad[i].n), &challenge);
        cr_expect(status == SASL_NO || status == SASL_FAULT, "%zu: %d", i, status);
        sasl_free(x);
        buf_free(&challenge);
    }
}

Test(sasl, other_mechanisms_are_refused)
{
    static const char *const others[] = {"",           "plain", "ANONYMOUS", "EXTERNAL",
                                         "DIGEST-MD5", "NTLM",  "PLAIN "};
    struct err err;

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_expect_null(sasl_begin(others[i], &store, span_of("foobar"), &err), "%s", others[i]);
}

Test(sasl, gssapi_without_a_key_is_for_later)
{
    struct buf challenge;
    struct err err = {0};
    struct sasl *x = sasl_begin("GSSAPI", &store, SPAN_NULL, &err);

    buf_init(&challenge, SASL_ANSWER_MAX);
    cr_expect_eq(sasl_step(x, SPAN_NULL, &challenge), SASL_LATER);
    cr_expect_eq(sasl_step(x, span_of("a token"), &challenge), SASL_LATER);
    cr_expect_eq(challenge.n, 0);
    sasl_free(x);
    buf_free(&challenge);
}
