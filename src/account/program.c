#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "account/location.h"
#include "base/mem.h"
#include "process/spawn.h"

enum {
    REQUEST_MAX = 512, /* checkpassword's own limit */
    REPLY_MAX = 4096,
    SECONDS = 10,
    STATUS_UNKNOWN = 1, /* checkpassword: unacceptable; all else but 0 is trouble, 111 for sure */
};

struct source {
    char *path, *reply;
    long seconds;
};

/* ---- the conversation */

struct talk {
    struct span request;
    struct buf reply;
};

static int give(void *ctx, struct span *piece, struct err *err)
{
    struct talk *talk = ctx;

    (void)err;
    *piece = talk->request;
    talk->request.n = 0;
    return 0;
}

static int take(void *ctx, struct span piece, struct err *err)
{
    struct talk *talk = ctx;

    return buf_add_span(&talk->reply, piece) ? err_set(err, ERR_TEMP, "the program says too much") : 0;
}

/* Name, password, time, a NUL behind each; -1: it is too long, and so nobody's, or empty, which some
 * directories take from anybody. */
static int make_request(const char *name, struct span password, struct buf *request)
{
    char when[32];
    int n = snprintf(when, sizeof when, "%lld", (long long)time(NULL)) + 1;

    if (password.n == 0 || memchr(password.p, '\0', password.n))
        return -1;
    return buf_add(request, name, strlen(name) + 1) || buf_add_span(request, password) ||
                   buf_add_byte(request, '\0') || buf_add(request, when, (size_t)n)
               ? -1
               : 0;
}

static void close_both(int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

static pid_t start(const struct source *source, int request, int reply, struct err *err)
{
    const char *const argv[] = {source->path, source->reply, NULL};
    const char *const envp[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL};
    struct spawn spawn = {
        .argv = argv, .envp = envp, .in = -1, .out = reply, .errs = -1, .more = request, .leads = true};

    return spawn_start(&spawn, err);
}

/* Its status, when it ends in time; all that it started is gone then. */
static int finish(pid_t pid, bool talked, time_t deadline)
{
    int status = talked ? spawn_wait_patiently(pid, deadline) : SPAWN_STILL_RUNNING;

    kill(-pid, SIGKILL);
    if (status == SPAWN_STILL_RUNNING)
        spawn_wait(pid, 0, NULL);
    return status;
}

/* The exit status; -1: it has none, and *err says why. */
static int run(const struct source *source, struct talk *talk, struct err *err)
{
    struct spawn_exchange exchange = {
        .source = give, .sink = take, .ctx = talk, .deadline = spawn_deadline(source->seconds)};
    int request[2], reply[2], status;
    bool talked;
    pid_t pid;

    if (spawn_pipe(request, SPAWN_WE_WRITE, err))
        return -1;
    if (spawn_pipe(reply, SPAWN_WE_READ, err)) {
        close_both(request);
        return -1;
    }
    pid = start(source, request[0], reply[1], err);
    if (pid < 0) {
        close_both(request);
        close_both(reply);
        return -1;
    }
    close(request[0]);
    close(reply[1]);
    exchange.to = request[1];
    exchange.from = reply[0];
    exchange.pid = -pid; /* the group */
    err_set(err, ERR_TEMP, "'%s' did not end in time", source->path);
    talked = spawn_exchange(&exchange, err) <= SPAWN_REFUSED;
    status = finish(pid, talked, exchange.deadline);
    if (status < 0 && status > SPAWN_INTERRUPTED)
        return err_set(err, ERR_TEMP, "'%s' was killed by signal %d", source->path, -status);
    return status < 0 ? -1 : status;
}

/* ---- what it says */

/* From the front of *rest, without its NUL; -1: there is none. */
static int take_field(struct span *rest, struct span *field)
{
    const char *end = rest->n ? span_find_byte(*rest, '\0') : NULL;

    if (!end)
        return -1;
    *field = span_make(rest->p, (size_t)(end - rest->p));
    *rest = span_from(*rest, field->n + 1);
    return 0;
}

static const char *read_id(struct span *rest, unsigned *id)
{
    struct span field;
    char *end;
    unsigned long n;

    if (take_field(rest, &field) || field.n == 0 || *field.p < '0' || *field.p > '9')
        return "no uid or gid";
    n = strtoul(field.p, &end, 10);
    *id = (unsigned)n;
    if (*end || n >= UINT32_MAX - 1)
        return "a uid or gid that is none";
    return n == 0 ? "root as the uid or gid" : NULL;
}

static const char *read_fields(struct span reply, struct account *account)
{
    struct span name, home, mail;
    const char *fault;

    if (take_field(&reply, &name) || !account_name_ok(name))
        return "a name that no user can have";
    account->name = mem_strndup(name.p, name.n);
    if ((fault = read_id(&reply, &account->uid)) || (fault = read_id(&reply, &account->gid)))
        return fault;
    if (take_field(&reply, &home) || take_field(&reply, &mail) || reply.n)
        return "no home or no mail";
    if ((fault = location_home(account, home, false)))
        return fault;
    return location_mail(account, mail);
}

static enum account_answer read_reply(const struct source *source, struct span reply, struct account *account,
                                      struct err *err)
{
    const char *fault = reply.n ? read_fields(reply, account) : "nothing, though it has ended with 0";

    if (!fault)
        return ACCOUNT_YES;
    account_free(account);
    err_set(err, ERR_TEMP, "'%s' tells %s", source->path, fault);
    return ACCOUNT_LATER;
}

/* ---- as a source */

static enum account_answer find(void *ctx, const char *name, struct account *account, struct err *err)
{
    (void)ctx, (void)name, (void)account, (void)err;
    return ACCOUNT_UNKNOWN;
}

static enum account_answer ask(const struct source *source, struct talk *talk, struct account *account,
                               struct err *err)
{
    int status = run(source, talk, err);

    if (status == 0)
        return read_reply(source, buf_span(&talk->reply), account, err);
    if (status == STATUS_UNKNOWN)
        return ACCOUNT_UNKNOWN;
    if (status > 0)
        err_set(err, ERR_TEMP, "'%s' ended with %d", source->path, status);
    return ACCOUNT_LATER;
}

static enum account_answer check(void *ctx, const char *name, struct span password, struct account *account,
                                 struct err *err)
{
    struct buf request;
    struct talk talk;
    struct err why;
    enum account_answer answer;
    bool possible;

    buf_init(&request, REQUEST_MAX);
    buf_init(&talk.reply, REPLY_MAX);
    possible = make_request(name, password, &request) == 0;
    if (!possible) { /* takes as long */
        buf_cut(&request, 0);
        make_request("-nobody", span_make("-", 1), &request);
    }
    talk.request = buf_span(&request);
    answer = ask(ctx, &talk, account, &why);
    if (answer == ACCOUNT_LATER && err)
        *err = why;
    if (answer == ACCOUNT_YES && !possible) {
        account_free(account);
        answer = ACCOUNT_UNKNOWN;
    }
    OPENSSL_cleanse(request.p, request.n);
    buf_free(&request);
    buf_free(&talk.reply);
    return answer;
}

static void free_source(void *ctx)
{
    struct source *source = ctx;

    free(source->path);
    free(source->reply);
    free(source);
}

static const struct account_source_ops ops = {find, check, NULL, free_source};

struct account_source account_program(const struct account_program *settings)
{
    struct source *source = mem_alloc(sizeof *source);

    source->path = mem_strdup(settings->path);
    source->reply = mem_strdup(settings->reply ? settings->reply : PKGLIBEXECDIR "/account-reply");
    source->seconds = settings->seconds ? settings->seconds : SECONDS;
    return (struct account_source){&ops, source};
}
