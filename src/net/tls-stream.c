/*
 * Bytes in TLS.  OpenSSL reads and writes through the transport in clear, which never waits and changes no
 * flag of the descriptor.
 */
#include <openssl/err.h>
#include <poll.h>
#include <string.h>

#include "net/stream-private.h"
#include "net/tls-private.h"

/* ---- below: records, by a BIO on the descriptors */

static int bio_moved(BIO *bio, ssize_t n, short events, int retry)
{
    if (n >= 0)
        return (int)n;
    BIO_clear_retry_flags(bio);
    if (events)
        BIO_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
    return -1;
}

static int bio_read(BIO *bio, char *p, int n)
{
    short events = 0;
    ssize_t got = transport_plain.read(BIO_get_data(bio), p, (size_t)n, &events);

    BIO_clear_retry_flags(bio);
    return bio_moved(bio, got, events, BIO_FLAGS_READ);
}

static int bio_write(BIO *bio, const char *p, int n)
{
    short events = 0;
    ssize_t sent = transport_plain.write(BIO_get_data(bio), p, (size_t)n, &events);

    BIO_clear_retry_flags(bio);
    return bio_moved(bio, sent, events, BIO_FLAGS_WRITE);
}

static long bio_control(BIO *bio, int command, long n, void *p)
{
    (void)bio;
    (void)n;
    (void)p;
    return command == BIO_CTRL_FLUSH;
}

static BIO *bio_new(struct stream *s)
{
    static BIO_METHOD *method;
    BIO *bio;

    if (!method) {
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "mailweir");
        BIO_meth_set_read(method, bio_read);
        BIO_meth_set_write(method, bio_write);
        BIO_meth_set_ctrl(method, bio_control);
    }
    bio = BIO_new(method);
    BIO_set_data(bio, s);
    BIO_set_init(bio, 1);
    return bio;
}

/* ---- above: text */

/* What a call that did not succeed waits for; 0: a fault, or the end. */
static short wanted(struct stream *s, int result, bool *ended)
{
    char text[128];
    int error = SSL_get_error(s->ssl, result);

    *ended = error == SSL_ERROR_ZERO_RETURN;
    if (error == SSL_ERROR_WANT_READ)
        return POLLIN;
    if (error == SSL_ERROR_WANT_WRITE)
        return POLLOUT;
    if (error == SSL_ERROR_SSL)
        stream_fail(s, POLLOUT, STREAM_BROKEN, "TLS: %s", tls_reason(text, sizeof text));
    else if (!*ended && !s->in_fault)
        stream_fail(s, POLLOUT, STREAM_BROKEN, "TLS: the connection has ended");
    return 0;
}

static ssize_t tls_read(struct stream *s, void *p, size_t n, short *events)
{
    bool ended;
    int got;

    ERR_clear_error();
    got = SSL_read(s->ssl, p, (int)n);
    if (got > 0)
        return got;
    *events = wanted(s, got, &ended);
    return ended ? 0 : -1;
}

static ssize_t tls_write(struct stream *s, const void *p, size_t n, short *events)
{
    bool ended;
    int sent;

    ERR_clear_error();
    sent = SSL_write(s->ssl, p, (int)n);
    if (sent > 0)
        return sent;
    *events = wanted(s, sent, &ended);
    if (ended)
        stream_fail(s, POLLOUT, STREAM_BROKEN, "TLS: the peer has said good-bye");
    return -1;
}

const struct transport transport_tls = {tls_read, tls_write};

/* ---- the change from one to the other */

static enum stream_status handshake(struct stream *s)
{
    for (;;) {
        bool ended;
        short events;
        int done;

        ERR_clear_error();
        done = SSL_do_handshake(s->ssl);
        if (done == 1)
            return STREAM_OK;
        events = wanted(s, done, &ended);
        if (ended)
            return stream_fail(s, POLLOUT, STREAM_BROKEN, "TLS: the peer has said good-bye");
        if (!events)
            return s->in_fault;
        if (stream_wait(s, events, s->deadline, false))
            return s->out_fault = s->in_fault; /* no last word within a handshake */
    }
}

enum stream_status stream_start_tls(struct stream *s, struct tls *tls, const char *host)
{
    BIO *bio;

    if (stream_flush(s))
        return s->out_fault;
    s->discarded = stream_input(s).n;
    stream_consume(s, s->discarded);
    s->tls = tls_ref(tls);
    s->ssl = SSL_new(tls->contexts[0]);
    if (!s->ssl ||
        (host && (SSL_set1_host(s->ssl, host) != 1 || SSL_set_tlsext_host_name(s->ssl, host) != 1)))
        return stream_fail(s, POLLOUT, STREAM_BROKEN, "TLS: \"%s\" cannot be a host", host ? host : "");
    bio = bio_new(s);
    SSL_set_bio(s->ssl, bio, bio);
    if (tls->client)
        SSL_set_connect_state(s->ssl);
    else
        SSL_set_accept_state(s->ssl);
    s->transport = &transport_tls;
    return handshake(s);
}

void stream_end_tls(struct stream *s)
{
    if (!s->ssl)
        return;
    if (!s->out_fault && SSL_is_init_finished(s->ssl))
        SSL_shutdown(s->ssl);
    ERR_clear_error();
    SSL_free(s->ssl);
    tls_free(s->tls);
}

/* ---- what is known of it */

bool stream_is_tls(const struct stream *s)
{
    return s->ssl != NULL;
}

size_t stream_discarded(const struct stream *s)
{
    return s->discarded;
}

const char *tls_version(const struct stream *s)
{
    return SSL_get_version(s->ssl);
}

const char *tls_cipher(const struct stream *s)
{
    return SSL_get_cipher_name(s->ssl);
}

const char *tls_server_name(const struct stream *s)
{
    const char *name = SSL_get_servername(s->ssl, TLSEXT_NAMETYPE_host_name);

    return name ? name : "";
}

static int bind_exporter(const struct stream *s, struct buf *binding)
{
    static const char label[] = "EXPORTER-Channel-Binding";
    unsigned char key[32];

    if (SSL_version(s->ssl) < TLS1_3_VERSION ||
        SSL_export_keying_material(s->ssl, key, sizeof key, label, sizeof label - 1, NULL, 0, 1) != 1)
        return -1;
    return buf_add(binding, key, sizeof key);
}

/* The certificate's hash, by the function of its signature, or SHA-256 where that is MD5 or SHA-1. */
static int bind_certificate(const struct stream *s, struct buf *binding)
{
    X509 *certificate = s->tls->client ? SSL_get0_peer_certificate(s->ssl) : SSL_get_certificate(s->ssl);
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned n;
    int digest;

    if (!certificate || X509_get_signature_info(certificate, &digest, NULL, NULL, NULL) != 1)
        return -1;
    if (digest == NID_md5 || digest == NID_sha1)
        digest = NID_sha256;
    if (!EVP_get_digestbynid(digest) || X509_digest(certificate, EVP_get_digestbynid(digest), hash, &n) != 1)
        return -1;
    return buf_add(binding, hash, n);
}

int tls_channel_binding(const struct stream *s, const char *type, struct buf *binding)
{
    if (!s->ssl)
        return -1;
    if (strcmp(type, "tls-exporter") == 0)
        return bind_exporter(s, binding);
    return strcmp(type, "tls-server-end-point") == 0 ? bind_certificate(s, binding) : -1;
}
