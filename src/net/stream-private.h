/*
 * What stream.c and its two ways of moving bytes share.
 */
#ifndef MAILWEIR_NET_STREAM_PRIVATE_H
#define MAILWEIR_NET_STREAM_PRIVATE_H

#include <openssl/types.h>
#include <sys/types.h>

#include "base/buf.h"
#include "net/stream.h"

/* How bytes move.  Both return how many did; 0 at the end of input; -1 and *events set to what poll(2)
 * has to wait for; -1 and *events 0 for a fault, with s->reason filled.  They never wait. */
struct transport {
    ssize_t (*read)(struct stream *s, void *p, size_t n, short *events);
    ssize_t (*write)(struct stream *s, const void *p, size_t n, short *events);
};

extern const struct transport transport_plain; /* plain.c */
extern const struct transport transport_tls;   /* tls-stream.c */
void stream_end_tls(struct stream *s);

struct stream {
    int in_fd;
    int out_fd;
    int wake_fd;
    bool in_pipe, out_pipe; /* no sockets: poll(2) before each call, since they may block */
    const struct transport *transport;
    SSL *ssl;         /* NULL: in clear */
    struct tls *tls;  /* what it was made of */
    size_t discarded; /* before the handshake */
    struct buf in;
    size_t consumed; /* of in */
    struct buf out;
    long long deadline; /* of CLOCK_MONOTONIC, in ms; 0: none */
    int stall_ms;
    enum stream_status in_fault;  /* END, LATE or BROKEN, for good */
    enum stream_status out_fault; /* LATE or BROKEN, for good; then in_fault is the same */
    char reason[160];
};

/* Of the input (POLLIN), or of both (POLLOUT); returns fault. */
enum stream_status stream_fail(struct stream *s, short events, enum stream_status fault, const char *format,
                               ...) __attribute__((format(printf, 4, 5)));

/* Waits for events (POLLIN of the input, POLLOUT of the output) until that time; with wake, STREAM_WOKEN too.
 */
enum stream_status stream_wait(struct stream *s, short events, long long until, bool wake);


#endif
