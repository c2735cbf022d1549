#include "net/peer.h"

#include <criterion/criterion.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"

void peer_open(struct peer *p, const struct stream_limits *limits)
{
    int pair[2];

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    p->s = stream_open(pair[0], pair[0], limits);
    p->fd = pair[1];
    stream_set_deadline(p->s, 20000);
}

void peer_say(struct peer *p, const char *bytes, size_t n)
{
    cr_assert_eq(io_write(p->fd, bytes, n), 0);
}

void peer_hang_up(struct peer *p)
{
    shutdown(p->fd, SHUT_WR);
}

void peer_finish(struct peer *p, struct buf *heard)
{
    ssize_t got;

    stream_close(p->s);
    while (heard && (got = read(p->fd, buf_reserve(heard, 4096), 4096)) > 0)
        buf_commit(heard, (size_t)got);
    close(p->fd);
}
