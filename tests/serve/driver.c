/*
 * The server with accounts from its arguments: what its tests start, and nothing that is installed.
 *
 *     serve-driver [-c FILE -k FILE] [-a N] [-d MS] [-l MS] [-s N] [-f N] [-p N] [-e DAYS] [-t MS] [-w S] [-r
 * DIRECTORY] [-x] [-i] NAME:PASSWORD:UID:GID:HOME:MAIL…
 *
 * -y: and on "proxied-clear PORT" and "proxied-tls PORT" for proxies from there.
 * It listens on 127.0.0.1, on ports that the system picks, and prints "clear PORT", "starttls PORT", "tls
 * PORT". Passwords are {PLAIN}.  The user "later" cannot be asked about.  -x: fronts that do what they must
 * not when they are told to, by a protocol of the test's own on "hostile PORT".  -i: --stdio.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gsasl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "pop3/pop3.h"
#include "serve/channel.h"
#include "serve/front-private.h"
#include "serve/listen.h"
#include "serve/supervise.h"

enum { ITERATIONS = 4096, LISTENERS = 6 };

struct user {
    struct user *next;
    char *password;
    struct serve_account account;
};

static struct user *users;

/* ---- accounts */

static enum serve_answer find(const char *name, const struct user **user)
{
    *user = NULL;
    for (const struct user *u = users; u && !*user; u = u->next)
        if (strcmp(u->account.name, name) == 0)
            *user = u;
    if (strcmp(name, "later") == 0)
        return SERVE_LATER;
    return *user ? SERVE_YES : SERVE_NO;
}

static enum serve_answer account_find(void *ctx, const char *name, struct serve_account *account)
{
    const struct user *user;
    enum serve_answer answer = find(name, &user);

    (void)ctx;
    if (user)
        *account = user->account;
    return answer;
}

static enum serve_answer account_check(void *ctx, const char *name, const char *password,
                                       struct serve_account *account)
{
    const struct user *user;
    enum serve_answer answer = find(name, &user);

    (void)ctx;
    if (answer != SERVE_YES)
        return answer;
    if (strcmp(user->password, password) != 0)
        return SERVE_NO;
    *account = user->account;
    return SERVE_YES;
}

static enum serve_answer account_rpop(void *ctx, const char *name, const char *id,
                                      struct serve_account *account)
{
    enum serve_answer answer = account_find(ctx, name, account);

    return answer == SERVE_YES && strcmp(id, "trusted") != 0 ? SERVE_NO : answer;
}

static enum serve_answer account_password(void *ctx, const char *name, struct buf *password)
{
    const struct user *user;
    enum serve_answer answer = find(name, &user);

    (void)ctx;
    buf_add_text(password, user ? user->password : "nobody has this");
    return answer;
}

static enum serve_answer account_scram(void *ctx, const char *name, enum sasl_hash hash,
                                       struct sasl_scram *scram)
{
    const struct user *user;
    enum serve_answer answer = find(name, &user);
    char salted[64], client[64], server[64], stored[64], *text;
    size_t n = hash == SASL_SHA1 ? 20 : 32;

    (void)ctx;
    scram->iterations = ITERATIONS;
    strcpy(scram->salt, "c2FsdHNhbHQ=");
    gsasl_scram_secrets_from_password(hash == SASL_SHA1 ? GSASL_HASH_SHA1 : GSASL_HASH_SHA256,
                                      user ? user->password : "nobody has this", ITERATIONS, "saltsalt", 8,
                                      salted, client, server, stored);
    gsasl_base64_to(server, n, &text, NULL);
    strcpy(scram->server_key, text);
    gsasl_free(text);
    gsasl_base64_to(stored, n, &text, NULL);
    strcpy(scram->stored_key, text);
    gsasl_free(text);
    return answer == SERVE_LATER ? SERVE_LATER : SERVE_YES;
}

static void add_user(char *text)
{
    struct user *user = mem_alloc(sizeof *user);
    char *field[6];

    for (size_t i = 0; i < 6; i++)
        field[i] = i < 5 ? strsep(&text, ":") : text;
    if (!field[5])
        exit(64);
    user->password = field[1];
    user->account.uid = (uint32_t)atoi(field[2]);
    user->account.gid = (uint32_t)atoi(field[3]);
    snprintf(user->account.name, sizeof user->account.name, "%s", field[0]);
    snprintf(user->account.home, sizeof user->account.home, "%s", field[4]);
    snprintf(user->account.mail, sizeof user->account.mail, "%s", field[5]);
    user->next = users;
    users = user;
}

/* ---- a front that was taken over */

static void tell(struct front *f, const char *what, bool did)
{
    stream_printf(front_stream(f), "%s %s\r\n", what, did ? "DONE" : "refused");
    stream_flush(front_stream(f));
}

static void try_open(struct front *f)
{
    tell(f, "open", open("/dev/null", O_RDONLY) >= 0 || open("/", O_RDONLY) >= 0 || open(".", O_RDONLY) >= 0);
}

static void try_create(struct front *f)
{
    tell(f, "create", open("made-by-a-front", O_WRONLY | O_CREAT, 0600) >= 0);
}

static void try_socket(struct front *f)
{
    tell(f, "socket", socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static void try_connect(struct front *f)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    tell(f, "connect", connect(f->requests, (struct sockaddr *)&at, sizeof at) == 0 || errno != EPERM);
}

static void try_execute(struct front *f)
{
    execl("/bin/true", "true", (char *)NULL);
    tell(f, "execute", false);
}

static void try_fork(struct front *f)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    tell(f, "fork", pid > 0);
}

static void try_kill(struct front *f)
{
    tell(f, "kill", kill(getppid(), 0) == 0);
}

static void try_code(struct front *f)
{
    tell(f, "code",
         mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}

static void try_memory(struct front *f)
{
    tell(f, "memory", mmap(NULL, 256UL << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
}

static void try_ids(struct front *f)
{
    tell(f, "ids", setuid(0) == 0);
}

/* Logins without end, and without waiting for an answer. */
static void try_flood(struct front *f)
{
    for (;;) {
        struct channel_record record = {.kind = CHANNEL_LOGIN, .is.login = {.mechanism = "=PASS", .n = 3}};
        int ends[2];

        memcpy(record.is.login.data, "a\0b", 3);
        if (channel_pair(ends, NULL) < 0)
            return;
        channel_send(f->requests, &record, ends[1]);
        close(ends[0]);
        close(ends[1]);
    }
}

/* Records of nothing, without end. */
static void try_drip(struct front *f)
{
    for (;;)
        send(f->requests, "", 0, MSG_NOSIGNAL);
}

/* Bytes that are no record, and then a record with a length that is wrong. */
static void try_garbage(struct front *f)
{
    static char bytes[100000];
    struct channel_record record = {.kind = CHANNEL_LOGIN, .is.login.n = 60000};

    for (size_t n = 0; n < sizeof record + 100; n = n * 2 + 1)
        send(f->requests, bytes, n, MSG_NOSIGNAL);
    for (record.kind = 0; record.kind < 20; record.kind++) {
        send(f->requests, &record, 4, MSG_NOSIGNAL);
        send(f->requests, &record, sizeof record, MSG_NOSIGNAL);
    }
    tell(f, "garbage", false);
}

/* The socket to auth is one, and all fronts have it. */
static void try_shutdown(struct front *f)
{
    tell(f, "shutdown", shutdown(f->requests, SHUT_RDWR) == 0);
}

static void try_buffer(struct front *f)
{
    int least = 1;

    tell(f, "buffer", setsockopt(f->requests, SOL_SOCKET, SO_SNDBUF, &least, sizeof least) == 0);
}

/* Who wants to stay lets no signal come. */
static void try_stay(struct front *f)
{
    sigset_t all;

    sigfillset(&all);
    tell(f, "stay", false);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (;;)
        poll(NULL, 0, 1000);
}

static void try_drip_and_stay(struct front *f)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (;;)
        send(f->requests, "", 0, MSG_NOSIGNAL);
}

static void try_crash(struct front *f)
{
    (void)f;
    raise(SIGSEGV);
    *(volatile char *)NULL = 0;
}

/* Any system call, with arguments that are good for nothing.  What the filter lets through answers by itself.
 */
static void try_call(struct front *f, struct span said)
{
    char number[20];

    snprintf(number, sizeof number, "%.*s", (int)said.n, said.p);
    errno = 0;
    syscall(strtol(number, NULL, 10), -1L, -1L, -1L, -1L, -1L, -1L);
    stream_printf(front_stream(f), "%s\r\n", errno == EPERM ? "refused" : "DONE");
    stream_flush(front_stream(f));
}

static bool hostile_before(struct front *f)
{
    static const struct {
        const char *name;
        void (*run)(struct front *f);
    } acts[] = {{"open", try_open},       {"create", try_create},   {"socket", try_socket},
                {"connect", try_connect}, {"execute", try_execute}, {"fork", try_fork},
                {"kill", try_kill},       {"code", try_code},       {"memory", try_memory},
                {"ids", try_ids},         {"flood", try_flood},     {"garbage", try_garbage},
                {"crash", try_crash},     {"drip", try_drip},       {"shutdown", try_shutdown},
                {"buffer", try_buffer},   {"stay", try_stay},       {"obstinate", try_drip_and_stay}};
    struct span said;

    while (stream_fill(front_stream(f)) == STREAM_OK) {
        said = stream_input(front_stream(f));
        if (span_starts(said, "call "))
            try_call(f, span_from(said, strlen("call ")));
        for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
            if (span_starts(said, acts[i].name))
                acts[i].run(f);
        stream_consume(front_stream(f), said.n);
    }
    return false;
}

static void hostile_after(struct session *s)
{
    (void)s;
}

static const struct serve_protocol hostile = {"hostile", hostile_before, hostile_after, NULL};

/* ---- the whole */

static void say(const char *line)
{
    char text[500];
    int n = snprintf(text, sizeof text, "%s\n", line);

    (void)!write(STDERR_FILENO, text, (size_t)n);
}

static void ready(void *ctx)
{
    (void)ctx;
    puts("ready");
    fflush(stdout);
}

static struct serve_listener *add_listener(struct serve_settings *settings, enum serve_tls tls,
                                           const struct serve_protocol *protocol)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct serve_listener *listener = &settings->listeners[settings->listener_count++];

    *listener = (struct serve_listener){.protocol = protocol, .tls = tls, .n = sizeof at, .fd = -1};
    memcpy(&listener->at, &at, sizeof at);
    return listener;
}

static void print_ports(const struct serve_settings *settings)
{
    static const char *const names[] = {"clear", "starttls", "tls"};

    for (size_t i = 0; i < settings->listener_count; i++) {
        const struct serve_listener *listener = &settings->listeners[i];
        struct sockaddr_in at;
        socklen_t n = sizeof at;

        getsockname(listener->fd, (struct sockaddr *)&at, &n);
        printf("%s%s %d\n", listener->proxy ? "proxied-" : "",
               listener->protocol == &hostile ? "hostile" : names[listener->tls], ntohs(at.sin_port));
    }
}

int main(int argc, char **argv)
{
    static const char *const mechanisms[] = {"SCRAM-SHA-256-PLUS",
                                             "SCRAM-SHA-1-PLUS",
                                             "SCRAM-SHA-256",
                                             "SCRAM-SHA-1",
                                             "CRAM-MD5",
                                             "PLAIN",
                                             "LOGIN",
                                             NULL};
    struct serve_listener listeners[LISTENERS];
    struct tls_certificate certificate = {NULL, NULL};
    struct serve_settings settings = {
        .listeners = listeners,
        .accounts = {account_find, account_check, account_rpop, account_password, account_scram, NULL},
        .mechanisms = mechanisms,
        .apop = true,
        .rpop = true,
        .hostname = "test.example",
        .uid = 65533,
        .gid = 65533,
        .auth_uid = 65532,
        .auth_gid = 65532,
        .protocol = &pop3_protocol,
        .log = say};
    const struct serve_source source = {.ready = ready};
    bool stdio = false, proxied = false;
    struct network proxy;
    struct err err = {0};
    int option;

    while ((option = getopt(argc, argv, "c:k:a:d:e:l:s:f:p:r:t:w:y:xi")) != -1)
        switch (option) {
        case 'c':
            certificate.chain = optarg;
            break;
        case 'k':
            certificate.key = optarg;
            break;
        case 'a':
            settings.limits.auth_processes = (unsigned)atoi(optarg);
            break;
        case 'd':
            settings.limits.delay_ms = atol(optarg);
            break;
        case 'l':
            settings.limits.login_ms = atol(optarg);
            break;
        case 's':
            settings.limits.sessions = (unsigned)atoi(optarg);
            break;
        case 'f':
            settings.limits.fronts = (unsigned)atoi(optarg);
            break;
        case 'p':
            settings.limits.per_address = (unsigned)atoi(optarg);
            break;
        case 'e':
            settings.limits.expires = true;
            settings.limits.expire_days = (unsigned)atoi(optarg);
            break;
        case 't':
            settings.limits.idle_ms = atol(optarg);
            break;
        case 'w':
            settings.limits.login_delay = atol(optarg);
            break;
        case 'y':
            proxied = network_parse(&proxy, optarg) == NULL;
            break;
        case 'r':
            settings.empty_root = optarg;
            break;
        case 'x':
            settings.listener_count = 1;
            break;
        case 'i':
            stdio = true;
            break;
        default:
            return 64;
        }
    for (; optind < argc; optind++)
        add_user(argv[optind]);
    if (settings.listener_count) {
        settings.listener_count = 0;
        add_listener(&settings, SERVE_CLEAR, &hostile);
    }
    add_listener(&settings, SERVE_CLEAR, &pop3_protocol);
    if (certificate.chain) {
        settings.certificates = &certificate;
        settings.certificate_count = 1;
        add_listener(&settings, SERVE_STARTTLS, &pop3_protocol);
        add_listener(&settings, SERVE_TLS, &pop3_protocol);
    }
    if (proxied) {
        settings.proxies = &proxy;
        settings.proxy_count = 1;
        add_listener(&settings, SERVE_CLEAR, &pop3_protocol)->proxy = true;
        add_listener(&settings, SERVE_TLS, &pop3_protocol)->proxy = true;
    }
    if (stdio ? serve_stdio(&settings, &err) == 0 : listen_open(&settings, NULL, &err) == 0) {
        if (stdio)
            return 0;
        print_ports(&settings);
        if (supervise(&settings, &source, &err) == 0)
            return 0;
    }
    say(err.text);
    return 1;
}
