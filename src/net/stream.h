/*
 * A connection: bytes in and out over a descriptor or a pair of them, with buffers that have a
 * bound and waits that have an end.  It knows no protocol; line.h and dot.h read on top of it.
 *
 * One process has one connection, so calls wait; each wait ends at a deadline.  What is written is
 * gathered and goes out when there is much of it, at stream_flush(), and always before a wait for input:
 * nobody waits for an answer that lies in our buffer, and answers to pipelined commands go out together.
 *
 * A fault lasts: once writing has given LATE or BROKEN, all later calls give the same, so that a verb may
 * write a whole answer and look once.  An end of the input, or a deadline that has passed, lasts for the
 * input; a last word can still be said (421, BYE, -ERR).  Buffers are given back before a long wait.
 *
 * It leaves alone: SIGPIPE is never raised for sockets; over pipes (--stdio) the program has to ignore it.
 */
#ifndef MAILWEIR_NET_STREAM_H
#define MAILWEIR_NET_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

enum stream_status {
    STREAM_OK,
    STREAM_END,    /* the peer has closed */
    STREAM_LATE,   /* the deadline has passed, or the peer takes nothing */
    STREAM_BROKEN, /* the connection failed; stream_reason() says how */
    STREAM_FULL,   /* the input buffer is full; not a fault of the connection */
    STREAM_WOKEN,  /* the other descriptor is readable; nor is this */
};

struct stream_limits {
    size_t in;    /* bytes of unread input at most; 0: 8 KiB */
    size_t out;   /* bytes gathered before they go out; 0: 8 KiB */
    int stall_ms; /* how long the peer may take nothing of what we write; 0: a minute */
};

struct stream;
struct tls;

/* Takes the descriptors (in and out may be the same); NULL for limits: the defaults. */
struct stream *stream_open(int in, int out, const struct stream_limits *limits);

/* Flushes, says good-bye in TLS without waiting for the answer, closes. */
void stream_close(struct stream *s);

/* ---- time */

/* All that is read from now on has to be there within ms; 0: no end.  It holds until set again. */
void stream_set_deadline(struct stream *s, long ms);

/* A wait for input also ends (STREAM_WOKEN) when fd is readable; -1: no longer.  fd stays the caller's. */
void stream_set_wake(struct stream *s, int fd);

/* ---- input */

/* What has come and is not consumed; good until the next call on s. */
struct span stream_input(const struct stream *s);
void stream_consume(struct stream *s, size_t n);

/* As if these bytes came next: what another process has read ahead of us.  -1: more than the buffer takes. */
int stream_unread(struct stream *s, struct span bytes);

/* Waits for at least one byte more of input, after writing what was gathered. */
enum stream_status stream_fill(struct stream *s);

/* ---- output */

enum stream_status stream_write(struct stream *s, struct span bytes);
enum stream_status stream_write_text(struct stream *s, const char *text);
enum stream_status stream_printf(struct stream *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
enum stream_status stream_flush(struct stream *s);

/* ---- TLS */

/* From here on in TLS, as the server or, where tls was made for clients, towards `host`.  Answers are
 * flushed first, and input that came before the handshake is thrown away (RFC 3207 4.2, RFC 2595 4): it
 * may be anybody's.  The deadline holds for the handshake, too. */
enum stream_status stream_start_tls(struct stream *s, struct tls *tls, const char *host);

/* Bytes that were thrown away by stream_start_tls(), for the log. */
size_t stream_discarded(const struct stream *s);

bool stream_is_tls(const struct stream *s);

/* ---- for the log */

/* Why the last call failed, in words; "" while all is well. */
const char *stream_reason(const struct stream *s);

/* Hands the descriptors back, for a connection in clear that another process takes over; s is gone, and
 * what it held of output is flushed.  Input that is not consumed has to be handed over before. */
void stream_release(struct stream *s, int *in, int *out);

#endif
