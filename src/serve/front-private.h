/* What makes fronts shares. */
#ifndef MAILWEIR_SERVE_FRONT_PRIVATE_H
#define MAILWEIR_SERVE_FRONT_PRIVATE_H

#include "serve/channel.h"
#include "serve/exchange.h"
#include "serve/front.h"

struct front_ops {
    /* mechanism NULL: the exchange goes on. */
    enum exchange_status (*step)(struct front *f, const char *mechanism, struct span answer,
                                 struct buf *challenge);
    void (*cancel)(struct front *f);
};

extern const struct front_ops front_channel, front_local;

struct front {
    const struct serve_settings *settings;
    const struct front_ops *ops;
    struct stream *stream;
    struct tls *tls; /* NULL: there is none to be had */
    enum serve_tls mode;
    bool proxied; /* a header of PROXY comes first */
    bool loopback;
    struct sockaddr_storage from;
    char peer[SERVE_PEER]; /* the same in words */
    const struct serve_protocol *protocol;
    uint32_t wait_ms; /* before EXCHANGE_NO is told */
    long long until;  /* stream's deadline, in ms of CLOCK_MONOTONIC */
    unsigned commands, tries;
    /* front_channel */
    int requests;                 /* to all auth processes */
    int channel;                  /* -1: none */
    int from_session, to_session; /* streams, after FRONT_IN */
    /* front_local */
    struct exchange *exchange;
    struct serve_account account; /* after FRONT_IN */
};

/* The stream and the time; false: TLS from the start, and that failed. */
bool front_open(struct front *f, int in, int out);
void front_close(struct front *f);

/* Who the proxy says that it is; false: there is no such header, or it is nobody's who may send one. */
bool front_take_proxy(struct front *f, int fd);

/* After before_login(): the connection goes to the session, or its bytes do, until an end. */
void front_hand_over(struct front *f);

/* What is left of the time. */
long front_time_left(const struct front *f);

#endif
