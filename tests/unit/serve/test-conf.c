#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "serve/told.h"

#define WHOLE "listen pop3 on 127.0.0.1 port 110\naccounts system\n"

static struct conf *good(const char *text)
{
    struct told told;
    struct conf *conf;

    told_init(&told);
    conf = conf_parse("conf", span_of(text), told_add, &told);
    cr_assert(conf && !told.count, "%s", told.text.p);
    told_free(&told);
    return conf;
}

static void bad_span(struct span text, const char *wanted)
{
    struct told told;

    told_init(&told);
    cr_expect_null(conf_parse("conf", text, told_add, &told));
    cr_expect_str_eq(told.text.p ? told.text.p : "", wanted);
    told_free(&told);
}

static void bad(const char *text, const char *wanted)
{
    bad_span(span_of(text), wanted);
}

/* A statement at the end of what is whole without it: line 3. */
static void bad_line(const char *line, const char *wanted)
{
    char text[400];

    snprintf(text, sizeof text, WHOLE "%s\n", line);
    bad(text, wanted);
}

static void check_listen(const struct conf_listen *l, const char *at, enum conf_tls tls, bool proxy, bool any)
{
    struct buf text;

    buf_init(&text, BUF_UNLIMITED);
    cr_assert_not_null(l);
    conf_print_address(&text, &l->at);
    cr_expect_str_eq(text.p, at);
    cr_expect(l->protocol == PROTOCOL_POP3 && l->tls == tls && l->proxy == proxy && l->any == any, "%s", at);
    buf_free(&text);
}

Test(serve_conf, every_statement)
{
    struct conf *c = good("hostname mail.example.org # the name\n"
                          "domain example.org example.net\n\n"
                          "accounts file \"/etc/mail \\\"weir\\\"/users\"\r\n"
                          "accounts system\n"
                          "accounts program /usr/lib/ask\n"
                          "tls certificate /a/cert key \\\n  /a/key\n"
                          "tls certificate /b/cert key /b/key\n"
                          "listen pop3 on * port 995 tls\n"
                          "listen pop3 on localhost port 110\n"
                          "listen pop3 on 2001:db8::1 port 1100 starttls proxy\n"
                          "listen pop3 on /run/pop3 mode 0660 proxy tls\n"
                          "statistics on localhost port 9100\n"
                          "proxy from 192.0.2.0/24 ::1\n"
                          "user nobody\nuser other for authentication\n"
                          "log syslog local3\n"
                          "authentication plain SCRAM-SHA-256 gssapi apop\n"
                          "gssapi realm EXAMPLE.ORG keytab /etc/mailweir/keytab service mail\n"
                          "limit sessions 10, per-address 2\n"
                          "limit login-time 2m, idle-time 1h, login-memory 32m, expire 60d");
    const struct conf_listen *l = c->listen;

    cr_expect_str_eq(c->hostname, "mail.example.org");
    cr_expect_str_eq(c->domains->next->name, "example.net");
    cr_expect_str_eq(c->accounts->path, "/etc/mail \"weir\"/users");
    cr_expect_eq(c->accounts->next->source, CONF_ACCOUNTS_SYSTEM);
    cr_expect_str_eq(c->accounts->next->next->path, "/usr/lib/ask");
    cr_expect_eq(c->certificate_count, 2);
    cr_expect_str_eq(c->certificates->key, "/a/key");
    check_listen(l, ":: port 995", CONF_TLS, false, true);
    check_listen(l = l->next, "0.0.0.0 port 995", CONF_TLS, false, true);
    check_listen(l = l->next, "::1 port 110", CONF_CLEAR, false, true);
    check_listen(l = l->next, "127.0.0.1 port 110", CONF_CLEAR, false, true);
    check_listen(l = l->next, "2001:db8::1 port 1100", CONF_STARTTLS, true, false);
    check_listen(l = l->next, "/run/pop3", CONF_TLS, true, false);
    cr_expect_eq(l->mode, 0660);
    cr_expect_null(l->next);
    cr_expect(c->statistics && c->log == CONF_LOG_SYSLOG && c->facility == LOG_LOCAL3);
    cr_expect_str_eq(c->user.name, "nobody");
    cr_expect_str_eq(c->auth.name, "other");
    cr_expect_eq(c->authentication, CONF_PLAIN | CONF_SCRAM_SHA_256 | CONF_GSSAPI | CONF_APOP);
    cr_expect_str_eq(c->gssapi.realm, "EXAMPLE.ORG");
    cr_expect_str_eq(c->gssapi.keytab, "/etc/mailweir/keytab");
    cr_expect_str_eq(c->gssapi.service, "mail");
    cr_expect(c->limits.sessions == 10 && c->limits.per_address == 2 && c->limits.login_time == 120);
    cr_expect(c->limits.idle_time == 3600 && c->limits.login_memory == 32 << 20 && c->limits.expire == 60);
    conf_free(c);
}

Test(serve_conf, what_is_usual)
{
    struct conf *c = good(WHOLE);

    cr_expect_eq(c->authentication, CONF_PLAIN | CONF_LOGIN);
    cr_expect(c->limits.sessions == 1000 && c->limits.per_address == 20 && c->limits.expire == -1);
    cr_expect(c->limits.login_time == 60 && c->limits.idle_time == 600 && c->limits.failure_delay == 1);
    cr_expect(c->log == CONF_LOG_USUAL && *c->hostname && !c->statistics && !c->domains);
    cr_expect_str_eq(c->user.name, "mailweir");
    cr_expect_str_eq(c->auth.name, "mailweir-auth");
    conf_free(c);
}

Test(serve_conf, keywords_are_words_elsewhere)
{
    struct conf *c = good(WHOLE "hostname to\ndomain listen on port\nuser user\n");

    cr_expect_str_eq(c->hostname, "to");
    cr_expect_str_eq(c->domains->next->next->name, "port");
    cr_expect_str_eq(c->user.name, "user");
    conf_free(c);
}

Test(serve_conf, whose_proxy_headers_are_believed)
{
    struct conf *c = good(WHOLE "proxy from 192.0.2.0/24\n");
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0xc0000207)};
    struct sockaddr local = {.sa_family = AF_UNIX};

    cr_expect(conf_trusts_proxy(c, (struct sockaddr *)&in));
    in.sin_addr.s_addr = htonl(0xc0000307);
    cr_expect_not(conf_trusts_proxy(c, (struct sockaddr *)&in));
    cr_expect(conf_trusts_proxy(c, &local));
    conf_free(c);
}

/* ---- faults */

Test(serve_conf, all_faults_are_told)
{
    bad("hostname\nfrobnicate 1\nlisten pop3 at * port 1\nlimit sessions 0,\ndomain a..b -c\naccounts\n",
        "1:9 the statement is not whole; to follow: a word\n"
        "2:1 'frobnicate' does not stand here; instead: 'accounts', 'alias', 'authentication', 'domain', "
        "'gssapi', 'hostname', 'index', 'limit', 'listen', 'log', 'proxy', 'queue', 'relay', 'statistics', "
        "'tls', "
        "'user', the end of the line\n"
        "3:13 'at' does not stand here; instead: 'on'\n"
        "4:16 0 is not between 1 and 100000\n"
        "4:18 the statement is not whole; to follow: a word\n"
        "5:8 'a..b' is no name of a host (RFC 1123; others in their xn-- form)\n"
        "5:13 '-c' is no name of a host (RFC 1123; others in their xn-- form)\n"
        "6:9 the statement is not whole; to follow: 'file', 'program', 'system'\n");
}

Test(serve_conf, a_fault_is_shown)
{
    struct told told;

    told_init(&told);
    conf_parse("/etc/x", span_of(WHOLE "limit sessions many\n"), told_add, &told);
    cr_expect_str_eq(told.shown.p, "/etc/x:3:16: 'many' is not a number\n"
                                   "     3 | limit sessions many\n"
                                   "       |                ^~~~\n");
    told_free(&told);
}

Test(serve_conf, gssapi_is_whole_or_not_there)
{
    bad_line("authentication gssapi",
             "3:1 gssapi needs to know whom it believes: gssapi realm REALM keytab FILE\n");
    bad_line("gssapi realm A keytab /k", "3:1 nobody can use it: 'authentication' does not name gssapi\n");
    bad_line("gssapi keytab /k", "3:8 'keytab' does not stand here; instead: 'realm'\n");
    bad_line("authentication gssapi\ngssapi realm A@B keytab k service pop/x",
             "4:14 'A@B' is no realm: letters, digits, dots and hyphens\n"
             "4:35 'pop/x' is no service: letters, digits, dots and hyphens\n"
             "4:25 'k' is no whole path: it has to begin with '/'\n");
    bad_line("authentication gssapi\ngssapi realm A keytab /k\ngssapi realm B keytab /k",
             "5:1 GSSAPI is set in line 4 already\n");
    bad("listen pop3 on * port 110\naccounts program /a\nauthentication gssapi\ngssapi realm A keytab /k\n",
        "3:1 gssapi needs accounts that can be looked up: 'accounts file' or 'accounts system'\n");
}

Test(serve_conf, what_is_not_served_yet)
{
    bad_line("queue /q", "3:1 a queue is not served by this version\n");
    bad_line("index dir /i/%u", "3:1 an index is not served by this version\n");
    bad_line("alias postmaster to alice bob", "3:1 an alias is not served by this version\n");
    bad_line("relay for 192.0.2.0/24", "3:1 a relay is not served by this version\n");
    bad_line("relay via \"smtps://u@x\" password-command \"cat x\"",
             "3:1 a relay is not served by this version\n");
    bad_line("listen smtp on * port 25 starttls", "3:8 smtp is not served by this version\n");
    bad_line("listen submission on * port 465 tls", "3:8 submission is not served by this version\n");
    bad_line("listen lmtp on /run/lmtp", "3:8 lmtp is not served by this version\n");
    bad_line("listen imap on * port 993 tls proxy", "3:8 imap is not served by this version\n");
    bad_line("listen pop4 on * port 993 tls", "3:8 there is no protocol 'pop4'; this version serves pop3\n");
}

/* The whole language of the server to come: nothing of it is a fault but that it is to come. */
Test(serve_conf, the_server_to_come)
{
    bad("hostname mail.example.org\n"
        "domain example.org example.net\n"
        "accounts file \"/etc/mailweir/users\"          # user:hash:uid:gid:home:mail\n"
        "accounts system\n"
        "accounts program \"/usr/lib/mailweir/ldap\"\n"
        "tls certificate \"/etc/mailweir/cert.pem\" key \"/etc/mailweir/key.pem\"\n"
        "queue \"/var/spool/mailweir\"\n"
        "index dir \"/var/lib/mailweir/%u\"             # default: beside the mail\n"
        "listen lmtp on 127.0.0.1 port 24\n"
        "listen pop3 on * port 995 tls\n"
        "alias postmaster to alice\n"
        "relay for 192.0.2.0/24\n"
        "limit sessions 1000, per-address 20\n",
        "7:1 a queue is not served by this version\n"
        "8:1 an index is not served by this version\n"
        "9:8 lmtp is not served by this version\n"
        "11:1 an alias is not served by this version\n"
        "12:1 a relay is not served by this version\n");
}

Test(serve_conf, what_is_said_twice)
{
    bad_line("hostname a\nhostname b", "4:1 the host's name is set in line 3 already\n");
    bad_line("accounts system", "3:1 these accounts are named in line 2 already\n");
    bad_line("accounts file /a\naccounts file /b\naccounts file /a",
             "5:1 these accounts are named in line 3 already\n");
    bad_line("domain a b A", "3:12 the domain 'A' is named twice\n");
    bad_line("limit sessions 1, sessions 2", "3:19 'sessions' is set in line 3 already\n");
    bad_line("log stderr\nlog syslog", "4:1 the log is set in line 3 already\n");
    bad_line("user a\nuser b", "4:1 this user is set in line 3 already\n");
    bad_line("authentication plain plain", "3:22 'plain' is named twice\n");
    bad_line("tls certificate /a key /b\ntls certificate /a key /c",
             "4:17 this certificate is named in line 3 already\n");
    bad_line("listen pop3 on ::1 port 1 proxy proxy", "3:33 'proxy' is said twice\n");
    bad_line("tls certificate /a key /b\nlisten pop3 on ::1 port 1 tls starttls",
             "4:1 'tls' from the beginning, or 'starttls' when asked for: not both\n");
}

Test(serve_conf, two_on_one_address)
{
    bad_line("listen pop3 on 127.0.0.1 port 110", "3:1 line 1 listens on this address already\n");
    bad_line("listen pop3 on * port 110", "3:1 line 1 listens on this address already\n");
    bad_line("listen pop3 on localhost port 110", "3:1 line 1 listens on this address already\n");
    bad_line("statistics on 0.0.0.0 port 110", "3:1 line 1 listens on this address already\n");
    bad_line("statistics on ::1 port 9\nlisten pop3 on ::1 port 9",
             "4:1 the statistics of line 3 have this address\n");
    bad_line("listen pop3 on /a\nlisten pop3 on \"/a\"", "4:1 line 3 listens on this address already\n");
    conf_free(good(WHOLE "listen pop3 on ::1 port 110\nlisten pop3 on 127.0.0.1 port 111\n"));
    conf_free(good(WHOLE "listen pop3 on 127.0.0.2 port 110\nlisten pop3 on /a\nlisten pop3 on /ab\n"));
}

Test(serve_conf, addresses_and_ports)
{
    char text[300];

    bad_line("listen pop3 on ::1 port 0", "3:25 0 is not between 1 and 65535\n");
    bad_line("listen pop3 on ::1 port 65536", "3:25 65536 is not between 1 and 65535\n");
    bad_line("listen pop3 on ::1 port 99999999999999999999999",
             "3:25 99999999999999999999999 is not between 1 and 65535\n");
    bad_line("listen pop3 on ::1 port -1", "3:25 '-1' is not a number\n");
    bad_line("listen pop3 on ::1 port 1k", "3:25 '1k' is not a number\n");
    bad_line("listen pop3 on example.org port 1",
             "3:16 'example.org' is not an IP address, 'localhost' or '*'\n");
    bad_line("statistics on * port 9",
             "3:15 statistics are given at one address, for instance 'localhost'\n");
    bad_line("listen pop3 on ::1",
             "3:16 '::1' is no path that begins with '/', and an address needs a port\n");
    bad_line("listen pop3 on ::1 port 1 mode 0600",
             "3:32 'mode' is for the path of a socket, and an octal number such as 0660\n");
    bad_line("listen pop3 on /a mode 99",
             "3:24 'mode' is for the path of a socket, and an octal number such as 0660\n");
    snprintf(text, sizeof text, "listen pop3 on /%0107d", 0);
    bad_line(text, "3:16 the path of a socket has at most 107 bytes, this one 108\n");
    snprintf(text, sizeof text, WHOLE "listen pop3 on /%0106d", 0);
    conf_free(good(text));
}

Test(serve_conf, what_does_not_fit_together)
{
    bad_line("listen pop3 on ::1 port 1 tls",
             "3:1 TLS needs 'tls certificate FILE key FILE'; 'mailweird cert' makes both\n");
    bad_line("listen pop3 on * port 995 starttls",
             "3:1 TLS needs 'tls certificate FILE key FILE'; 'mailweird cert' makes both\n");
    bad_line("listen pop3 on ::1 port 1 proxy",
             "3:1 PROXY headers are believed only from networks named by 'proxy from'\n");
    bad_line("authentication plain apop", "3:1 apop needs secrets that only 'accounts file' can have\n");
    bad_line("log stderr mail", "3:12 only syslog has a facility\n");
    bad("", "0:0 there is nothing to listen on, such as: listen pop3 on * port 995 tls\n"
            "0:0 there are no accounts, such as: accounts system\n");
}

Test(serve_conf, words_that_mean_nothing)
{
    bad_line("log file", "3:5 'file' is no log: syslog or stderr\n");
    bad_line("log syslog uucp", "3:12 'uucp' is no facility: mail, daemon, auth, local0 to local7\n");
    bad_line("proxy from 192.0.2.1/24",
             "3:12 '192.0.2.1/24' is no network, such as 192.0.2.0/24 or ::1: it has bits "
             "behind its length\n");
    bad_line("accounts file users", "3:15 'users' is no whole path: it has to begin with '/'\n");
    bad_line("limit size 3",
             "3:7 there is no limit 'size'; there are sessions, per-address, login-time, idle-time, "
             "login-memory, auth-processes, failure-delay, login-delay and expire\n");
    bad_line("limit idle-time 5w", "3:17 '5w' is not a time, such as 90, 90s, 5m, 2h or 1d\n");
    bad_line("limit idle-time 5mm", "3:17 '5mm' is not a time, such as 90, 90s, 5m, 2h or 1d\n");
    bad_line("limit idle-time 2d", "3:17 2d is not between 1 and 86400\n");
    bad_line("limit login-memory 3x", "3:20 '3x' is not a size, such as 65536, 64k, 16m or 1g\n");
    bad_line("limit login-memory 2g", "3:20 2g is not between 16777216 and 1073741824\n");
    bad_line("limit expire 5h", "3:14 '5h' is not a number of days, such as 30d\n");
}

/* ---- bytes that nobody wrote by hand */

Test(serve_conf, bytes_that_are_no_text)
{
    static const char quote[] =
        "a word in quotes ends with a quote in the same line, and has no backslash but "
        "before a quote or a backslash";
    char wanted[300];

    bad_span(span_make(WHOLE "user a\0b\n", sizeof WHOLE + 8), "3:7 a control byte, 0x00\n");
    bad_line("user \x1b[31m", "3:6 a control byte, 0x1b\n");
    bad_line("user a \\ b", "3:8 a backslash stands at the end of a line, or in quotes\n");
    snprintf(wanted, sizeof wanted, "3:6 %s\n", quote);
    bad_line("user \"abc", wanted);
    bad_line("user \"a\\bc\"", wanted);
    bad_line("user \"a\tb\"", wanted);
    bad_line("\xff\xfe",
             "3:1 '\xff\xfe' does not stand here; instead: 'accounts', 'alias', 'authentication', "
             "'domain', 'gssapi', 'hostname', 'index', 'limit', 'listen', 'log', 'proxy', 'queue', 'relay', "
             "'statistics', 'tls', 'user', the end of the line\n");
}

static void flood(const char *line, size_t n, unsigned faults)
{
    struct buf text;
    struct told told;

    told_init(&told);
    buf_init(&text, BUF_UNLIMITED);
    while (text.n + strlen(line) <= n)
        buf_add_text(&text, line);
    cr_expect_null(conf_parse("conf", buf_span(&text), told_add, &told));
    cr_expect_eq(told.count, faults, "%.20s: %u faults", line, told.count);
    buf_free(&text);
    told_free(&told);
}

/* The last fault says that there are more. */
Test(serve_conf, floods_have_an_end, .timeout = 20)
{
    flood("x", CONF_FILE_MAX, 1);
    flood("x ", CONF_FILE_MAX, 1);
    flood("\"", CONF_FILE_MAX, 1);
    flood("\\\n", CONF_FILE_MAX, 2);
    flood("x\n", CONF_FILE_MAX, CONF_FAULTS_MAX + 1);
    flood("domain a\n", CONF_FILE_MAX, CONF_FAULTS_MAX + 1);
    flood("listen pop3 on /a\n", CONF_FILE_MAX, CONF_FAULTS_MAX + 1);
    flood("listen pop3 on /a tls mode 5 ", CONF_FILE_MAX, 1);
    flood("accounts system\n", CONF_FILE_MAX, CONF_FAULTS_MAX + 1);
    flood("x\n", CONF_FILE_MAX + 2, 1);
}

static void flood_domains(const char *between)
{
    struct buf text;
    struct told told;

    told_init(&told);
    buf_init(&text, BUF_UNLIMITED);
    buf_add_text(&text, "domain");
    for (int i = 0; i < 60000; i++)
        buf_printf(&text, "%s%d", between, i);
    conf_parse("conf", buf_span(&text), told_add, &told);
    cr_expect_eq(told.count, CONF_FAULTS_MAX + 1);
    buf_free(&text);
    told_free(&told);
}

Test(serve_conf, long_lists_have_an_end, .timeout = 20)
{
    flood_domains(" ");
    flood_domains("\ndomain ");
}
