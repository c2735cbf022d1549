/*
 * POP3 with a client that says anything, before the login and after it, in one process: nobody gets in
 * without the password, answers have their form, and no message goes but what was marked before a QUIT that
 * was answered.
 *
 * Input: a byte of flags, what the client says.
 */
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "fuzz/fuzz.h"
#include "pop3/pop3.h"
#include "serve/front-private.h"

enum {
    FLAG_AFAR = 1,      /* no password may be said */
    FLAG_LOGGED_IN = 2, /* begin there */
    SAID_MOST = 2000,   /* so that all answers have room in a socket */
    MESSAGES = 3,
};

static const char *const names[MESSAGES] = {"pop3/new/1", "pop3/new/2", "pop3/cur/3:2,S"};
static const char *const mechanisms[] = {"SCRAM-SHA-256", "CRAM-MD5", "PLAIN", "LOGIN", NULL};

/* ---- one account */

static enum serve_answer find(void *ctx, const char *name, struct serve_account *account)
{
    (void)ctx;
    strcpy(account->name, "joe");
    return strcmp(name, "joe") == 0 ? SERVE_YES : strcmp(name, "later") == 0 ? SERVE_LATER : SERVE_NO;
}

static enum serve_answer check(void *ctx, const char *name, const char *password,
                               struct serve_account *account)
{
    enum serve_answer answer = find(ctx, name, account);

    return answer == SERVE_YES && strcmp(password, "secret") != 0 ? SERVE_NO : answer;
}

static enum serve_answer password(void *ctx, const char *name, struct buf *to)
{
    struct serve_account account;

    buf_add_text(to, "secret");
    return find(ctx, name, &account);
}

static enum serve_answer scram(void *ctx, const char *name, enum sasl_hash hash, struct sasl_scram *to)
{
    struct serve_account account;

    (void)hash;
    *to = (struct sasl_scram){.iterations = 4096,
                              .salt = "c2FsdHNhbHQ=",
                              .stored_key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                              .server_key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};
    return find(ctx, name, &account);
}

static struct serve_settings settings = {.accounts = {find, check, NULL, password, scram, NULL},
                                         .mechanisms = mechanisms,
                                         .apop = true,
                                         .limits = {.delay_ms = -1}};

/* ---- the mailbox */

static void make_mailbox(void)
{
    static const char text[] = "Subject: x\n\n.one\ntwo\n";
    static const char *const directories[] = {"pop3", "pop3/new", "pop3/cur", "pop3/tmp"};

    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        (void)!mkdir(directories[i], 0700);
    for (size_t i = 0; i < MESSAGES; i++) {
        int fd = open(names[i], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        CHECK(fd >= 0 && io_write(fd, text, sizeof text - 1) == 0);
        close(fd);
    }
}

static size_t count_messages(void)
{
    size_t n = 0;

    for (size_t i = 0; i < MESSAGES; i++)
        n += access(names[i], F_OK) == 0;
    return n;
}

/* ---- what is said */

/* In any of the three ways in which base64 has it. */
static bool says_password(struct span said)
{
    static const char *const forms[] = {"secret", "c2VjcmV0", "NlY3JldA", "zZWNyZX"};

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (span_find(said, span_of(forms[i])))
            return true;
    return false;
}

/* In any case, anywhere. */
static bool says_word(struct span said, const char *word)
{
    for (size_t i = 0; i + strlen(word) <= said.n; i++)
        if (strncasecmp(said.p + i, word, strlen(word)) == 0)
            return true;
    return false;
}

/* Every line ends with CRLF, and no other CR or LF stands anywhere. */
static void check_answers(struct span heard)
{
    CHECK(heard.n == 0 || (heard.n >= 2 && heard.p[heard.n - 1] == '\n'));
    for (size_t i = 0; i < heard.n; i++) {
        CHECK(heard.p[i] != '\n' || (i > 0 && heard.p[i - 1] == '\r'));
        CHECK(heard.p[i] != '\r' || (i + 1 < heard.n && heard.p[i + 1] == '\n'));
    }
}

/* ---- a connection */

static bool authorize(struct front *front, struct span said)
{
    static const struct pop3_limits usual;
    bool in = pop3_authorize(front, &usual);

    CHECK(!in || says_password(said));
    CHECK(!in || strcmp(front->account.name, "joe") == 0);
    return in;
}

static void serve(struct front *front, struct span said)
{
    static const struct pop3_mailbox mailbox = {FOLDER_MAILDIR, "pop3", NULL};
    static const struct pop3_limits usual;
    struct pop3_account account;
    enum pop3_end end = pop3_serve(front->stream, &mailbox, &usual, &account, NULL);

    CHECK(end == POP3_BYE || end == POP3_LOST);
    CHECK(account.messages == MESSAGES && count_messages() == MESSAGES - account.removed);
    CHECK(end == POP3_BYE || account.removed == 0);
    CHECK(account.removed == 0 || (says_word(said, "DELE") && says_word(said, "QUIT")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span said = {(const char *)data, size};
    unsigned flags = fuzz_byte(&said);
    struct front front = {.settings = &settings, .ops = &front_local, .protocol = &pop3_protocol};
    struct buf heard;
    ssize_t got;
    int pair[2];

    if (said.n > SAID_MOST)
        return 0;
    fuzz_enter_scratch();
    make_mailbox();
    serve_defaults(&settings);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && io_write(pair[1], said.p, said.n) == 0);
    shutdown(pair[1], SHUT_WR);
    CHECK(front_open(&front, pair[0], pair[0]));
    front.loopback = !(flags & FLAG_AFAR);
    if (flags & FLAG_LOGGED_IN || authorize(&front, said))
        serve(&front, said);
    front_close(&front);
    buf_init(&heard, BUF_UNLIMITED);
    while ((got = read(pair[1], buf_reserve(&heard, 4096), 4096)) > 0)
        buf_commit(&heard, (size_t)got);
    check_answers(buf_span(&heard));
    buf_free(&heard);
    close(pair[1]);
    return 0;
}
