/* What a configuration names, looked at: in a directory of its own. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/certificate.h"
#include "serve/told.h"

static char old[4096], directory[64];

static void begin(void)
{
    snprintf(directory, sizeof directory, "/tmp/mailweir-conf-XXXXXX");
    cr_assert(getcwd(old, sizeof old) && mkdtemp(directory) && !chdir(directory));
    umask(022);
}

static void end(void)
{
    static const char *const names[] = {"conf",      "cert.pem", "key.pem", "other.pem",
                                        "other.key", "users",    "keytab"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(names[i]);
    cr_expect(!chdir(old) && !rmdir(directory));
}

TestSuite(serve_conf_check, .init = begin, .fini = end);

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");

    cr_assert(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void make_pair(const char *certificate, const char *key)
{
    static const char *const name = "mail.example.org";
    struct certificate_order order = {&name, 1, 10, certificate, key, true};
    struct err err;

    cr_assert_eq(certificate_make(&order, &err), 0, "%s", err.text);
}

/* '@' is the directory. */
static void fill(struct buf *to, const char *text)
{
    for (; *text; text++)
        if (*text == '@')
            buf_add_text(to, directory);
        else
            buf_add_byte(to, *text);
}

/* The statements begin in line 4. */
static void check(const char *statements, const char *wanted)
{
    struct buf text, faults;
    struct told told;
    struct conf *conf;

    told_init(&told);
    buf_init(&text, BUF_UNLIMITED);
    buf_init(&faults, BUF_UNLIMITED);
    buf_add_text(&text, "user nobody\nuser daemon for authentication\nlisten pop3 on ::1 port 1\n");
    fill(&text, statements);
    fill(&faults, wanted);
    write_file("conf", text.p);
    conf = conf_read("conf", told_add, &told);
    cr_expect_str_eq(told.text.p ? told.text.p : "", faults.p ? faults.p : "");
    cr_expect_eq(!conf, *wanted != '\0');
    conf_free(conf);
    buf_free(&text);
    buf_free(&faults);
    told_free(&told);
}

#define PAIR "accounts system\ntls certificate @/cert.pem key @/key.pem\n"

Test(serve_conf_check, all_is_there)
{
    make_pair("cert.pem", "key.pem");
    write_file("users", "");
    check(PAIR, "");
    check("accounts file @/users\naccounts program /bin/true\n", "");
}

Test(serve_conf_check, no_certificate_yet)
{
    check(PAIR, "5:17 cannot read '@/cert.pem': No such file or directory; 'mailweird cert' makes one\n"
                "5:56 cannot read '@/key.pem': No such file or directory; 'mailweird cert' makes one\n");
}

Test(serve_conf_check, a_key_that_others_may_read)
{
    make_pair("cert.pem", "key.pem");
    chmod("key.pem", 0604);
    check(PAIR, "5:56 '@/key.pem' has mode 0604: others may use the key; chmod 600 helps\n");
    chmod("key.pem", 0640); /* as Debian's group ssl-cert has them */
    check(PAIR, "");
    chmod("cert.pem", 0646);
    check(PAIR, "5:17 '@/cert.pem' has mode 0646: anybody may write to it; chmod o-w helps\n");
}

Test(serve_conf_check, a_key_of_another)
{
    make_pair("cert.pem", "key.pem");
    make_pair("other.pem", "other.key");
    cr_assert_eq(rename("other.key", "key.pem"), 0);
    check(PAIR, "5:56 key \"@/key.pem\": key values mismatch\n");
}

Test(serve_conf_check, files_that_are_something_else)
{
    make_pair("cert.pem", "key.pem");
    write_file("cert.pem", "no certificate\n");
    check(PAIR, "5:56 certificate \"@/cert.pem\": no start line\n");
    unlink("cert.pem");
    cr_assert_eq(symlink("/dev/null", "cert.pem"), 0);
    check(PAIR, "5:17 '@/cert.pem' is no regular file\n");
}

Test(serve_conf_check, accounts)
{
    check("accounts file @/users\n",
          "4:15 cannot read '@/users': No such file or directory; 'mailweird passwd' makes entries\n");
    write_file("users", "");
    chmod("users", 0602);
    check("accounts file @/users\n", "4:15 '@/users' has mode 0602: anybody may write to it; chmod o-w helps\n");
    chmod("users", 0600);
    check("accounts program @/users\n", "4:18 cannot run '@/users': Permission denied\n");
}

#define GSSAPI "accounts system\nauthentication gssapi\ngssapi realm A keytab @/keytab\n"

Test(serve_conf_check, a_keytab_is_for_those_who_check_passwords)
{
    check(GSSAPI, "6:23 cannot read '@/keytab': No such file or directory; kadmin's ktadd makes one\n");
    write_file("keytab", "");
    chmod("keytab", 0604);
    check(GSSAPI, "6:23 '@/keytab' has mode 0604: others may use the key; chmod 640 helps\n");
    chmod("keytab", 0600);
    if (geteuid() == 0) {
        check(GSSAPI, "6:23 '@/keytab' is not to be read by the user 'daemon'; chown helps\n");
        cr_assert_eq(chown("keytab", 1, 0), 0); /* daemon, wherever there is one */
    }
    check(GSSAPI, "");
    unlink("keytab");
    cr_assert_eq(symlink("/dev/null", "keytab"), 0);
    check(GSSAPI, "6:23 '@/keytab' is no regular file\n");
}

static void check_users(const char *users, const char *wanted)
{
    char text[300];
    struct told told;
    struct conf *conf;

    told_init(&told);
    snprintf(text, sizeof text, "listen pop3 on ::1 port 1\naccounts system\n%s", users);
    write_file("conf", text);
    conf = conf_read("conf", told_add, &told);
    if (geteuid())
        cr_expect(conf && conf->user.uid == geteuid() && conf->auth.uid == geteuid());
    else
        cr_expect_str_eq(told.text.p ? told.text.p : "", wanted);
    conf_free(conf);
    told_free(&told);
}

Test(serve_conf_check, users)
{
    check_users("user nobody\nuser daemon for authentication\n", "");
    check_users("user root\nuser daemon for authentication\n",
                "3:6 'root' has all rights, and should have none\n");
    check_users("user nobody\nuser nobody for authentication\n",
                "4:6 'nobody' talks with peers before the login, too, and could see passwords; two users are "
                "needed\n");
    check_users(
        "user nobody\nuser n-o-b-o-d-y for authentication\n",
        "4:6 there is no user 'n-o-b-o-d-y' for processes without rights; make one by useradd --system, or "
        "name another by 'user NAME for authentication'\n");
}

static void refused(const char *path, const char *wanted)
{
    struct told told;

    told_init(&told);
    cr_expect_null(conf_read(path, told_add, &told));
    cr_expect_str_eq(told.shown.p, wanted);
    told_free(&told);
}

Test(serve_conf_check, the_file_itself)
{
    refused("conf", "conf: cannot be read: No such file or directory\n");
    refused("/", "/: cannot be read: Is a directory\n");
    refused("/dev/zero", "/dev/zero: the file is larger than 1 MiB\n");
    write_file("conf", "accounts system\n");
    chmod("conf", 0606);
    refused("conf", "conf: cannot be read: anybody may write to it; chmod o-w helps\n");
    if (geteuid() == 0) {
        chmod("conf", 0600);
        cr_assert_eq(chown("conf", 65534, 65534), 0);
        refused("conf", "conf: cannot be read: it belongs to somebody else\n");
    }
}
