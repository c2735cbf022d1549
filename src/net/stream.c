#include "net/stream.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/stream-private.h"

enum { DEFAULT_SIZE = 8192, DEFAULT_STALL = 60 * 1000, READ_SIZE = 4096 };

static bool is_pipe(int fd)
{
    int type;
    socklen_t n = sizeof type;

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) != 0;
}

struct stream *stream_open(int in, int out, const struct stream_limits *limits)
{
    struct stream *s = mem_alloc(sizeof *s);
    struct stream_limits given = limits ? *limits : (struct stream_limits){0};

    s->in_fd = in;
    s->out_fd = out;
    s->wake_fd = -1;
    s->in_pipe = is_pipe(in);
    s->out_pipe = is_pipe(out);
    s->transport = &transport_plain;
    s->stall_ms = given.stall_ms ? given.stall_ms : DEFAULT_STALL;
    buf_init(&s->in, given.in ? given.in : DEFAULT_SIZE);
    buf_init(&s->out, given.out ? given.out : DEFAULT_SIZE);
    return s;
}

static void stream_free(struct stream *s)
{
    buf_free(&s->in);
    buf_free(&s->out);
    free(s);
}

void stream_close(struct stream *s)
{
    if (!s)
        return;
    stream_flush(s);
    stream_end_tls(s);
    if (s->out_fd != s->in_fd)
        close(s->out_fd);
    close(s->in_fd);
    stream_free(s);
}

void stream_release(struct stream *s, int *in, int *out)
{
    stream_flush(s);
    *in = s->in_fd;
    *out = s->out_fd;
    stream_free(s);
}

enum stream_status stream_fail(struct stream *s, short events, enum stream_status fault, const char *format,
                               ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(s->reason, sizeof s->reason, format, ap);
    va_end(ap);
    s->in_fault = fault;
    if (events & POLLOUT)
        s->out_fault = fault;
    return fault;
}

const char *stream_reason(const struct stream *s)
{
    return s->reason;
}

/* ---- time */

void stream_set_deadline(struct stream *s, long ms)
{
    s->deadline = ms ? clock_ms() + ms : 0;
}

void stream_set_wake(struct stream *s, int fd)
{
    s->wake_fd = fd;
}

static int time_left(long long until)
{
    long long left;

    if (!until)
        return -1;
    left = until - clock_ms();
    if (left < 0)
        return 0;
    return left < INT_MAX ? (int)left : INT_MAX;
}

enum stream_status stream_wait(struct stream *s, short events, long long until, bool wake)
{
    for (;;) {
        struct pollfd fds[2] = {{.fd = events & POLLIN ? s->in_fd : s->out_fd, .events = events},
                                {.fd = wake ? s->wake_fd : -1, .events = POLLIN}};
        int left = time_left(until), n = poll(fds, 2, left);

        if (n < 0 && errno != EINTR)
            return stream_fail(s, events, STREAM_BROKEN, "poll: %s", strerror(errno));
        if (n > 0)
            return fds[0].revents ? STREAM_OK : STREAM_WOKEN;
        if (until && clock_ms() >= until)
            return stream_fail(s, events, STREAM_LATE, "%s",
                               events & POLLIN ? "the deadline has passed" : "the peer takes nothing");
    }
}

/* ---- input */

struct span stream_input(const struct stream *s)
{
    return span_from(buf_span(&s->in), s->consumed);
}

void stream_consume(struct stream *s, size_t n)
{
    size_t unread = s->in.n - s->consumed;

    s->consumed += n < unread ? n : unread;
}

/* Unread input goes to the beginning of the buffer; without any there is no buffer. */
static void compact(struct stream *s)
{
    struct span unread = stream_input(s);

    if (s->consumed == 0)
        return;
    memmove(s->in.p, unread.p, unread.n);
    buf_cut(&s->in, unread.n);
    s->consumed = 0;
}

int stream_unread(struct stream *s, struct span bytes)
{
    struct buf all;
    int result;

    buf_init(&all, s->in.max);
    result = buf_add_span(&all, bytes) || buf_add_span(&all, stream_input(s)) ? -1 : 0;
    if (result == 0) {
        buf_free(&s->in);
        s->in = all;
        s->consumed = 0;
    } else
        buf_free(&all);
    return result;
}

static void give_back(struct stream *s)
{
    if (s->in.n == 0)
        buf_free(&s->in);
    if (s->out.n == 0)
        buf_free(&s->out);
}

enum stream_status stream_fill(struct stream *s)
{
    enum stream_status status = stream_flush(s);

    if (status == STREAM_OK)
        status = s->in_fault;
    compact(s);
    if (status == STREAM_OK && s->in.n == s->in.max)
        return STREAM_FULL;
    while (status == STREAM_OK) {
        size_t room = s->in.max - s->in.n;
        short events = 0;
        ssize_t got;

        if (s->deadline && clock_ms() >= s->deadline) /* bytes that drip are no excuse */
            return stream_fail(s, POLLIN, STREAM_LATE, "the deadline has passed");
        room = room < READ_SIZE ? room : READ_SIZE;
        got = s->transport->read(s, buf_reserve(&s->in, room), room, &events);
        if (got > 0) {
            buf_commit(&s->in, (size_t)got);
            return STREAM_OK;
        }
        if (got == 0)
            return stream_fail(s, POLLIN, STREAM_END, "the peer has closed the connection");
        if (!events)
            return s->in_fault;
        give_back(s);
        status = stream_wait(s, events, s->deadline, true);
    }
    return status;
}

/* ---- output */

static enum stream_status send_all(struct stream *s, struct span bytes)
{
    long long until = clock_ms() + s->stall_ms;

    while (bytes.n && !s->out_fault) {
        short events = 0;
        ssize_t sent = s->transport->write(s, bytes.p, bytes.n, &events);

        if (sent > 0) {
            bytes = span_from(bytes, (size_t)sent);
            until = clock_ms() + s->stall_ms;
        } else if (events)
            stream_wait(s, events, until, false);
    }
    return s->out_fault;
}

enum stream_status stream_flush(struct stream *s)
{
    enum stream_status status = send_all(s, buf_span(&s->out));

    buf_cut(&s->out, 0);
    return status;
}

enum stream_status stream_write(struct stream *s, struct span bytes)
{
    if (s->out_fault)
        return s->out_fault;
    if (buf_add_span(&s->out, bytes) == 0)
        return STREAM_OK;
    if (stream_flush(s))
        return s->out_fault;
    return buf_add_span(&s->out, bytes) == 0 ? STREAM_OK : send_all(s, bytes);
}

enum stream_status stream_write_text(struct stream *s, const char *text)
{
    return stream_write(s, span_of(text));
}

enum stream_status stream_printf(struct stream *s, const char *format, ...)
{
    struct buf text;
    va_list ap, again;
    enum stream_status status;
    int n;

    va_start(ap, format);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    buf_init(&text, BUF_UNLIMITED);
    vsnprintf(buf_reserve(&text, (size_t)n), (size_t)n + 1, format, again);
    va_end(again);
    buf_commit(&text, (size_t)n);
    status = stream_write(s, buf_span(&text));
    buf_free(&text);
    return status;
}
