/* Dialogues before the login, with accounts of the test's own, in one process. */
#include <criterion/criterion.h>
#include <gsasl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net/base64.h"
#include "net/peer.h"
#include "pop3/pop3.h"
#include "serve/front-private.h"

static const char *const mechanisms[] = {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256-PLUS", NULL};
static struct serve_settings settings;
static struct pop3_limits limits;
static struct front front;
static struct buf heard;
static bool in;

/* ---- accounts: joe with "secret", and one of whom nothing can be known now */

static enum serve_answer find(void *ctx, const char *name, struct serve_account *account)
{
    (void)ctx;
    if (strcmp(name, "later") == 0)
        return SERVE_LATER;
    strcpy(account->name, "joe");
    return strcmp(name, "joe") == 0 ? SERVE_YES : SERVE_NO;
}

static enum serve_answer check(void *ctx, const char *name, const char *password,
                               struct serve_account *account)
{
    enum serve_answer answer = find(ctx, name, account);

    return answer == SERVE_YES && strcmp(password, " se cret ") != 0 && strcmp(password, "secret") != 0
               ? SERVE_NO
               : answer;
}

static enum serve_answer check_rpop(void *ctx, const char *name, const char *id,
                                    struct serve_account *account)
{
    return strcmp(id, "id") == 0 ? find(ctx, name, account) : SERVE_NO;
}

static enum serve_answer password(void *ctx, const char *name, struct buf *to)
{
    struct serve_account account;

    buf_add_text(to, "secret");
    return find(ctx, name, &account);
}

static void enter(void)
{
    settings = (struct serve_settings){.accounts = {find, check, check_rpop, password, NULL, NULL},
                                       .mechanisms = mechanisms,
                                       .hostname = "h.example",
                                       .limits = {.delay_ms = -1, .login_ms = 10000}};
    limits = (struct pop3_limits){0};
    serve_defaults(&settings);
    buf_init(&heard, BUF_UNLIMITED);
}

static void leave(void)
{
    buf_free(&heard);
}

TestSuite(authorize, .init = enter, .fini = leave);

static void begin(struct peer *peer, bool loopback)
{
    int pair[2];

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    peer->fd = pair[1];
    buf_cut(&heard, 0);
    front = (struct front){
        .settings = &settings, .ops = &front_local, .mode = SERVE_STARTTLS, .protocol = &pop3_protocol};
    cr_assert(front_open(&front, pair[0], pair[0]));
    front.loopback = loopback;
}

static void finish(struct peer *peer)
{
    ssize_t got;

    front_close(&front);
    while ((got = read(peer->fd, buf_reserve(&heard, 4096), 4096)) > 0)
        buf_commit(&heard, (size_t)got);
    close(peer->fd);
}

/* What comes behind the greeting. */
static const char *talk(const char *said, bool loopback)
{
    struct peer peer;
    const char *line;

    begin(&peer, loopback);
    peer_say(&peer, said, strlen(said));
    peer_hang_up(&peer);
    in = pop3_authorize(&front, &limits);
    finish(&peer);
    line = strchr(heard.p, '\n');
    cr_assert(line && strncmp(heard.p, "+OK mailweir", 12) == 0, "%s", heard.p);
    return line + 1;
}

#define SAYS(said, answer) cr_expect_str_eq(talk(said, true), answer, "%s", heard.p)
#define SAYS_AFAR(said, answer) cr_expect_str_eq(talk(said, false), answer, "%s", heard.p)

static const char wrong[] = "-ERR [AUTH] name or password is wrong\r\n";
static const char later[] = "-ERR [SYS/TEMP] there is no telling now who you are; try again later\r\n";

/* ---- what is on offer */

Test(authorize, capabilities_near_and_far)
{
    SAYS("CAPA\r\n",
         "+OK\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nUTF8 USER\r\nLANG\r\n"
         "EXPIRE NEVER\r\nUSER\r\nSASL PLAIN LOGIN CRAM-MD5\r\nIMPLEMENTATION mailweir\r\n.\r\n");
    limits.login_delay = 60;
    SAYS_AFAR("CAPA\r\n",
              "+OK\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nUTF8 USER\r\nLANG\r\n"
              "EXPIRE NEVER\r\nLOGIN-DELAY 60\r\nSASL CRAM-MD5\r\nIMPLEMENTATION mailweir\r\n.\r\n");
    cr_assert_not(in);
}

Test(authorize, the_timestamp_is_there_where_it_is_of_use_and_never_twice)
{
    char first[200];

    talk("QUIT\r\n", true);
    cr_assert_null(strchr(heard.p, '<'));
    settings.apop = true;
    talk("QUIT\r\n", true);
    cr_assert(strchr(heard.p, '<') && strstr(heard.p, "@h.example>\r\n"), "%s", heard.p);
    snprintf(first, sizeof first, "%.199s", heard.p);
    talk("QUIT\r\n", true);
    cr_assert_str_neq(first, heard.p);
}

Test(authorize, what_needs_no_login)
{
    SAYS("LANG\r\nLANG en\r\nLANG xx\r\nUTF8\r\nQUIT\r\nCAPA\r\n",
         "+OK languages:\r\ni-default English\r\nen English\r\n.\r\n+OK en English\r\n-ERR that language is "
         "not spoken "
         "here\r\n+OK UTF-8\r\n+OK bye\r\n");
    cr_assert_not(in);
}

Test(authorize, what_needs_one)
{
    SAYS("NOOP\r\nSTAT\r\nLIST\r\nRETR 1\r\nDELE 1\r\nRSET\r\nTOP 1 1\r\nUIDL\r\nXYZZY\r\n\r\n",
         "-ERR log in first\r\n-ERR log in first\r\n-ERR log in first\r\n-ERR log in first\r\n-ERR log in "
         "first\r\n"
         "-ERR log in first\r\n-ERR log in first\r\n-ERR log in first\r\n-ERR no such command\r\n"
         "-ERR no such command\r\n");
}

Test(authorize, arguments_are_counted)
{
    SAYS("USER\r\nUSER a b\r\nPASS\r\nPASS \r\nAPOP a\r\nAUTH a b c\r\nSTLS x\r\nUTF8 x\r\nCAPA x\r\nQUIT "
         "x\r\n",
         "-ERR that command has other arguments\r\n-ERR that command has other arguments\r\n"
         "-ERR that command has other arguments\r\n-ERR that command has other arguments\r\n"
         "-ERR that command has other arguments\r\n-ERR that command has other arguments\r\n"
         "-ERR that command has other arguments\r\n-ERR that command has other arguments\r\n"
         "-ERR that command has other arguments\r\n-ERR that command has other arguments\r\n");
}

/* ---- USER and PASS */

Test(authorize, the_right_password_is_answered_by_the_session)
{
    SAYS("USER joe\r\nPASS secret\r\nSTAT\r\n", "+OK and the password?\r\n");
    cr_assert(in);
    cr_assert_str_eq(front.account.name, "joe");
}

Test(authorize, blanks_belong_to_a_password)
{
    SAYS("user joe\r\npass  se cret \r\n", "+OK and the password?\r\n");
    cr_assert(in);
}

Test(authorize, nothing_tells_who_exists)
{
    char joe[200];

    snprintf(joe, sizeof joe, "%.199s", talk("USER joe\r\nPASS x\r\n", true));
    cr_assert_str_eq(talk("USER nobody\r\nPASS x\r\n", true), joe);
    cr_assert_str_eq(strchr(joe, '\n') + 1, wrong);
    cr_assert_not(in);
}

Test(authorize, a_password_needs_a_user_each_time)
{
    SAYS("PASS secret\r\nUSER joe\r\nPASS x\r\nPASS secret\r\n",
         "-ERR USER comes first\r\n+OK and the password?\r\n-ERR [AUTH] name or password is wrong\r\n"
         "-ERR USER comes first\r\n");
    cr_assert_not(in);
}

Test(authorize, the_last_of_two_users_counts)
{
    SAYS("USER nobody\r\nUSER joe\r\nPASS secret\r\n", "+OK and the password?\r\n+OK and the password?\r\n");
    cr_assert(in);
}

Test(authorize, trouble_is_not_a_wrong_password)
{
    char expected[200];

    snprintf(expected, sizeof expected, "+OK and the password?\r\n%s", later);
    SAYS("USER later\r\nPASS secret\r\n", expected);
}

Test(authorize, no_password_in_clear_from_afar)
{
    static const char refused[] = "-ERR passwords are only taken in TLS\r\n";
    char three[200];

    snprintf(three, sizeof three, "%s%s%s", refused, refused, refused);
    SAYS_AFAR("USER joe\r\nPASS secret\r\nAUTH PLAIN AGpvZQBzZWNyZXQ=\r\n", three);
    cr_assert_not(in);
}

/* ---- budgets */

Test(authorize, tries_come_to_an_end)
{
    settings.limits.tries = 2;
    SAYS("USER joe\r\nPASS a\r\nUSER joe\r\nPASS b\r\nUSER joe\r\nPASS secret\r\n",
         "+OK and the password?\r\n-ERR [AUTH] name or password is wrong\r\n+OK and the password?\r\n"
         "-ERR [AUTH] name or password is wrong; that was the last try, bye\r\n");
    cr_assert_not(in);
}

Test(authorize, so_do_commands)
{
    settings.limits.commands = 3;
    SAYS("CAPA x\r\nUTF8\r\nUTF8\r\nUTF8\r\n", "-ERR that command has other arguments\r\n+OK UTF-8\r\n-ERR "
                                               "too many commands before a login, bye\r\n");
    limits.bad = 2;
    SAYS("NOOP\r\nNOOP\r\nUTF8\r\n",
         "-ERR log in first\r\n-ERR log in first; too many such commands, bye\r\n");
}

Test(authorize, so_does_the_time)
{
    struct peer peer;

    settings.limits.login_ms = 50;
    begin(&peer, true);
    peer_say(&peer, "USER joe\r\n", 10);
    cr_assert_not(pop3_authorize(&front, &limits));
    finish(&peer);
    cr_assert(strstr(heard.p, "\r\n-ERR [SYS/TEMP] no login for too long\r\n"), "%s", heard.p);
}

Test(authorize, failures_take_longer_each_time)
{
    struct timespec a, b;

    settings.limits.delay_ms = 40;
    clock_gettime(CLOCK_MONOTONIC, &a);
    talk("USER joe\r\nPASS a\r\nUSER joe\r\nPASS b\r\n", true);
    clock_gettime(CLOCK_MONOTONIC, &b);
    cr_assert_geq((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000, 40 + 80 - 1);
}

Test(authorize, bad_lines_cost_one_answer)
{
    char text[600];

    memset(text, 'x', sizeof text);
    memcpy(text + 300, "\r\nUTF\0008\r\nUTF8\r\nQUIT\r\n", 21);
    text[321] = '\0';
    {
        struct peer peer;

        begin(&peer, true);
        peer_say(&peer, text, 321);
        peer_hang_up(&peer);
        cr_assert_not(pop3_authorize(&front, &limits));
        finish(&peer);
    }
    cr_assert_str_eq(
        strchr(heard.p, '\n') + 1,
        "-ERR that line is too long\r\n-ERR that line has bytes in it that no command has\r\n+OK "
        "UTF-8\r\n+OK bye\r\n");
}

/* ---- AUTH */

Test(authorize, mechanisms_are_listed)
{
    SAYS("AUTH\r\n", "+OK\r\nPLAIN\r\nLOGIN\r\nCRAM-MD5\r\n.\r\n");
    SAYS_AFAR("AUTH\r\n", "+OK\r\nCRAM-MD5\r\n.\r\n");
}

Test(authorize, plain_at_once_or_when_asked)
{
    SAYS("AUTH PLAIN AGpvZQBzZWNyZXQ=\r\n", "");
    cr_assert(in);
    SAYS("auth plain\r\nAGpvZQBzZWNyZXQ=\r\n", "+ \r\n");
    cr_assert(in);
    SAYS("AUTH PLAIN AGpvZQB4\r\n", wrong);
    SAYS("AUTH PLAIN AGxhdGVyAHNlY3JldA==\r\n", later);
    cr_assert_not(in);
}

Test(authorize, login_asks_twice)
{
    SAYS("AUTH LOGIN\r\nam9l\r\nc2VjcmV0\r\n", "+ VXNlciBOYW1l\r\n+ UGFzc3dvcmQ=\r\n");
    cr_assert(in);
}

Test(authorize, an_exchange_can_be_left)
{
    SAYS("AUTH PLAIN\r\n*\r\nUTF8\r\n", "+ \r\n-ERR as you like\r\n+OK UTF-8\r\n");
    SAYS("AUTH LOGIN\r\nam9l\r\n*\r\nUTF8\r\n",
         "+ VXNlciBOYW1l\r\n+ UGFzc3dvcmQ=\r\n-ERR as you like\r\n+OK UTF-8\r\n");
    SAYS("AUTH LOGIN\r\nam9l\r\n", "+ VXNlciBOYW1l\r\n+ UGFzc3dvcmQ=\r\n");
    cr_assert_not(in);
}

Test(authorize, nonsense_within_an_exchange)
{
    SAYS("AUTH PLAIN !\r\nAUTH PLAIN\r\n!\r\nAUTH PLAIN =\r\n*\r\nAUTH PLAIN eA==\r\nAUTH NONE\r\nAUTH "
         "SCRAM-SHA-256-PLUS\r\n",
         "-ERR that is no base64\r\n+ \r\n-ERR that is no base64\r\n+ \r\n-ERR as you like\r\n"
         "-ERR that is no answer of this mechanism\r\n-ERR no such mechanism\r\n-ERR no such mechanism\r\n");
}

Test(authorize, lines_of_an_exchange_may_be_long_but_not_endless)
{
    struct peer peer;
    static char text[14000];

    memset(text, 'A', sizeof text);
    memcpy(text, "AUTH PLAIN\r\n", 12);
    memcpy(text + 12 + 12289, "\r\nUTF8\r\n", 8);
    begin(&peer, true);
    peer_say(&peer, text, 12 + 12289 + 8);
    peer_hang_up(&peer);
    cr_assert_not(pop3_authorize(&front, &limits));
    finish(&peer);
    cr_assert_str_eq(strchr(heard.p, '\n') + 1, "+ \r\n-ERR that is no base64\r\n+OK UTF-8\r\n");
}

/* A client that hears what is said, and answers what the mechanism of GNU SASL, or RFC 1939, says. */
static void read_line(int fd, char *line, size_t size)
{
    size_t n = 0;

    while (n < size - 1 && read(fd, line + n, 1) == 1 && line[n++] != '\n')
        ;
    line[n] = '\0';
}

static bool run_with_client(void (*client)(int fd))
{
    struct peer peer;
    pid_t pid;

    begin(&peer, false);
    pid = fork();
    if (pid == 0) {
        client(peer.fd);
        _exit(0);
    }
    in = pop3_authorize(&front, &limits);
    finish(&peer);
    return in;
}

static void client_cram(int fd)
{
    char line[1000], *out;
    Gsasl *library;
    Gsasl_session *session;

    read_line(fd, line, sizeof line);
    dprintf(fd, "AUTH CRAM-MD5\r\n");
    read_line(fd, line, sizeof line);
    gsasl_init(&library);
    gsasl_client_start(library, "CRAM-MD5", &session);
    gsasl_property_set(session, GSASL_AUTHID, "joe");
    gsasl_property_set(session, GSASL_PASSWORD, "secret");
    line[strcspn(line, "\r")] = '\0';
    gsasl_step64(session, line + 2, &out);
    dprintf(fd, "%s\r\n", out);
    gsasl_free(out);
    gsasl_finish(session);
    gsasl_done(library);
}

Test(authorize, cram_md5_from_afar)
{
    cr_assert(run_with_client(client_cram));
}

static const char *apop_password;

static void client_apop(int fd)
{
    char line[1000], digest[33], said[1100];
    unsigned char hash[16];
    char *begin, *end;

    read_line(fd, line, sizeof line);
    begin = strchr(line, '<');
    end = strchr(line, '>');
    snprintf(said, sizeof said, "%.*s%s", (int)(end + 1 - begin), begin, apop_password);
    EVP_Digest(said, strlen(said), hash, NULL, EVP_md5(), NULL);
    for (int i = 0; i < 16; i++)
        snprintf(digest + 2 * i, 3, "%02x", hash[i]);
    dprintf(fd, "APOP joe %s\r\n", digest);
}

Test(authorize, apop_from_afar)
{
    settings.apop = true;
    apop_password = "secret";
    cr_assert(run_with_client(client_apop));
    apop_password = "other";
    cr_assert_not(run_with_client(client_apop));
    cr_assert(strstr(heard.p, wrong), "%s", heard.p);
}

Test(authorize, no_apop_unless_configured)
{
    SAYS("APOP joe 00000000000000000000000000000000\r\n", "-ERR no such command\r\n");
    settings.apop = true;
    SAYS("APOP joe 0\r\nAPOP later 00000000000000000000000000000000\r\n",
         "-ERR [AUTH] name or password is wrong\r\n"
         "-ERR [SYS/TEMP] there is no telling now who you are; try again later\r\n");
}

Test(authorize, rpop_only_where_configured)
{
    SAYS("USER joe\r\nRPOP id\r\n", "+OK and the password?\r\n-ERR no such command\r\n");
    settings.rpop = true;
    SAYS("USER joe\r\nRPOP x\r\nUSER joe\r\nRPOP id\r\n",
         "+OK and the password?\r\n-ERR [AUTH] name or password is wrong\r\n+OK and the password?\r\n");
    cr_assert(in);
    SAYS_AFAR("RPOP id\r\n", "-ERR passwords are only taken in TLS\r\n");
}

Test(authorize, no_tls_without_a_certificate)
{
    SAYS("STLS\r\n", "-ERR there is no TLS here\r\n");
}
