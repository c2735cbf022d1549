#include <criterion/criterion.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/line.h"
#include "net/peer.h"
#include "net/tls.h"

/* ---- certificates, made for the occasion */

static void extend(X509 *x, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *e;

    X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
    e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    cr_assert_not_null(e);
    X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
}

static X509 *certificate_new(EVP_PKEY *key, const char *host)
{
    X509 *x = X509_new();
    char names[100];

    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)host, -1,
                               -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_set_pubkey(x, key);
    snprintf(names, sizeof names, "DNS:%s", host);
    extend(x, NID_subject_alt_name, names);
    extend(x, NID_basic_constraints, "CA:TRUE");
    cr_assert(X509_sign(x, key, EVP_sha256()));
    return x;
}

static char chain[2][40], keys[2][40];

static void make_certificate(int i, const char *host)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = certificate_new(key, host);
    FILE *f;

    snprintf(chain[i], sizeof chain[i], "/tmp/mailweir-cert-%ld-%d", (long)getpid(), i);
    snprintf(keys[i], sizeof keys[i], "/tmp/mailweir-key-%ld-%d", (long)getpid(), i);
    f = fopen(chain[i], "wx");
    cr_assert(f && PEM_write_X509(f, x) && fclose(f) == 0);
    f = fopen(keys[i], "wx");
    cr_assert(f && PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) && fclose(f) == 0);
    X509_free(x);
    EVP_PKEY_free(key);
}

static void make_certificates(void)
{
    make_certificate(0, "mail.example.org");
    make_certificate(1, "mail.example.net");
}

static void remove_certificates(void)
{
    for (int i = 0; i < 2; i++) {
        unlink(chain[i]);
        unlink(keys[i]);
    }
}

static struct tls *server(void)
{
    struct tls_certificate both[2] = {{chain[0], keys[0]}, {chain[1], keys[1]}};
    struct err err;
    struct tls *tls = tls_server_new(both, 2, &err);

    cr_assert_not_null(tls, "%s", err.text);
    return tls;
}

/* ---- a client, in a process of its own; its exit status says how it went */

enum { WELL, NO_HANDSHAKE, NO_ANSWER, OTHER_BINDING };

/* Handshake, a line with our binding, and the answer is read. */
static int talk(struct stream *s, struct tls *tls, const char *host)
{
    struct line_rules rules = {.max = 100};
    struct line_reader r;
    struct span line;
    struct buf binding;
    enum stream_status status = stream_start_tls(s, tls, host);

    if (status)
        return NO_HANDSHAKE;
    buf_init(&binding, BUF_UNLIMITED);
    if (tls_channel_binding(s, "tls-exporter", &binding) ||
        tls_channel_binding(s, "tls-server-end-point", &binding))
        return OTHER_BINDING;
    stream_write(s, buf_span(&binding));
    buf_free(&binding);
    line_reader_init(&r, &rules);
    return line_read(&r, s, &line) == LINE_OK && span_eq_text(line, "+OK") ? WELL : NO_ANSWER;
}

static pid_t client(struct peer *p, const char *trusted, const char *host, const char *before)
{
    pid_t pid = fork();
    struct tls *tls;
    struct stream *s;
    int status;

    if (pid)
        return pid;
    tls = tls_client_new(trusted, NULL);
    s = stream_open(p->fd, p->fd, NULL);
    stream_set_deadline(s, 20000);
    stream_write_text(s, before);
    status = talk(s, tls, host);
    stream_close(s);
    tls_free(tls);
    _exit(status);
}

static int client_status(pid_t pid)
{
    int status;

    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* The server's half of talk(). */
static void answer(struct stream *s)
{
    struct buf binding;

    buf_init(&binding, BUF_UNLIMITED);
    cr_assert_eq(tls_channel_binding(s, "tls-exporter", &binding), 0);
    cr_assert_eq(tls_channel_binding(s, "tls-server-end-point", &binding), 0);
    cr_assert_eq(tls_channel_binding(s, "tls-unique", &binding), -1);
    while (stream_input(s).n < binding.n)
        cr_assert_eq(stream_fill(s), STREAM_OK, "%s", stream_reason(s));
    cr_assert(span_eq(stream_input(s), buf_span(&binding)), "both sides have the same binding");
    stream_write_text(s, "+OK\r\n");
    buf_free(&binding);
}

TestSuite(tls, .init = make_certificates, .fini = remove_certificates);

static void try_host(const char *host, int certificate)
{
    struct peer p;
    struct tls *tls = server();
    pid_t pid;

    peer_open(&p, NULL);
    pid = client(&p, chain[certificate], host, "");
    cr_assert_eq(stream_start_tls(p.s, tls, NULL), STREAM_OK, "%s", stream_reason(p.s));
    tls_free(tls); /* the connection keeps it */
    cr_assert(stream_is_tls(p.s));
    cr_assert_str_eq(tls_server_name(p.s), host);
    cr_assert_str_eq(tls_version(p.s), "TLSv1.3");
    answer(p.s);
    peer_finish(&p, NULL);
    cr_assert_eq(client_status(pid), WELL);
}

Test(tls, both_sides_talk_by_the_certificate_for_the_host)
{
    try_host("mail.example.org", 0);
    try_host("mail.example.net", 1);
}

Test(tls, a_client_refuses_what_it_cannot_verify)
{
    static const char *const hosts[] = {"mail.example.org", "other.example.org"};

    for (int i = 0; i < 2; i++) { /* not vouched for; another name */
        struct peer p;
        struct tls *tls = server();
        pid_t pid;

        peer_open(&p, NULL);
        pid = client(&p, chain[1 - i], hosts[i], "");
        if (stream_start_tls(p.s, tls, NULL) == STREAM_OK)
            cr_assert_neq(stream_fill(p.s), STREAM_OK);
        cr_assert_str_not_empty(stream_reason(p.s));
        peer_finish(&p, NULL);
        tls_free(tls);
        cr_assert_eq(client_status(pid), NO_HANDSHAKE);
    }
}

/* What came in clear before the handshake, in one piece with the command, is nobody's. */
Test(tls, input_before_the_handshake_is_dropped)
{
    struct line_rules rules = {.max = 100};
    struct line_reader r;
    struct span line;
    struct peer p;
    struct tls *tls = server();
    pid_t pid;

    peer_open(&p, NULL);
    PEER_SAY(&p, "STLS\r\nUSER alice\r\n");
    line_reader_init(&r, &rules);
    cr_assert_eq(line_read(&r, p.s, &line), LINE_OK);
    cr_assert(span_eq_text(line, "STLS"));
    pid = client(&p, chain[0], "mail.example.org", "");
    cr_assert_eq(stream_start_tls(p.s, tls, NULL), STREAM_OK, "%s", stream_reason(p.s));
    cr_assert_eq(stream_discarded(p.s), 12);
    answer(p.s);
    peer_finish(&p, NULL);
    tls_free(tls);
    cr_assert_eq(client_status(pid), WELL);
}

Test(tls, bytes_that_are_no_tls_break_it)
{
    struct peer p;
    struct tls *tls = server();

    peer_open(&p, NULL);
    PEER_SAY(&p, "USER alice\r\nPASS secret\r\n");
    cr_assert_eq(stream_start_tls(p.s, tls, NULL), STREAM_BROKEN);
    cr_assert_str_not_empty(stream_reason(p.s));
    peer_finish(&p, NULL);
    tls_free(tls);
}

Test(tls, a_handshake_has_a_deadline)
{
    struct peer p;
    struct tls *tls = server();

    peer_open(&p, NULL);
    stream_set_deadline(p.s, 30);
    cr_assert_eq(stream_start_tls(p.s, tls, NULL), STREAM_LATE);
    peer_finish(&p, NULL);
    tls_free(tls);
}

/* Changes its keys without end, and says nothing. */
static _Noreturn void change_keys(const struct peer *p)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(context);
    int status = NO_HANDSHAKE;

    stream_close(p->s); /* so that its end is seen */
    signal(SIGPIPE, SIG_IGN);
    SSL_set_fd(ssl, p->fd);
    if (SSL_connect(ssl) == 1) {
        status = WELL;
        while (SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1 && SSL_do_handshake(ssl) == 1)
            ;
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    _exit(status);
}

Test(tls, keys_that_change_without_end_are_no_excuse, .timeout = 20)
{
    struct peer p;
    struct tls *tls;
    pid_t pid;

    peer_open(&p, NULL);
    pid = fork();
    if (pid == 0) {
        alarm(15);
        change_keys(&p);
    }
    close(p.fd);
    p.fd = -1;
    tls = server();
    cr_assert_eq(stream_start_tls(p.s, tls, NULL), STREAM_OK, "%s", stream_reason(p.s));
    stream_set_deadline(p.s, 300);
    cr_assert_eq(stream_fill(p.s), STREAM_LATE);
    stream_close(p.s);
    tls_free(tls);
    cr_assert_eq(client_status(pid), WELL);
}

Test(tls, warms_up_and_takes_a_ticket_key)
{
    struct tls *tls = server();
    unsigned char key[TLS_TICKET_KEY] = {1};
    struct err err;

    cr_assert_eq(tls_warm_up(tls, &err), 0, "%s", err.text);
    cr_assert_eq(tls_set_ticket_key(tls, key, &err), 0);
    tls_free(tls);
}

Test(tls, faulty_certificates_are_named)
{
    struct tls_certificate missing = {"/nonexistent", keys[0]}, crossed = {chain[0], keys[1]};
    struct err err;

    cr_assert_null(tls_server_new(&missing, 1, &err));
    cr_assert(strstr(err.text, "/nonexistent"), "%s", err.text);
    cr_assert_null(tls_server_new(&crossed, 1, &err));
    cr_assert(strstr(err.text, keys[1]), "%s", err.text);
}
