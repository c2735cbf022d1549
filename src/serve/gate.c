#include "serve/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "serve/front-private.h"
#include "serve/limit.h"
#include "serve/listen.h"
#include "serve/process.h"
#include "serve/wall.h"

enum { TROUBLE_MS = 100 };

struct slot {
    pid_t pid; /* 0: free */
    struct sockaddr_storage from;
};

struct gate {
    const struct serve_settings *settings;
    struct counts *counts;
    struct tls *tls;
    int requests, control, signals;
    size_t memory; /* of address space, for a front; 0: no limit is known */
    struct slot *fronts;
    struct limit *limit; /* of fronts, in all and by address */
    time_t told;         /* of somebody who was not let in; not more often than each second */
    unsigned count;
    bool closing; /* no more connections */
};

/* ---- before the first connection */

/* Free blocks between others are taken, so that fronts have their memory from the top of the heap, where it
 * lies together, and copy few pages for it. */
static void fill_holes(void)
{
    for (size_t size = 1 << 16; size >= 16; size -= size > 1024 ? size / 8 / 16 * 16 : 16) {
        for (;;) {
            char *top = sbrk(0);
            size_t keep = mallinfo2().keepcost;
            char *p = malloc(size);

            if (!p || p >= top - keep - 64) {
                free(p);
                break;
            }
        }
    }
}

static int make_tls(struct gate *g, struct err *err)
{
    const struct serve_settings *settings = g->settings;

    if (!settings->certificate_count)
        return 0;
    g->tls = tls_server_new(settings->certificates, settings->certificate_count, err);
    return g->tls ? tls_warm_up(g->tls, err) : -1;
}

static int make_limit(struct gate *g, struct err *err)
{
    struct limit_rules rules = {.sessions = g->settings->limits.fronts,
                                .per_address = g->settings->limits.per_address};

    if (getrandom(rules.secret, sizeof rules.secret, 0) != (ssize_t)sizeof rules.secret)
        return err_set_errno(err, ERR_OSERR, "there is no randomness");
    g->limit = limit_new(&rules);
    g->fronts = mem_alloc_array(g->settings->limits.fronts, sizeof *g->fronts);
    return 0;
}

static int prepare(struct gate *g, struct err *err)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGCHLD, 0};
    const struct serve_settings *settings = g->settings;

    tzset();
    if (make_tls(g, err) < 0)
        return -1;
    g->memory = wall_memory_used();
    if (g->memory)
        g->memory += g->settings->limits.login_memory;
    g->signals = process_signals(signals, err);
    if (g->signals < 0 || process_hide(settings->empty_root, settings->uid, settings->gid, err) < 0 ||
        wall_prepare(err) < 0)
        return -1;
    if (make_limit(g, err) < 0)
        return -1;
    fill_holes();
    malloc_trim(0);
    return 0;
}

/* ---- fronts */

static void close_listeners(struct gate *g)
{
    listen_forget(g->settings, NULL);
}

static int highest_of(int a, int b)
{
    enum { MORE = 4 }; /* a channel, its far end; later two streams */

    return (a > b ? a : b) + MORE;
}

static void front_process(struct gate *g, size_t listener, int fd)
{
    const struct serve_listener *l = &g->settings->listeners[listener];
    struct front f = {.settings = g->settings,
                      .ops = &front_channel,
                      .tls = l->tls == SERVE_CLEAR ? NULL : g->tls,
                      .mode = l->tls,
                      .proxied = l->proxy,
                      .protocol = l->protocol,
                      .requests = g->requests,
                      .channel = -1,
                      .from_session = -1,
                      .to_session = -1};
    struct err err;

    process_die_with_parent(SIGKILL); /* SIGTERM it could block */
    counts_forget(g->counts);
    close_listeners(g);
    close(g->control);
    close(g->signals);
    if (wall_raise(g->memory, highest_of(fd, g->requests), &err) < 0) {
        serve_log(g->settings, "%s", err.text);
        return;
    }
    if (front_open(&f, fd, fd) && l->protocol->before_login(&f))
        front_hand_over(&f);
    front_close(&f);
}

static void note_front(struct gate *g, pid_t pid, const struct sockaddr_storage *from)
{
    for (unsigned i = 0; i < g->settings->limits.fronts; i++)
        if (!g->fronts[i].pid) {
            g->fronts[i] = (struct slot){pid, *from};
            count_up(g->counts, COUNT_FRONTS);
            g->count++;
            return;
        }
}

static bool forget_front(struct gate *g, pid_t pid)
{
    for (unsigned i = 0; i < g->settings->limits.fronts; i++)
        if (g->fronts[i].pid == pid) {
            g->fronts[i].pid = 0;
            count_down(g->counts, COUNT_FRONTS);
            g->count--;
            limit_leave(g->limit, (struct sockaddr *)&g->fronts[i].from);
            return true;
        }
    return false;
}

/* Whom it does not cost a process to tell, is told. */
static void refuse(struct gate *g, const struct serve_listener *l, int fd,
                   const struct sockaddr_storage *from)
{
    char peer[SERVE_PEER];
    time_t now = time(NULL);

    if (l->tls != SERVE_TLS && l->protocol->busy)
        (void)!send(fd, l->protocol->busy, strlen(l->protocol->busy), MSG_DONTWAIT | MSG_NOSIGNAL);
    close(fd);
    count_up(g->counts, COUNT_CONNECTIONS_REFUSED);
    if (now == g->told)
        return;
    serve_print_peer(peer, from);
    serve_log(g->settings, "%s: too many connections from there", peer);
    g->told = now;
}

static int accept_from(const struct serve_listener *l, struct sockaddr_storage *from)
{
    socklen_t n = sizeof *from;
    int fd, one = 1;

    *from = (struct sockaddr_storage){.ss_family = AF_UNSPEC};
    fd = accept4(l->fd, (struct sockaddr *)from, &n, SOCK_CLOEXEC);
    if (fd >= 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
        poll(NULL, 0, TROUBLE_MS);
    return fd;
}

static void take_connection(struct gate *g, size_t listener)
{
    const struct serve_listener *l = &g->settings->listeners[listener];
    struct sockaddr_storage from;
    int fd = accept_from(l, &from);
    pid_t us = getpid(), pid;

    if (fd < 0)
        return;
    if (l->proxy) /* all of it is the proxy's; only in all it counts */
        from.ss_family = AF_UNSPEC;
    count_up(g->counts, COUNT_CONNECTIONS);
    if (limit_enter(g->limit, (struct sockaddr *)&from) != LIMIT_IN) {
        refuse(g, l, fd, &from);
        return;
    }
    pid = fork();
    if (pid == 0) {
        process_begin(us, "front");
        front_process(g, listener, fd);
        _exit(0);
    }
    close(fd);
    if (pid > 0) {
        note_front(g, pid, &from);
        return;
    }
    limit_leave(g->limit, (struct sockaddr *)&from);
    serve_log(g->settings, "no process is to be had for a connection");
}

static void reap(struct gate *g)
{
    char text[100];
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (forget_front(g, pid) && *process_end(status, text, sizeof text) &&
            !(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM)) {
            count_up(g->counts, COUNT_FRONTS_FAILED);
            serve_log(g->settings, "front %ld %s", (long)pid, text);
        }
    }
}

static void end_fronts(struct gate *g)
{
    for (unsigned i = 0; i < g->settings->limits.fronts; i++)
        if (g->fronts[i].pid)
            kill(g->fronts[i].pid, SIGTERM);
}

/* ---- what comes in */

static void take_signals(struct gate *g)
{
    int signal;

    while ((signal = process_next_signal(g->signals))) {
        if (signal == SIGCHLD)
            reap(g);
        else if (!g->closing) {
            g->closing = true;
            close_listeners(g);
        }
        if (signal == SIGTERM)
            end_fronts(g);
    }
}

static void take_order(struct gate *g)
{
    struct channel_record record;
    int none;
    enum channel_status status = channel_receive(g->control, &record, &none, NULL, 0);

    if (status == CHANNEL_END)
        raise(SIGTERM);
    else if (status == CHANNEL_OK && record.kind == CHANNEL_FLOOD && record.is.flood.pid > 0 &&
             forget_front(g, record.is.flood.pid)) {
        serve_log(g->settings, "front %ld asked too much, and is ended", (long)record.is.flood.pid);
        kill(record.is.flood.pid, SIGKILL); /* all else it may have blocked */
    }
}

static void serve(struct gate *g)
{
    size_t n = g->settings->listener_count;
    struct pollfd *fds = mem_alloc_array(n + 2, sizeof *fds);

    while (!g->closing || g->count) {
        bool full = g->closing || g->count == g->settings->limits.fronts;

        for (size_t i = 0; i < n; i++)
            fds[i] = (struct pollfd){.fd = full ? -1 : g->settings->listeners[i].fd, .events = POLLIN};
        fds[n] = (struct pollfd){.fd = g->signals, .events = POLLIN};
        fds[n + 1] = (struct pollfd){.fd = g->control, .events = POLLIN};
        if (poll(fds, n + 2, -1) < 0)
            continue;
        if (fds[n].revents)
            take_signals(g);
        else if (fds[n + 1].revents)
            take_order(g);
        else
            for (size_t i = 0; i < n && g->count < g->settings->limits.fronts; i++)
                if (fds[i].revents)
                    take_connection(g, i);
    }
    free(fds);
}

_Noreturn void gate_run(const struct serve_settings *settings, struct counts *counts, int requests,
                        int control)
{
    static const struct channel_record ready = {.kind = CHANNEL_READY};
    struct gate g = {.settings = settings, .counts = counts, .requests = requests, .control = control};
    struct err err;

    if (prepare(&g, &err) < 0) {
        serve_log(settings, "%s", err.text);
        _exit(err_sysexit(err.class));
    }
    if (!wall_has_filter())
        serve_log(settings, "there is no filter of system calls on this machine");
    channel_send(control, &ready, -1);
    serve(&g);
    _exit(0);
}
