#include "serve/supervise.h"

#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "serve/auth.h"
#include "serve/gate.h"
#include "serve/listen.h"
#include "serve/process.h"
#include "serve/statistics.h"
#include "serve/supervise-private.h"

enum { AGAIN_MS = 1000, GRACE_MS = 5000 };

static const char *const names[] = {[CHILD_GATE] = "gate",
                                    [CHILD_AUTH] = "auth",
                                    [CHILD_SESSION] = "session",
                                    [CHILD_STATISTICS] = "statistics"};

const char *child_name(enum child_kind kind)
{
    return names[kind];
}

/* ---- starting */

void child_close_all(struct supervisor *s, const struct serve_settings *kept)
{
    for (struct child *c = s->children; c; c = c->next)
        if (c->control >= 0)
            close(c->control);
    if (s->next && s->next != kept)
        listen_forget(s->next, kept);
    if (s->settings != kept)
        listen_forget(s->settings, kept);
    close(s->signals);
}

static void run_child(struct supervisor *s, enum child_kind kind, bool fresh, pid_t parent, int control)
{
    struct serve_settings *settings = fresh ? s->next : s->settings;
    int statistics = kind == CHILD_STATISTICS ? dup(settings->statistics.fd) : -1;

    process_begin(parent, names[kind]);
    child_close_all(s, kind == CHILD_GATE ? settings : NULL);
    close(s->grants[0]);
    if (kind == CHILD_AUTH) {
        close(s->requests[1]);
        counts_forget(s->counts);
        auth_run(settings, s->requests[0], s->grants[1]);
    }
    if (kind == CHILD_STATISTICS) {
        close(s->requests[0]);
        close(s->requests[1]);
        close(s->grants[1]);
        statistics_run(settings, statistics, s->counts);
    }
    if (settings->statistics.n > 0) {
        close(settings->statistics.fd);
        settings->statistics.fd = -1;
    }
    close(s->requests[0]);
    close(s->grants[1]);
    gate_run(settings, s->counts, s->requests[1], control);
}

struct child *child_add(struct supervisor *s, enum child_kind kind, pid_t pid, int control)
{
    struct child *c = mem_alloc(sizeof *c);

    *c = (struct child){.next = s->children, .pid = pid, .kind = kind, .control = control};
    s->children = c;
    return c;
}

int child_start(struct supervisor *s, enum child_kind kind, bool fresh)
{
    int control[2] = {-1, -1};
    pid_t parent = getpid(), pid;

    if (kind == CHILD_GATE && channel_pair(control, NULL) < 0)
        return -1;
    pid = fork();
    if (pid == 0) {
        if (control[0] >= 0)
            close(control[0]);
        run_child(s, kind, fresh, parent, control[1]);
    }
    if (control[1] >= 0)
        close(control[1]);
    if (pid > 0)
        child_add(s, kind, pid, control[0])->fresh = fresh;
    else if (control[0] >= 0)
        close(control[0]);
    return pid > 0 ? 0 : -1;
}

static unsigned count(const struct supervisor *s, enum child_kind kind)
{
    unsigned n = 0;

    for (const struct child *c = s->children; c; c = c->next)
        n += c->kind == kind && !c->old;
    return n;
}

static bool wants_statistics(const struct supervisor *s)
{
    return s->settings->statistics.n > 0 && s->settings->statistics.fd >= 0;
}

/* What should run and does not. */
void child_start_missing(struct supervisor *s)
{
    if (count(s, CHILD_GATE) == 0)
        child_start(s, CHILD_GATE, false);
    for (unsigned n = count(s, CHILD_AUTH); n < s->settings->limits.auth_processes; n++)
        child_start(s, CHILD_AUTH, false);
    if (wants_statistics(s) && count(s, CHILD_STATISTICS) == 0)
        child_start(s, CHILD_STATISTICS, false);
}

/* ---- old and new */

void child_make_old(struct supervisor *s, enum child_kind kind, const struct child *but)
{
    for (struct child *c = s->children; c; c = c->next)
        if (c->kind == kind && !c->old && !c->fresh && c != but) {
            c->old = true;
            kill(c->pid, SIGHUP);
        }
}

/* The new gate is there before the old one goes; it says so itself. */
static void note_ready(struct supervisor *s, struct child *gate)
{
    gate->ready = true;
    if (gate->fresh)
        reload_succeed(s, gate);
    else
        child_make_old(s, CHILD_GATE, gate);
    if (!s->was_ready)
        listen_tell(s->settings);
    if (!s->was_ready && s->source->ready)
        s->source->ready(s->source->ctx);
    s->was_ready = true;
}

static void take_ready(struct supervisor *s, struct child *gate)
{
    struct channel_record record;
    int none;
    enum channel_status status = channel_receive(gate->control, &record, &none, NULL, 0);

    if (none >= 0)
        close(none);
    if (status == CHANNEL_OK && record.kind == CHANNEL_READY && !gate->ready)
        note_ready(s, gate);
    if (status == CHANNEL_END) {
        close(gate->control);
        gate->control = -1;
    }
}

/* ---- ends */

/* Its fronts have ended with it. */
static bool has_gate(const struct supervisor *s)
{
    for (const struct child *c = s->children; c; c = c->next)
        if (c->kind == CHILD_GATE)
            return true;
    return false;
}

/* Statistics have nothing to finish. */
static bool is_told_to_end(const struct child *c, int status)
{
    return c->kind == CHILD_STATISTICS && c->old && WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP;
}

static void note_end(struct supervisor *s, struct child *c, int status)
{
    static const enum count failed[] = {[CHILD_GATE] = COUNT_GATES_FAILED,
                                        [CHILD_AUTH] = COUNT_AUTHS_FAILED,
                                        [CHILD_SESSION] = COUNT_SESSIONS_FAILED,
                                        [CHILD_STATISTICS] = COUNT_STATISTICS_FAILED};
    char text[100];

    if (c->kind == CHILD_SESSION)
        grant_note_end(s, c);
    else
        s->again = clock_ms() + AGAIN_MS;
    if (c->kind == CHILD_GATE && !has_gate(s))
        count_set(s->counts, COUNT_FRONTS, 0);
    if (*process_end(status, text, sizeof text) && !s->ending && !is_told_to_end(c, status)) {
        count_up(s->counts, failed[c->kind]);
        serve_log(s->settings, "%s %ld%s%s %s", names[c->kind], (long)c->pid, *c->name ? " of " : "", c->name,
                  text);
    }
    if (c->control >= 0)
        close(c->control);
    if (c->fresh && !c->ready)
        reload_fail(s, "the new gate did not come up");
    free(c);
}

static void reap(struct supervisor *s)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (struct child **at = &s->children; *at; at = &(*at)->next)
            if ((*at)->pid == pid) {
                struct child *c = *at;

                *at = c->next;
                note_end(s, c, status);
                break;
            }
    }
}

static void take_signals(struct supervisor *s)
{
    int signal;

    while ((signal = process_next_signal(s->signals))) {
        if (signal == SIGCHLD)
            reap(s);
        else if (signal == SIGHUP)
            reload_begin(s);
        else
            s->ending = true;
    }
}

/* ---- the loop */

static size_t watch(struct supervisor *s, struct pollfd **fds)
{
    size_t n = 2;

    for (struct child *c = s->children; c; c = c->next)
        n += c->control >= 0;
    *fds = mem_realloc(*fds, n * sizeof **fds);
    (*fds)[0] = (struct pollfd){.fd = s->signals, .events = POLLIN};
    (*fds)[1] = (struct pollfd){.fd = s->grants[0], .events = POLLIN};
    n = 2;
    for (struct child *c = s->children; c; c = c->next)
        if (c->control >= 0)
            (*fds)[n++] = (struct pollfd){.fd = c->control, .events = POLLIN};
    return n;
}

static void take_readies(struct supervisor *s, const struct pollfd *fds, size_t n)
{
    size_t i = 2;

    for (struct child *c = s->children; c && i < n; c = c->next)
        if (c->control >= 0 && fds[i].fd == c->control && fds[i++].revents)
            take_ready(s, c);
}

/* What should run is started again, but what fails at once is not tried all the time. */
static int start_again(struct supervisor *s)
{
    long long wait = s->again - clock_ms();

    if (count(s, CHILD_GATE) > 0 && count(s, CHILD_AUTH) >= s->settings->limits.auth_processes &&
        count(s, CHILD_STATISTICS) >= wants_statistics(s))
        return -1;
    if (wait > 0)
        return (int)wait;
    child_start_missing(s);
    s->again = clock_ms() + AGAIN_MS; /* for what could not be forked */
    return AGAIN_MS;
}

static void serve(struct supervisor *s)
{
    struct pollfd *fds = NULL;

    while (!s->ending) {
        int wait = start_again(s);
        size_t n = watch(s, &fds);

        if (poll(fds, n, wait) <= 0)
            continue;
        take_readies(s, fds, n);
        if (fds[1].revents)
            grant_take(s);
        if (fds[0].revents)
            take_signals(s);
    }
    free(fds);
}

static void tell_all(struct supervisor *s, int signal)
{
    for (struct child *c = s->children; c; c = c->next)
        kill(c->pid, signal);
}

/* What does not go by itself is made to. */
static void stop(struct supervisor *s)
{
    struct pollfd fd = {.fd = s->signals, .events = POLLIN};

    serve_log(s->settings, "ending");
    tell_all(s, SIGTERM);
    reap(s);
    while (s->children && poll(&fd, 1, GRACE_MS) > 0)
        take_signals(s);
    tell_all(s, SIGKILL);
    while (s->children) {
        poll(&fd, 1, GRACE_MS);
        take_signals(s);
    }
}

/* What the system loads to look up users and groups, in all of its sources, is there once, and not in each
 * session. */
static void warm_up(void)
{
    gid_t group;
    int n = 1;

    getpwnam("-"); /* nobody, so that all of them are asked */
    getgrouplist("-", 0, &group, &n);
    tzset();
}

int supervise(struct serve_settings *settings, const struct serve_source *source, struct err *err)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD, 0};
    struct supervisor s = {.settings = settings, .first = settings, .source = source};

    serve_defaults(settings);
    signal(SIGPIPE, SIG_IGN);
    if (listen_open(settings, NULL, err) < 0 || channel_pair(s.requests, err) < 0 ||
        channel_pair(s.grants, err) < 0)
        return -1;
    s.signals = process_signals(signals, err);
    s.counts = counts_new(err);
    if (s.signals < 0 || !s.counts || grant_make_limit(&s, err) < 0)
        return -1;
    warm_up();
    count_set(s.counts, COUNT_START, (unsigned long long)time(NULL));
    serve(&s);
    stop(&s);
    listen_close(s.settings, NULL);
    if (s.settings != s.first)
        source->release(source->ctx, s.settings);
    limit_free(s.limit);
    counts_forget(s.counts);
    return 0;
}
