#include "serve/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "serve/conf.h"

enum { BACKLOG = 512 };

size_t listen_count(const struct serve_settings *settings)
{
    return settings->listener_count + (settings->statistics.n > 0);
}

struct serve_listener *listen_get(const struct serve_settings *settings, size_t i)
{
    return i < settings->listener_count ? &settings->listeners[i]
                                        : (struct serve_listener *)&settings->statistics;
}

/* ---- the same again */

static bool is_same(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    const struct sockaddr_in *a4 = (const struct sockaddr_in *)a, *b4 = (const struct sockaddr_in *)b;
    const struct sockaddr_in6 *a6 = (const struct sockaddr_in6 *)a, *b6 = (const struct sockaddr_in6 *)b;

    if (a->ss_family != b->ss_family)
        return false;
    if (a->ss_family == AF_UNIX)
        return strcmp(((const struct sockaddr_un *)a)->sun_path, ((const struct sockaddr_un *)b)->sun_path) ==
               0;
    if (a4->sin_port != b4->sin_port || a4->sin_port == 0)
        return false;
    if (a->ss_family == AF_INET)
        return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
    return memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof a6->sin6_addr) == 0;
}

struct serve_listener *listen_find(const struct serve_settings *settings, const struct sockaddr_storage *at)
{
    for (size_t i = 0; i < listen_count(settings); i++)
        if (is_same(&listen_get(settings, i)->at, at))
            return listen_get(settings, i);
    return NULL;
}

static bool has(const struct serve_settings *settings, int fd)
{
    for (size_t i = 0; settings && i < listen_count(settings); i++)
        if (listen_get(settings, i)->fd == fd)
            return true;
    return false;
}

/* ---- new ones */

static const char *path_of(const struct serve_listener *listener)
{
    return ((const struct sockaddr_un *)&listener->at)->sun_path;
}

static bool is_dead(const struct serve_listener *listener)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct stat st;
    bool dead = fd >= 0 && lstat(path_of(listener), &st) == 0 && S_ISSOCK(st.st_mode) &&
                connect(fd, (const struct sockaddr *)&listener->at, listener->n) < 0 && errno == ECONNREFUSED;

    if (fd >= 0)
        close(fd);
    return dead;
}

/* Never of what a link leads to: the directory may be somebody else's. */
static int set_mode(const struct serve_listener *listener)
{
    return fchmodat(AT_FDCWD, path_of(listener), listener->mode, AT_SYMLINK_NOFOLLOW);
}

/* A socket that nobody listens on is left over from somebody who was killed. */
static int bind_path(int fd, const struct serve_listener *listener)
{
    mode_t mask = umask(0777);
    int result = bind(fd, (const struct sockaddr *)&listener->at, listener->n);

    if (result < 0 && errno == EADDRINUSE && is_dead(listener) && unlink(path_of(listener)) == 0)
        result = bind(fd, (const struct sockaddr *)&listener->at, listener->n);
    umask(mask);
    return result < 0 ? result : set_mode(listener);
}

static int bind_address(int fd, const struct serve_listener *listener)
{
    int one = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (listener->at.ss_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    return bind(fd, (const struct sockaddr *)&listener->at, listener->n);
}

static int fail(const struct serve_listener *listener, struct err *err)
{
    struct buf where;

    buf_init(&where, BUF_UNLIMITED);
    conf_print_address(&where, &listener->at);
    err_set_errno(err, ERR_NOPERM, "cannot listen on %s", where.p);
    buf_free(&where);
    return -1;
}

/* 0 without a descriptor: this machine has no such family, and there is another. */
static int open_one(struct serve_listener *listener, struct err *err)
{
    int fd = socket(listener->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int saved;

    if (fd >= 0 &&
        (listener->at.ss_family == AF_UNIX ? bind_path(fd, listener) : bind_address(fd, listener)) == 0 &&
        listen(fd, BACKLOG) == 0) {
        listener->fd = fd;
        return 0;
    }
    saved = errno;
    if (fd >= 0)
        close(fd);
    errno = saved;
    if (listener->optional && (saved == EAFNOSUPPORT || saved == EADDRNOTAVAIL))
        return 0;
    return fail(listener, err);
}

/* Two gates may wait for the same connection. */
static void set_flags(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static bool has_any(const struct serve_settings *settings)
{
    for (size_t i = 0; i < settings->listener_count; i++)
        if (settings->listeners[i].fd >= 0)
            return true;
    return false;
}

int listen_open(struct serve_settings *settings, const struct serve_settings *old, struct err *err)
{
    for (size_t i = 0; i < listen_count(settings); i++) {
        struct serve_listener *listener = listen_get(settings, i);
        const struct serve_listener *same = old ? listen_find(old, &listener->at) : NULL;

        if (listener->fd < 0 && same) {
            listener->fd = same->fd;
            listener->inherited = same->inherited;
        }
        if (listener->fd < 0 && open_one(listener, err) < 0) {
            listen_close(settings, old);
            return -1;
        }
        if (listener->fd >= 0)
            set_flags(listener->fd);
    }
    if (settings->listener_count > 0 && !has_any(settings)) {
        listen_close(settings, old);
        return err_set(err, ERR_NOPERM, "there is no address to listen on");
    }
    return 0;
}

void listen_take(const struct serve_settings *settings)
{
    for (size_t i = 0; i < listen_count(settings); i++) {
        const struct serve_listener *listener = listen_get(settings, i);

        if (listener->fd >= 0 && listener->at.ss_family == AF_UNIX && !listener->inherited)
            (void)!set_mode(listener);
    }
}

void listen_tell(const struct serve_settings *settings)
{
    static const char *const how[] = {
        [SERVE_CLEAR] = "", [SERVE_STARTTLS] = ", TLS when asked", [SERVE_TLS] = " in TLS"};

    for (size_t i = 0; i < listen_count(settings); i++) {
        const struct serve_listener *listener = listen_get(settings, i);
        struct buf where;

        if (listener->fd < 0)
            continue;
        buf_init(&where, BUF_UNLIMITED);
        conf_print_address(&where, &listener->at);
        serve_log(settings, "listening on %s: %s%s", where.p,
                  listener->protocol ? listener->protocol->name : "statistics", how[listener->tls]);
        buf_free(&where);
    }
}

/* ---- the end */

void listen_forget(const struct serve_settings *settings, const struct serve_settings *kept)
{
    for (size_t i = 0; i < listen_count(settings); i++) {
        int fd = listen_get(settings, i)->fd;

        if (fd >= 0 && !has(kept, fd))
            close(fd);
    }
}

void listen_close(const struct serve_settings *settings, const struct serve_settings *kept)
{
    for (size_t i = 0; i < listen_count(settings); i++) {
        struct serve_listener *listener = listen_get(settings, i);

        if (listener->fd >= 0 && !has(kept, listener->fd)) {
            close(listener->fd);
            if (listener->at.ss_family == AF_UNIX && !listener->inherited)
                unlink(path_of(listener));
        }
        listener->fd = -1;
    }
}
