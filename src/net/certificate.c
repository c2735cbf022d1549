#include "net/certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "net/tls-private.h"

/* ---- the certificate */

static bool add_extension(X509 *x, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *e;
    bool good;

    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
    e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    good = e && X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
    return good;
}

static bool add_names(X509 *x, const struct certificate_order *order)
{
    struct buf list;
    bool good;

    buf_init(&list, BUF_UNLIMITED);
    for (size_t i = 0; i < order->n; i++)
        buf_printf(&list, "%sDNS:%s", i ? "," : "", order->names[i]);
    good = add_extension(x, NID_subject_alt_name, list.p);
    buf_free(&list);
    return good;
}

/* 127 bits of chance, RFC 5280 4.1.2.2. */
static bool set_serial(X509 *x)
{
    BIGNUM *number = BN_new();
    bool good = number && BN_rand(number, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) &&
                BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x));

    BN_free(number);
    return good;
}

/* A common name has 64 bytes at most (RFC 5280); who is longer is only in the list. */
static bool set_subject(X509 *x, const char *name)
{
    X509_NAME *subject = X509_get_subject_name(x);
    const char *text = strlen(name) <= 64 ? name : "mailweir";

    return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)text, -1, -1, 0) &&
           X509_set_issuer_name(x, subject);
}

static X509 *certificate_new(const struct certificate_order *order, EVP_PKEY *key)
{
    X509 *x = X509_new();

    if (x && X509_set_version(x, X509_VERSION_3) && set_serial(x) &&
        X509_gmtime_adj(X509_getm_notBefore(x), -3600) &&
        X509_time_adj_ex(X509_getm_notAfter(x), (int)order->days, 0, NULL) &&
        set_subject(x, order->names[0]) && X509_set_pubkey(x, key) && add_names(x, order) &&
        add_extension(x, NID_basic_constraints, "critical,CA:FALSE") &&
        add_extension(x, NID_key_usage, "critical,digitalSignature") &&
        add_extension(x, NID_ext_key_usage, "serverAuth") && X509_sign(x, key, EVP_sha256()))
        return x;
    X509_free(x);
    return NULL;
}

/* ---- files */

static int write_file(int fd, BIO *pem, mode_t mode)
{
    char *text;
    long n = BIO_get_mem_data(pem, &text);

    return fchmod(fd, mode) || io_write(fd, text, (size_t)n) || fsync(fd) ? -1 : 0;
}

static void sync_parent(const char *path)
{
    struct buf parent;
    const char *slash = strrchr(path, '/');
    int fd;

    buf_init(&parent, BUF_UNLIMITED);
    buf_add(&parent, slash ? path : ".", slash ? (size_t)(slash - path) + 1 : 1);
    fd = open(parent.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    buf_free(&parent);
}

/* link(2) never replaces. */
static int put(const char *temporary, const char *path, bool replace)
{
    if (replace)
        return rename(temporary, path);
    if (link(temporary, path))
        return -1;
    unlink(temporary);
    return 0;
}

static int store(BIO *pem, const char *path, mode_t mode, bool replace, struct err *err)
{
    struct buf temporary;
    int fd, result = 0;

    buf_init(&temporary, BUF_UNLIMITED);
    buf_printf(&temporary, "%s.XXXXXX", path);
    fd = mkostemp(temporary.p, O_CLOEXEC);
    if (fd < 0)
        result = err_set_errno(err, ERR_CANTCREAT,
                               errno == ENOENT ? "the directory of \"%s\" has to be made first"
                                               : "cannot write beside \"%s\"",
                               path);
    else if (write_file(fd, pem, mode) || put(temporary.p, path, replace)) {
        result = err_set_errno(err, ERR_CANTCREAT, "cannot make \"%s\"", path);
        unlink(temporary.p);
    } else {
        sync_parent(path);
    }
    if (fd >= 0)
        close(fd);
    buf_free(&temporary);
    return result;
}

/* The key first: a certificate that is there has its key.  Without a certificate no new key stays. */
static int store_both(const struct certificate_order *order, BIO *certificate, BIO *key, struct err *err)
{
    if (store(key, order->key, 0600, order->replace, err))
        return -1;
    if (!store(certificate, order->certificate, 0644, order->replace, err))
        return 0;
    if (!order->replace)
        unlink(order->key);
    return -1;
}

static int refuse_existing(const char *path, struct err *err)
{
    struct stat st;

    if (lstat(path, &st) && errno == ENOENT)
        return 0;
    errno = EEXIST;
    return err_set_errno(err, ERR_CANTCREAT, "cannot make \"%s\"", path);
}

static int fail(struct err *err)
{
    char text[128];

    return err_set(err, ERR_OSERR, "cannot make a certificate: %s", tls_reason(text, sizeof text));
}

int certificate_make(const struct certificate_order *order, struct err *err)
{
    EVP_PKEY *pair;
    X509 *x;
    BIO *certificate = BIO_new(BIO_s_mem()), *key = BIO_new(BIO_s_secmem());
    int result = -1;

    if (!order->n)
        err_set(err, ERR_USAGE, "a certificate needs a name");
    if (!order->n ||
        (!order->replace && (refuse_existing(order->key, err) || refuse_existing(order->certificate, err))))
        goto out;
    pair = EVP_EC_gen("P-256");
    x = pair ? certificate_new(order, pair) : NULL;
    if (x && certificate && key && PEM_write_bio_X509(certificate, x) &&
        PEM_write_bio_PrivateKey(key, pair, NULL, NULL, 0, NULL, NULL))
        result = store_both(order, certificate, key, err);
    else
        fail(err);
    X509_free(x);
    EVP_PKEY_free(pair);
out:
    BIO_free(certificate);
    BIO_free(key);
    return result;
}

int certificate_days_left(const char *path, int *days, struct err *err)
{
    BIO *file = BIO_new_file(path, "r");
    X509 *x = file ? PEM_read_bio_X509(file, NULL, NULL, NULL) : NULL;
    char text[128];
    int seconds, result = 0;

    if (!x || !ASN1_TIME_diff(days, &seconds, NULL, X509_get0_notAfter(x)))
        result = err_set(err, ERR_DATA, "certificate \"%s\": %s", path, tls_reason(text, sizeof text));
    else if (seconds < 0)
        --*days;
    X509_free(x);
    BIO_free(file);
    return result;
}
