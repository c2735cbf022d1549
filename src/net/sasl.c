#include "net/sasl.h"

#include <gsasl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/base64.h"

struct mechanism {
    const char *name;
    bool binding;
};

static const struct mechanism mechanisms[] = {
    {"SCRAM-SHA-256-PLUS", true},
    {"SCRAM-SHA-1-PLUS", true},
    {"SCRAM-SHA-256", false},
    {"SCRAM-SHA-1", false},
    {"GSSAPI", false},
    {"CRAM-MD5", false},
    {"PLAIN", false},
    {"LOGIN", false},
};

struct sasl {
    Gsasl *library;
    Gsasl_session *session;
    const struct mechanism *mechanism;
    const struct sasl_store *store;
    struct buf binding; /* base64 */
    bool begun;
    char *user; /* once it is proved */
};

static const struct mechanism *find_mechanism(const char *name)
{
    for (size_t i = 0; i < sizeof mechanisms / sizeof *mechanisms; i++) {
        if (strcmp(name, mechanisms[i].name) == 0)
            return &mechanisms[i];
    }
    return NULL;
}

bool sasl_has_mechanism(const char *name, bool binding)
{
    const struct mechanism *mechanism = find_mechanism(name);

    return mechanism && (binding || !mechanism->binding);
}

/* ---- what the library asks */

static const char *authid(Gsasl_session *session)
{
    const char *user = gsasl_property_fast(session, GSASL_AUTHID);

    return user ? user : "";
}

/* Nobody acts for another here. */
static bool acts_for_itself(Gsasl_session *session)
{
    const char *other = gsasl_property_fast(session, GSASL_AUTHZID);

    return !other || !*other || strcmp(other, authid(session)) == 0;
}

static int answer_check(struct sasl *x, Gsasl_session *session)
{
    const char *password = gsasl_property_fast(session, GSASL_PASSWORD);
    bool right = password && x->store->check(x->store->ctx, authid(session), password);

    return right && acts_for_itself(session) ? GSASL_OK : GSASL_AUTHENTICATION_ERROR;
}

static int answer_password(struct sasl *x, Gsasl_session *session)
{
    struct buf password;
    int result = GSASL_NO_PASSWORD;

    if (strncmp(x->mechanism->name, "SCRAM-", 6) == 0) /* has its own secrets */
        return result;
    buf_init(&password, 1024);
    if (x->store->password(x->store->ctx, authid(session), &password) == 0)
        result = gsasl_property_set(session, GSASL_PASSWORD, password.p);
    explicit_bzero(password.p, password.n);
    buf_free(&password);
    return result;
}

static int answer_scram(struct sasl *x, Gsasl_session *session)
{
    enum sasl_hash hash = strstr(x->mechanism->name, "256") ? SASL_SHA256 : SASL_SHA1;
    struct sasl_scram scram = {0};
    char iterations[24];

    if (!acts_for_itself(session) || x->store->scram(x->store->ctx, authid(session), hash, &scram))
        return GSASL_AUTHENTICATION_ERROR;
    snprintf(iterations, sizeof iterations, "%u", scram.iterations);
    gsasl_property_set(session, GSASL_SCRAM_ITER, iterations);
    gsasl_property_set(session, GSASL_SCRAM_SALT, scram.salt);
    gsasl_property_set(session, GSASL_SCRAM_STOREDKEY, scram.stored_key);
    return gsasl_property_set(session, GSASL_SCRAM_SERVERKEY, scram.server_key);
}

/* The name that a principal of our realm has here.  Backslashes quote what is unusual in it, and a slash
 * divides it: neither is in the name of a user. */
static char *user_of(const char *principal, const char *realm)
{
    size_t n = strcspn(principal, "@/\\");

    if (n == 0 || principal[n] != '@' || strcmp(principal + n + 1, realm) != 0)
        return NULL;
    return mem_strndup(principal, n);
}

static int answer_principal(struct sasl *x, Gsasl_session *session)
{
    const char *principal = gsasl_property_fast(session, GSASL_GSSAPI_DISPLAY_NAME);
    char *user = principal ? user_of(principal, x->store->gssapi->realm) : NULL;
    int result = GSASL_AUTHENTICATION_ERROR;

    if (user && gsasl_property_set(session, GSASL_AUTHID, user) == GSASL_OK && acts_for_itself(session))
        result = GSASL_OK;
    free(user);
    return result;
}

static int answer_ourselves(struct sasl *x, Gsasl_session *session, Gsasl_property property)
{
    const struct sasl_gssapi *us = x->store->gssapi;

    return us ? gsasl_property_set(session, property, property == GSASL_SERVICE ? us->service : us->host)
              : GSASL_NO_CALLBACK;
}

static int answer(Gsasl *library, Gsasl_session *session, Gsasl_property property)
{
    struct sasl *x = gsasl_callback_hook_get(library);

    switch (property) {
    case GSASL_VALIDATE_SIMPLE:
        return answer_check(x, session);
    case GSASL_PASSWORD:
        return answer_password(x, session);
    case GSASL_SCRAM_ITER:
    case GSASL_SCRAM_SALT:
    case GSASL_SCRAM_STOREDKEY:
    case GSASL_SCRAM_SERVERKEY:
        return answer_scram(x, session);
    case GSASL_SERVICE:
    case GSASL_HOSTNAME:
        return answer_ourselves(x, session, property);
    case GSASL_VALIDATE_GSSAPI:
        return answer_principal(x, session);
    case GSASL_CB_TLS_EXPORTER:
        return x->binding.n ? gsasl_property_set(session, property, x->binding.p) : GSASL_NO_CB_TLS_EXPORTER;
    default:
        return GSASL_NO_CALLBACK;
    }
}

/* ---- an exchange */

struct sasl *sasl_begin(const char *name, const struct sasl_store *store, struct span binding,
                        struct err *err)
{
    struct sasl *x;

    if (!sasl_has_mechanism(name, binding.n > 0)) {
        err_set(err, ERR_DATA, "no mechanism \"%.20s\"", name);
        return NULL;
    }
    x = mem_alloc(sizeof *x);
    x->mechanism = find_mechanism(name);
    x->store = store;
    buf_init(&x->binding, BUF_UNLIMITED);
    base64_encode(binding, &x->binding);
    if (gsasl_init(&x->library) != GSASL_OK)
        err_out_of_memory();
    gsasl_callback_hook_set(x->library, x);
    gsasl_callback_set(x->library, answer);
    if (gsasl_server_start(x->library, name, &x->session) != GSASL_OK) {
        err_set(err, ERR_DATA, "GNU SASL was built without the mechanism \"%s\"", name);
        sasl_free(x);
        return NULL;
    }
    return x;
}

/* What SCRAM's first byte says of the channel (RFC 5802 6).  "y", I could bind it, but you cannot: where we
 * can, somebody between us has taken our offer away.  "p", I bind it: not by a mechanism without. */
static bool has_wrong_flag(const struct sasl *x, struct span answer)
{
    if (x->begun || !answer.n || x->mechanism->binding || strncmp(x->mechanism->name, "SCRAM-", 6))
        return false;
    return *answer.p == 'p' || (*answer.p == 'y' && x->binding.n);
}

static enum sasl_status status_of(int result)
{
    switch (result) {
    case GSASL_OK:
        return SASL_YES;
    case GSASL_NEEDS_MORE:
        return SASL_MORE;
    case GSASL_MECHANISM_PARSE_ERROR:
    case GSASL_BASE64_ERROR:
    case GSASL_SASLPREP_ERROR:
    case GSASL_MECHANISM_CALLED_TOO_MANY_TIMES:
        return SASL_FAULT;
    case GSASL_GSSAPI_IMPORT_NAME_ERROR:
    case GSASL_GSSAPI_ACQUIRE_CRED_ERROR:
        return SASL_LATER;
    default:
        return SASL_NO;
    }
}

enum sasl_status sasl_step(struct sasl *x, struct span answer, struct buf *challenge)
{
    char *out = NULL;
    size_t n = 0;
    enum sasl_status status;

    if (x->user || answer.n > SASL_ANSWER_MAX)
        return SASL_FAULT;
    if (has_wrong_flag(x, answer))
        return SASL_NO;
    if (!x->store->gssapi && strcmp(x->mechanism->name, "GSSAPI") == 0)
        return SASL_LATER;
    x->begun = x->begun || answer.n;
    status = status_of(gsasl_step(x->session, answer.p, answer.n, &out, &n));
    if (status == SASL_MORE || status == SASL_YES)
        buf_add(challenge, out, n);
    if (status == SASL_YES)
        x->user = mem_strdup(authid(x->session));
    gsasl_free(out);
    return status;
}

const char *sasl_user(const struct sasl *x)
{
    return x->user;
}

const char *sasl_principal(const struct sasl *x)
{
    return gsasl_property_fast(x->session, GSASL_GSSAPI_DISPLAY_NAME);
}

void sasl_free(struct sasl *x)
{
    if (!x)
        return;
    if (x->session)
        gsasl_finish(x->session);
    gsasl_done(x->library);
    buf_free(&x->binding);
    free(x->user);
    free(x);
}

/* The key is looked for when the client's first token is there, whatever it is. */
static enum sasl_status try_token(struct sasl *x)
{
    struct buf challenge;
    enum sasl_status status;

    buf_init(&challenge, SASL_ANSWER_MAX);
    status = sasl_step(x, SPAN_NULL, &challenge);
    if (status == SASL_MORE)
        status = sasl_step(x, span_of("no token"), &challenge);
    buf_free(&challenge);
    return status;
}

/* Of all that lies between us and Kerberos' library, only the environment reaches it. */
int sasl_use_keytab(const char *keytab, const struct sasl_gssapi *gssapi, struct err *err)
{
    const struct sasl_store store = {.gssapi = gssapi};
    struct sasl *x;
    enum sasl_status status;

    if (setenv("KRB5_KTNAME", keytab, 1) < 0)
        err_out_of_memory();
    x = sasl_begin("GSSAPI", &store, SPAN_NULL, err);
    if (!x)
        return -1;
    status = try_token(x);
    sasl_free(x);
    if (status == SASL_LATER)
        return err_set(err, ERR_NOPERM, "no key for %s@%s in '%s'", gssapi->service, gssapi->host, keytab);
    return 0;
}
