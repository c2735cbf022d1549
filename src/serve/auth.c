#include "serve/auth.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "process/signal.h"
#include "serve/channel.h"
#include "serve/exchange.h"
#include "serve/limit.h"
#include "serve/process.h"

enum {
    OPEN_MOST = 100, /* exchanges that wait for an answer */
    EXCHANGE_MS = 30 * 1000,
    ASKERS = 1024, /* fronts that are remembered */
};

/* An exchange that is not over. */
struct open {
    struct exchange *exchange;  /* NULL: free */
    struct channel_login login; /* without what was said */
    int channel;
    long long until;
    pid_t pid;
};

/* What a front has asked; the place is its pid's, and of a pid that was there before it is forgotten. */
struct asker {
    pid_t pid;
    unsigned asked;
    long long not_before;
};

struct auth {
    const struct serve_settings *settings;
    int requests, grants;
    struct open open[OPEN_MOST];
    size_t count;
    struct asker askers[ASKERS];
};

static volatile sig_atomic_t closing;

static void note_closing(int signal)
{
    (void)signal;
    closing = 1;
}

/* ---- who asks how often */

static struct asker *asker_of(struct auth *a, pid_t pid)
{
    struct asker *asker = &a->askers[(unsigned)pid % ASKERS];

    if (asker->pid != pid)
        *asker = (struct asker){.pid = pid};
    return asker;
}

/* A front of ours waits after a failure, for at least the first delay (over a Unix socket it never gets
 * longer), and has a number of tries.  Failures of network and timing are allowed for: half a wait, and twice
 * the tries (some begin and are cancelled). */
static bool asks_too_much(struct auth *a, struct asker *asker)
{
    return ++asker->asked > 2 * a->settings->limits.commands || clock_ms() < asker->not_before;
}

static void note_failure(struct auth *a, pid_t pid)
{
    long wait = a->settings->limits.delay_ms;

    asker_of(a, pid)->not_before = clock_ms() + (wait < LIMIT_DELAY_MAX ? wait : LIMIT_DELAY_MAX) / 2;
}

static void tell_flood(struct auth *a, pid_t pid)
{
    struct channel_record record = {.kind = CHANNEL_FLOOD, .is.flood.pid = (int32_t)pid};

    channel_send(a->grants, &record, -1);
}

/* ---- an exchange */

static void forget(struct auth *a, struct open *open)
{
    exchange_free(open->exchange);
    close(open->channel);
    open->exchange = NULL;
    a->count--;
}

static void answer(struct open *open, enum channel_kind kind, const struct buf *text)
{
    struct channel_record record;

    record.kind = kind;
    record.is.bytes.n = 0;
    if (text && text->n) {
        record.is.bytes.n = (uint32_t)text->n;
        memcpy(record.is.bytes.data, text->p, text->n);
    }
    channel_answer(open->channel, &record, -1);
}

/* The supervisor says no: it hears of all failures, and so knows how long it takes. */
static void fail(struct auth *a, struct open *open)
{
    struct channel_record record = {.kind = CHANNEL_FAILED, .is.failed.from = open->login.from};

    note_failure(a, open->pid);
    exchange_log_failure(open->exchange, open->login.protocol, (const struct sockaddr *)&open->login.from);
    channel_send(a->grants, &record, open->channel);
}

static void grant(struct auth *a, struct open *open, const struct buf *last)
{
    struct channel_record record = {.kind = CHANNEL_GRANT};
    struct channel_grant *given = &record.is.grant;

    memcpy(given->protocol, open->login.protocol, sizeof given->protocol);
    given->from = open->login.from;
    given->account = *exchange_account(open->exchange);
    answer(open, CHANNEL_YES, last);
    channel_send(a->grants, &record, open->channel);
}

static void step(struct auth *a, struct open *open, struct span said)
{
    struct buf challenge;

    buf_init(&challenge, SASL_ANSWER_MAX);
    switch (exchange_step(open->exchange, said, &challenge)) {
    case EXCHANGE_MORE:
        answer(open, CHANNEL_CHALLENGE, &challenge);
        open->until = clock_ms() + EXCHANGE_MS;
        buf_free(&challenge);
        return;
    case EXCHANGE_YES:
        grant(a, open, &challenge);
        break;
    case EXCHANGE_NO:
        fail(a, open);
        break;
    case EXCHANGE_FAULT:
        answer(open, CHANNEL_FAULT, NULL);
        break;
    case EXCHANGE_LATER:
        answer(open, CHANNEL_LATER, NULL);
        break;
    }
    buf_free(&challenge);
    forget(a, open);
}

/* Where there is none the one that has waited longest gives way: clients that begin and never answer must not
 * keep out those who do. */
static struct open *find_free(struct auth *a)
{
    struct open *oldest = &a->open[0];

    for (size_t i = 0; i < OPEN_MOST; i++) {
        if (!a->open[i].exchange)
            return &a->open[i];
        if (a->open[i].until < oldest->until)
            oldest = &a->open[i];
    }
    answer(oldest, CHANNEL_LATER, NULL);
    forget(a, oldest);
    return oldest;
}

/* The channel is ours from here on. */
static void begin(struct auth *a, struct channel_login *login, int channel, pid_t pid)
{
    struct open *open;
    struct span binding = span_make(login->binding, login->binding_size);
    struct exchange *exchange = NULL;

    if (asks_too_much(a, asker_of(a, pid)))
        tell_flood(a, pid);
    else if (channel_is_text(login->mechanism, sizeof login->mechanism) &&
             channel_is_text(login->protocol, sizeof login->protocol) &&
             login->binding_size <= CHANNEL_BINDING && serve_find_protocol(a->settings, login->protocol))
        exchange = exchange_begin(a->settings, login->mechanism, binding);
    if (!exchange) {
        struct open refused = {.channel = channel};

        answer(&refused, CHANNEL_FAULT, NULL);
        close(channel);
        return;
    }
    open = find_free(a);
    *open = (struct open){
        .exchange = exchange, .channel = channel, .until = clock_ms() + EXCHANGE_MS, .pid = pid};
    memcpy(open->login.mechanism, login->mechanism, sizeof login->mechanism);
    memcpy(open->login.protocol, login->protocol, sizeof login->protocol);
    open->login.from = login->from;
    a->count++;
    step(a, open, login->no_initial ? SPAN_NULL : span_make(login->data, login->n));
}

/* ---- what comes in */

/* What is no login is no accident: none of our fronts sends it. */
static void take_nonsense(struct auth *a, int descriptor, pid_t pid)
{
    if (descriptor >= 0)
        close(descriptor);
    if (pid > 0 && asks_too_much(a, asker_of(a, pid)))
        tell_flood(a, pid);
}

static void take_login(struct auth *a)
{
    struct channel_record record;
    int channel;
    pid_t pid = 0;
    enum channel_status status = channel_receive(a->requests, &record, &channel, &pid, 0);

    if (status == CHANNEL_END)
        _exit(0);
    if (status == CHANNEL_OK && record.kind == CHANNEL_LOGIN && channel_has_ended(channel))
        close(channel); /* its front did not wait so long */
    else if (status == CHANNEL_OK && record.kind == CHANNEL_LOGIN)
        begin(a, &record.is.login, channel, pid);
    else if (status != CHANNEL_LATE) /* another auth process was quicker */
        take_nonsense(a, channel, pid);
    explicit_bzero(&record, sizeof record);
}

static void take_answer(struct auth *a, struct open *open)
{
    struct channel_record record;
    int none;
    enum channel_status status = channel_receive(open->channel, &record, &none, NULL, 0);

    if (status == CHANNEL_LATE)
        return;
    if (none >= 0)
        close(none);
    if (status == CHANNEL_OK && record.kind == CHANNEL_ANSWER)
        step(a, open, span_make(record.is.bytes.data, record.is.bytes.n));
    else
        forget(a, open);
    explicit_bzero(&record, sizeof record);
}

static void end_late(struct auth *a)
{
    long long time = clock_ms();

    for (size_t i = 0; i < OPEN_MOST; i++)
        if (a->open[i].exchange && time >= a->open[i].until)
            forget(a, &a->open[i]);
}

static void serve(struct auth *a, const sigset_t *waiting)
{
    struct pollfd fds[OPEN_MOST + 2];
    struct timespec second = {.tv_sec = 1};

    while (!closing || a->count) {
        for (size_t i = 0; i < OPEN_MOST; i++)
            fds[i] = (struct pollfd){.fd = a->open[i].exchange ? a->open[i].channel : -1, .events = POLLIN};
        fds[OPEN_MOST] = (struct pollfd){.fd = closing ? -1 : a->requests, .events = POLLIN};
        signal_drain();
        if (signal_must_end())
            _exit(0);
        fds[OPEN_MOST + 1] = (struct pollfd){.fd = signal_fd(), .events = POLLIN};
        if (ppoll(fds, OPEN_MOST + 2, a->count ? &second : NULL, waiting) < 0)
            continue;
        for (size_t i = 0; i < OPEN_MOST; i++)
            if (fds[i].revents)
                take_answer(a, &a->open[i]);
        if (fds[OPEN_MOST].revents)
            take_login(a);
        end_late(a);
    }
}

static int give_up_rights(const struct serve_settings *settings, struct err *err)
{
    static const struct rlimit none = {0, 0};

    if (setrlimit(RLIMIT_CORE, &none) ||
        (geteuid() == 0 && process_become(settings->auth_uid, settings->auth_gid, err)))
        return -1;
    prctl(PR_SET_DUMPABLE, 0);
    return 0;
}

_Noreturn void auth_run(const struct serve_settings *settings, int requests, int grants)
{
    struct auth *a = mem_alloc(sizeof *a);
    struct serve_settings own = *settings;
    struct sigaction action = {.sa_handler = note_closing};
    sigset_t blocked, waiting;
    struct err err = {0};

    a->settings = &own;
    a->requests = requests;
    a->grants = grants;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGHUP);
    sigprocmask(SIG_BLOCK, &blocked, &waiting);
    signal_install(); /* who waits for a program waits for these, too */
    sigaction(SIGHUP, &action, NULL);
    if (give_up_rights(settings, &err) < 0) {
        serve_log(settings, "%s", err.text);
        _exit(1);
    }
    exchange_prepare(&own);
    channel_ask_pid(requests);
    serve(a, &waiting);
    _exit(0);
}
