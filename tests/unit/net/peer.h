/*
 * The other end of a stream, in the same process.
 */
#ifndef MAILWEIR_TESTS_NET_PEER_H
#define MAILWEIR_TESTS_NET_PEER_H

#include "base/buf.h"
#include "net/stream.h"

struct peer {
    struct stream *s;
    int fd; /* -1: closed */
};

void peer_open(struct peer *p, const struct stream_limits *limits);
void peer_say(struct peer *p, const char *bytes, size_t n);
void peer_hang_up(struct peer *p);

/* Closes the stream, and adds all it has sent and we have not read yet. */
void peer_finish(struct peer *p, struct buf *heard);

#define PEER_SAY(p, text) peer_say((p), (text), sizeof(text) - 1)

#endif
