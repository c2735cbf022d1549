#include "net/relay.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/stream-private.h"

enum { PIECE = 16384 }; /* a whole record of TLS */

/* One direction. */
struct flow {
    char bytes[PIECE];
    size_t at, n;
    bool ended;  /* there is no more to read */
    bool passed; /* and that was told */
};

struct relay {
    struct stream *s;
    int from, to;
    short events[3]; /* to wait for: on the connection, on from, on to */
    struct flow up, down;
    bool broken;
};

/* The bytes stay as they are: nobody has touched these pages, and of those who only wait, nobody will. */
static void begin(struct relay *r, struct stream *s, int from, int to)
{
    r->s = s;
    r->from = from;
    r->to = to;
    r->broken = false;
    r->up.at = r->up.n = r->down.at = r->down.n = 0;
    r->up.ended = r->up.passed = r->down.ended = r->down.passed = false;
}

static bool is_empty(const struct flow *flow)
{
    return flow->at == flow->n;
}

/* true: something moved. */
static bool took(struct flow *flow, ssize_t got)
{
    if (got > 0) {
        flow->at = 0;
        flow->n = (size_t)got;
    }
    if (got == 0)
        flow->ended = true;
    return got >= 0;
}

static bool gave(struct flow *flow, ssize_t sent)
{
    if (sent > 0)
        flow->at += (size_t)sent;
    return sent > 0;
}

/* Of the connection, in clear or in TLS: a read may have to wait for writing, and the other way round. */
static bool read_connection(struct relay *r)
{
    short events = 0;
    ssize_t got;

    if (r->up.ended || !is_empty(&r->up))
        return false;
    got = r->s->transport->read(r->s, r->up.bytes, sizeof r->up.bytes, &events);
    r->events[0] |= events;
    r->broken = r->broken || (got < 0 && !events);
    return took(&r->up, got);
}

static bool write_connection(struct relay *r)
{
    short events = 0;
    ssize_t sent;

    if (is_empty(&r->down))
        return false;
    sent = r->s->transport->write(r->s, r->down.bytes + r->down.at, r->down.n - r->down.at, &events);
    r->events[0] |= events;
    r->broken = r->broken || (sent < 0 && !events);
    return gave(&r->down, sent);
}

static bool is_passing(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static bool read_session(struct relay *r)
{
    ssize_t got;

    if (r->down.ended || !is_empty(&r->down))
        return false;
    got = recv(r->from, r->down.bytes, sizeof r->down.bytes, MSG_DONTWAIT);
    if (got < 0 && is_passing())
        r->events[1] |= POLLIN;
    else if (got < 0)
        got = 0; /* it died: what it said before is passed on all the same */
    return took(&r->down, got);
}

static bool write_session(struct relay *r)
{
    ssize_t sent;

    if (is_empty(&r->up))
        return false;
    sent = send(r->to, r->up.bytes + r->up.at, r->up.n - r->up.at, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && is_passing())
        r->events[2] |= POLLOUT;
    else if (sent < 0) { /* it wants no more; its last words may still be on the way */
        r->up.at = r->up.n;
        r->up.ended = r->up.passed = true;
    }
    return gave(&r->up, sent);
}

static void pass_end(struct relay *r)
{
    if (!r->up.ended || r->up.passed || !is_empty(&r->up))
        return;
    close(r->to);
    r->to = -1;
    r->up.passed = true;
}

/* false: the peer has taken nothing for so long. */
static bool wait_for(struct relay *r, int stall_ms)
{
    struct pollfd fds[4] = {{.fd = r->events[0] & POLLIN ? r->s->in_fd : -1, .events = POLLIN},
                            {.fd = r->events[0] & POLLOUT ? r->s->out_fd : -1, .events = POLLOUT},
                            {.fd = r->events[1] ? r->from : -1, .events = r->events[1]},
                            {.fd = r->events[2] ? r->to : -1, .events = r->events[2]}};
    int n = poll(fds, 4, is_empty(&r->down) ? -1 : stall_ms);

    return n > 0 || (n < 0 && errno == EINTR);
}

static enum stream_status run(struct relay *r, int stall_ms)
{
    for (;;) {
        bool moved;

        r->events[0] = r->events[1] = r->events[2] = 0;
        moved = read_connection(r);
        moved |= write_session(r);
        moved |= read_session(r);
        moved |= write_connection(r);
        pass_end(r);
        if (r->broken)
            return STREAM_BROKEN;
        if (r->down.ended && is_empty(&r->down))
            return STREAM_OK;
        if (!moved && !wait_for(r, stall_ms))
            return STREAM_LATE;
    }
}

enum stream_status relay(struct stream *s, int from, int to, int stall_ms)
{
    struct relay r;
    enum stream_status status;

    begin(&r, s, from, to);
    status = run(&r, stall_ms);
    if (r.to >= 0)
        close(r.to);
    return status;
}
