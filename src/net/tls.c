#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "net/tls-private.h"

const char *tls_reason(char *text, size_t size)
{
    unsigned long code = ERR_get_error();
    const char *reason = ERR_reason_error_string(code);

    if (reason)
        snprintf(text, size, "%s", reason);
    else
        ERR_error_string_n(code, text, size);
    ERR_clear_error();
    return text;
}

static int fail(struct err *err, const char *what, const char *name)
{
    char text[128];

    return err_set(err, ERR_DATA, "%s \"%s\": %s", what, name, tls_reason(text, sizeof text));
}

/* ---- contexts */

static SSL_CTX *context_new(const SSL_METHOD *method)
{
    SSL_CTX *ctx = SSL_CTX_new(method);

    if (!ctx)
        err_out_of_memory();
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    /* The protocols on top say themselves where they end, so a missing good-bye is a plain end. */
    SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    /* Behind each record that has no text (a change of keys, which costs the peer nothing) we look at the
     * time. */
    SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); /* tickets do without */
    return ctx;
}

static struct tls *tls_new(size_t n, bool client)
{
    struct tls *tls = mem_alloc(sizeof *tls);

    tls->holders = 1;
    tls->client = client;
    tls->n = n;
    tls->contexts = mem_alloc_array(n, sizeof *tls->contexts);
    for (size_t i = 0; i < n; i++)
        tls->contexts[i] = context_new(client ? TLS_client_method() : TLS_server_method());
    return tls;
}

struct tls *tls_ref(struct tls *tls)
{
    tls->holders++;
    return tls;
}

void tls_free(struct tls *tls)
{
    if (!tls || --tls->holders)
        return;
    for (size_t i = 0; i < tls->n; i++)
        SSL_CTX_free(tls->contexts[i]);
    free(tls->contexts);
    free(tls);
}

/* ---- servers */

static int load(SSL_CTX *ctx, const struct tls_certificate *certificate, struct err *err)
{
    if (SSL_CTX_use_certificate_chain_file(ctx, certificate->chain) != 1)
        return fail(err, "certificate", certificate->chain);
    if (SSL_CTX_use_PrivateKey_file(ctx, certificate->key, SSL_FILETYPE_PEM) != 1)
        return fail(err, "key", certificate->key);
    return 0;
}

/* The certificate that is for the host named by the client; else the first stays. */
static int choose(SSL *ssl, int *alert, void *arg)
{
    const struct tls *tls = arg;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

    (void)alert;
    for (size_t i = 0; name && i < tls->n; i++) {
        if (X509_check_host(SSL_CTX_get0_certificate(tls->contexts[i]), name, 0, 0, NULL) != 1)
            continue;
        SSL_set_SSL_CTX(ssl, tls->contexts[i]);
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_NOACK;
}

struct tls *tls_server_new(const struct tls_certificate *certificates, size_t n, struct err *err)
{
    static const unsigned char id[] = "mailweir";
    struct tls *tls = tls_new(n, false);

    for (size_t i = 0; i < n; i++) {
        if (load(tls->contexts[i], &certificates[i], err)) {
            tls_free(tls);
            return NULL;
        }
        SSL_CTX_set_session_id_context(tls->contexts[i], id, sizeof id - 1);
    }
    SSL_CTX_set_tlsext_servername_callback(tls->contexts[0], choose);
    SSL_CTX_set_tlsext_servername_arg(tls->contexts[0], tls);
    return tls;
}

int tls_set_ticket_key(struct tls *tls, const unsigned char key[TLS_TICKET_KEY], struct err *err)
{
    unsigned char copy[TLS_TICKET_KEY];

    for (size_t i = 0; i < tls->n; i++) {
        memcpy(copy, key, sizeof copy);
        if (SSL_CTX_set_tlsext_ticket_keys(tls->contexts[i], copy, sizeof copy) != 1)
            return fail(err, "ticket key", "");
    }
    OPENSSL_cleanse(copy, sizeof copy);
    return 0;
}

/* ---- clients */

struct tls *tls_client_new(const char *trusted, struct err *err)
{
    struct tls *tls = tls_new(1, true);
    int good = trusted ? SSL_CTX_load_verify_locations(tls->contexts[0], trusted, NULL)
                       : SSL_CTX_set_default_verify_paths(tls->contexts[0]);

    if (good != 1) {
        fail(err, "trusted certificates", trusted ? trusted : "of the system");
        tls_free(tls);
        return NULL;
    }
    SSL_CTX_set_verify(tls->contexts[0], SSL_VERIFY_PEER, NULL);
    return tls;
}

/* ---- warm */

static int shake_hands(SSL *server, SSL *client)
{
    BIO *one, *other;

    if (BIO_new_bio_pair(&one, 0, &other, 0) != 1)
        return -1;
    SSL_set_bio(server, one, one);
    SSL_set_bio(client, other, other);
    SSL_set_accept_state(server);
    SSL_set_connect_state(client);
    for (int turn = 0; turn < 20; turn++) {
        SSL_do_handshake(client);
        SSL_do_handshake(server);
    }
    return SSL_is_init_finished(server) && SSL_is_init_finished(client) ? 0 : -1;
}

int tls_warm_up(struct tls *tls, struct err *err)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    SSL_CTX *clients = context_new(TLS_client_method());
    int result = 0;

    ERR_clear_error();
    for (size_t i = 0; i < 2 * tls->n && result == 0; i++) {
        SSL *server = SSL_new(tls->contexts[i / 2]), *client = SSL_new(clients);

        SSL_set_max_proto_version(client, versions[i % 2]);
        if (shake_hands(server, client))
            result = fail(err, "handshake", "with ourselves");
        SSL_free(server);
        SSL_free(client);
    }
    SSL_CTX_free(clients);
    ERR_clear_error();
    return result;
}
