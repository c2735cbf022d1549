#include <criterion/criterion.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/certificate.h"
#include "net/tls.h"

static char directory[64], certificate[80], key[80];
static const char *const names[] = {"mail.example.org", "example.org"};

static void begin(void)
{
    snprintf(directory, sizeof directory, "/tmp/mailweir-certificate-XXXXXX");
    cr_assert_not_null(mkdtemp(directory));
    snprintf(certificate, sizeof certificate, "%s/cert.pem", directory);
    snprintf(key, sizeof key, "%s/key.pem", directory);
}

static void end(void)
{
    chmod(directory, 0700);
    unlink(certificate);
    unlink(key);
    cr_expect_eq(rmdir(directory), 0, "something else is left in %s", directory);
}

TestSuite(net_certificate, .init = begin, .fini = end);

static int make(bool replace, struct err *err)
{
    struct certificate_order order = {names, 2, 100, certificate, key, replace};

    return certificate_make(&order, err);
}

static X509 *load(void)
{
    FILE *f = fopen(certificate, "r");
    X509 *x = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;

    cr_assert_not_null(x);
    fclose(f);
    return x;
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    cr_assert_eq(stat(path, &st), 0);
    return st.st_mode & 07777;
}

Test(net_certificate, names_times_and_modes)
{
    struct err err;
    X509 *x;
    int days, seconds;

    umask(0777);
    cr_assert_eq(make(false, &err), 0, "%s", err.text);
    umask(022);
    cr_expect_eq(mode_of(key), 0600);
    cr_expect_eq(mode_of(certificate), 0644);
    x = load();
    cr_expect_eq(X509_check_host(x, "mail.example.org", 0, 0, NULL), 1);
    cr_expect_eq(X509_check_host(x, "example.org", 0, 0, NULL), 1);
    cr_expect_eq(X509_check_host(x, "www.example.org", 0, 0, NULL), 0);
    cr_expect(X509_cmp_current_time(X509_get0_notBefore(x)) < 0);
    cr_expect(ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(x)) && (days == 100 || days == 99));
    cr_expect_eq(X509_check_purpose(x, X509_PURPOSE_SSL_SERVER, 0), 1);
    cr_expect_eq(EVP_PKEY_get_bits(X509_get0_pubkey(x)), 256);
    X509_free(x);
}

Test(net_certificate, days_left)
{
    struct err err;
    int days;

    cr_expect_eq(certificate_days_left(certificate, &days, &err), -1);
    cr_assert_eq(make(false, &err), 0, "%s", err.text);
    cr_expect_eq(certificate_days_left(certificate, &days, &err), 0);
    cr_expect(days == 99 || days == 100);
    cr_expect_eq(certificate_days_left(key, &days, &err), -1);
}

Test(net_certificate, a_server_can_use_it)
{
    struct tls_certificate pair = {certificate, key};
    struct err err;
    struct tls *tls;

    cr_assert_eq(make(false, &err), 0, "%s", err.text);
    tls = tls_server_new(&pair, 1, &err);
    cr_assert_not_null(tls, "%s", err.text);
    cr_expect_eq(tls_warm_up(tls, &err), 0, "%s", err.text);
    tls_free(tls);
}

static void fill(const char *path)
{
    FILE *f = fopen(path, "w");

    cr_assert(f && fputs("precious", f) >= 0 && fclose(f) == 0);
}

static bool is_precious(const char *path)
{
    char text[20] = "";
    FILE *f = fopen(path, "r");

    cr_assert(f && fgets(text, sizeof text, f) && fclose(f) == 0);
    return !strcmp(text, "precious");
}

Test(net_certificate, what_is_there_stays)
{
    struct err err;

    fill(certificate);
    cr_expect_eq(make(false, &err), -1);
    cr_expect(is_precious(certificate) && access(key, F_OK));
    unlink(certificate);
    fill(key);
    cr_expect_eq(make(false, &err), -1);
    cr_expect(is_precious(key) && access(certificate, F_OK));
    cr_expect_eq(make(true, &err), 0, "%s", err.text);
    cr_expect(!is_precious(key) && mode_of(key) == 0600);
}

Test(net_certificate, a_link_to_nowhere_is_something)
{
    struct err err;

    cr_assert_eq(symlink("nowhere", key), 0);
    cr_expect_eq(make(false, &err), -1);
    cr_expect(access(certificate, F_OK));
}

Test(net_certificate, no_key_without_its_certificate)
{
    struct certificate_order order = {names, 2, 100, "/nonexistent/cert.pem", key, false};
    struct err err;

    cr_expect_eq(certificate_make(&order, &err), -1);
    cr_expect(access(key, F_OK));
}

Test(net_certificate, names_of_any_length)
{
    char long_name[200];
    const char *const one[] = {long_name};
    struct certificate_order order = {one, 1, 100, certificate, key, false};
    struct err err;
    X509 *x;

    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    for (int i = 50; i < 199; i += 50)
        long_name[i] = '.';
    cr_assert_eq(certificate_make(&order, &err), 0, "%s", err.text);
    x = load();
    cr_expect_eq(X509_check_host(x, long_name, 0, 0, NULL), 1);
    X509_free(x);
    order.n = 0;
    order.replace = true;
    cr_expect_eq(certificate_make(&order, &err), -1);
}
