/*
 * Bytes in clear.  Sockets are asked not to wait, call by call: the descriptor may be shared, and its
 * flags would be changed for all who have it.  Others (pipes, for --stdio) are asked by poll(2) first; a
 * pipe that can be written takes PIPE_BUF bytes at once.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/stream-private.h"

static bool is_ready(int fd, short events)
{
    struct pollfd p = {.fd = fd, .events = events};

    return poll(&p, 1, 0) > 0;
}

static ssize_t outcome(struct stream *s, ssize_t n, short wanted, short *events)
{
    if (n >= 0)
        return n;
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
        *events = wanted;
    else
        stream_fail(s, wanted, STREAM_BROKEN, "%s: %s", wanted == POLLIN ? "read" : "write", strerror(errno));
    return -1;
}

static ssize_t plain_read(struct stream *s, void *p, size_t n, short *events)
{
    if (!s->in_pipe)
        return outcome(s, recv(s->in_fd, p, n, MSG_DONTWAIT), POLLIN, events);
    if (!is_ready(s->in_fd, POLLIN)) {
        *events = POLLIN;
        return -1;
    }
    return outcome(s, read(s->in_fd, p, n), POLLIN, events);
}

static ssize_t plain_write(struct stream *s, const void *p, size_t n, short *events)
{
    if (!s->out_pipe)
        return outcome(s, send(s->out_fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL), POLLOUT, events);
    if (!is_ready(s->out_fd, POLLOUT)) {
        *events = POLLOUT;
        return -1;
    }
    return outcome(s, write(s->out_fd, p, n < PIPE_BUF ? n : PIPE_BUF), POLLOUT, events);
}

const struct transport transport_plain = {plain_read, plain_write};
