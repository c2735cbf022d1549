/*
 * A connection before its login, as a protocol sees it.  Who it talks to is decided elsewhere: an auth
 * process through a channel (front-channel.c), or with --stdio and in tests the same process (front-local.c).
 *
 * The whole time up to the login is one deadline, set on the stream.  Failures take longer each time.
 */
#ifndef MAILWEIR_SERVE_FRONT_H
#define MAILWEIR_SERVE_FRONT_H

#include "serve/serve.h"

struct stream *front_stream(struct front *f);
const struct serve_settings *front_settings(const struct front *f);

/* In TLS, or from this machine: what is said here may be a password.  Mechanisms that show none may be used
 * anyway. */
bool front_may_use_passwords(const struct front *f);
bool front_can_start_tls(const struct front *f);
/* Input that came before is thrown away. */
enum stream_status front_start_tls(struct front *f);

/* Is there such a mechanism of SASL in this connection, as it is now? */
bool front_offers(struct front *f, const char *mechanism);

enum front_answer {
    FRONT_IN,     /* the session is there and waits; what *challenge holds goes out before */
    FRONT_MORE,   /* *challenge goes out, the answer comes by front_continue() */
    FRONT_NO,     /* not right, or nobody of that name */
    FRONT_FAULT,  /* what was said is no answer, or there is no such mechanism */
    FRONT_LATER,  /* there is no telling now */
    FRONT_BUDGET, /* no, once too often: the connection is to end */
};

/* `first`: the initial response, SPAN_NULL where there is none.  For names that SASL has not:
 * serve/exchange.h. */
enum front_answer front_begin(struct front *f, const char *mechanism, struct span first,
                              struct buf *challenge);
enum front_answer front_continue(struct front *f, struct span answer, struct buf *challenge);
void front_cancel(struct front *f);

/* One more command that makes no sense, or does nothing; false: that was one too many. */
bool front_may_go_on(struct front *f);

#endif
