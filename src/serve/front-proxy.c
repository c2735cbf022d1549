/*
 * The header of a proxy in front, read before all else.  No byte more than it has is taken from the socket:
 * what follows may be a handshake of TLS, which the library reads itself.
 */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "serve/front-private.h"
#include "serve/proxy.h"

enum { HEAD = 15 /* of the shortest: "PROXY UNKNOWN\r\n" */, V2_HEAD = 16 };

static bool is_trusted(const struct front *f)
{
    struct address address = address_of((const struct sockaddr *)&f->from);

    if (f->from.ss_family == AF_UNIX)
        return true;
    for (size_t i = 0; i < f->settings->proxy_count; i++)
        if (network_contains(&f->settings->proxies[i], &address))
            return true;
    return false;
}

/* How many bytes there are at least before a header that begins so is whole. */
static size_t least_of(const char *bytes, size_t n)
{
    if (n < HEAD)
        return HEAD;
    if (bytes[0] == 'P') /* version 1 ends where its line does */
        return n + 1;
    if (n < V2_HEAD)
        return V2_HEAD;
    return V2_HEAD + ((size_t)(unsigned char)bytes[14] << 8) + (unsigned char)bytes[15];
}

/* 0: the end, or nothing within the time. */
static size_t take_some(const struct front *f, int fd, char *to, size_t n)
{
    for (;;) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        ssize_t got = recv(fd, to, n, MSG_DONTWAIT);

        if (got >= 0)
            return (size_t)got;
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            return 0;
        if (poll(&wait, 1, (int)front_time_left(f)) == 0)
            return 0;
    }
}

static enum proxy_status read_header(const struct front *f, int fd, struct proxy *proxy)
{
    char bytes[PROXY_V2_MAX];
    size_t n = 0;

    for (;;) {
        enum proxy_status status = proxy_parse(span_make(bytes, n), proxy);
        size_t got;

        if (status != PROXY_MORE)
            return status;
        got = take_some(f, fd, bytes + n, least_of(bytes, n) - n); /* a longer one is bad by now */
        if (got == 0) {
            proxy->reason = "no whole PROXY header";
            return PROXY_BAD;
        }
        n += got;
    }
}

bool front_take_proxy(struct front *f, int fd)
{
    struct proxy proxy;

    if (!is_trusted(f)) {
        serve_log(f->settings, "%s: no proxy of ours", f->peer);
        return false;
    }
    if (read_header(f, fd, &proxy) != PROXY_DONE) {
        serve_log(f->settings, "%s: %s", f->peer, proxy.reason);
        return false;
    }
    if (proxy.known) {
        f->from = proxy.from;
        serve_print_peer(f->peer, &f->from);
    }
    f->loopback = f->loopback && !(proxy.tls_told && !proxy.tls);
    return true;
}
