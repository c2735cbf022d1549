/*
 * The records between the processes of the server.  Each goes whole over a SEQPACKET socket: a kind, a
 * length, bytes, and at most one descriptor, close-on-exec.  What is not such a record is none: whoever
 * sent it is not spoken to any more.
 *
 *     front → auth        LOGIN, with the far end of the front's channel, over the socket of all fronts
 *     auth → front        CHALLENGE, FAULT, LATER, YES, over the channel
 *     front → auth        ANSWER, over the channel
 *     auth → supervisor   GRANT, with that far end; auth has nothing to do with it any more
 *     auth → supervisor   FAILED, with that far end
 *     supervisor → front  NO, over the channel: it is who knows how long the address has to wait
 *     session → front     READY, twice, each with one end of a stream (of use in TLS): towards it, and from
 * it front → session     START, in clear with the connection auth → supervisor   FLOOD: a front asks more
 * than one of ours would gate → supervisor   READY
 */
#ifndef MAILWEIR_SERVE_CHANNEL_H
#define MAILWEIR_SERVE_CHANNEL_H

#include <stdint.h>

#include "net/sasl.h"
#include "serve/serve.h"

enum channel_kind {
    CHANNEL_LOGIN = 1,
    CHANNEL_CHALLENGE,
    CHANNEL_NO,
    CHANNEL_FAULT,
    CHANNEL_LATER,
    CHANNEL_YES,
    CHANNEL_ANSWER,
    CHANNEL_GRANT,
    CHANNEL_READY,
    CHANNEL_START,
    CHANNEL_FLOOD,
    CHANNEL_FAILED,
};

enum { CHANNEL_PROTOCOL = 16, CHANNEL_MECHANISM = 24, CHANNEL_BINDING = 64, CHANNEL_AHEAD = 8192 };

struct channel_login {
    char mechanism[CHANNEL_MECHANISM];
    char protocol[CHANNEL_PROTOCOL];
    struct sockaddr_storage from;
    uint32_t tls;
    uint32_t binding_size;
    char binding[CHANNEL_BINDING];
    uint32_t no_initial; /* the client gave no initial response, which is not an empty one */
    uint32_t n;
    char data[SASL_ANSWER_MAX];
};

struct channel_bytes { /* CHALLENGE, YES, ANSWER */
    uint32_t n;
    char data[SASL_ANSWER_MAX];
};

struct channel_no {
    uint32_t ms; /* to wait before it is told */
};

struct channel_failed {
    struct sockaddr_storage from;
};

struct channel_grant {
    char protocol[CHANNEL_PROTOCOL];
    struct sockaddr_storage from;
    struct serve_account account;
};

struct channel_start {
    uint32_t tls;
    uint32_t n; /* read ahead */
    char ahead[CHANNEL_AHEAD];
};

struct channel_flood {
    int32_t pid;
};

struct channel_record {
    uint32_t kind;
    union {
        struct channel_login login;
        struct channel_bytes bytes;
        struct channel_grant grant;
        struct channel_start start;
        struct channel_flood flood;
        struct channel_no no;
        struct channel_failed failed;
    } is;
};

/* Two ends. */
int channel_pair(int ends[2], struct err *err);

/* descriptor -1: none; it stays the caller's.  Waits as long as it takes. */
int channel_send(int fd, const struct channel_record *record, int descriptor);
/* The same, but never waits: for those on the other end who may have been taken over, and do not read. */
int channel_answer(int fd, const struct channel_record *record, int descriptor);
/* The same, but waits no longer than that: where those on the other end may be busy, or hang. */
int channel_send_within(int fd, const struct channel_record *record, int descriptor, long ms);

enum channel_status {
    CHANNEL_OK,
    CHANNEL_END,  /* the other end is closed */
    CHANNEL_BAD,  /* that was no record */
    CHANNEL_LATE, /* nothing within that time */
};

/* *descriptor is -1, or the caller's; *pid (may be NULL) is who sent it, where channel_ask_pid() was called.
 */
enum channel_status channel_receive(int fd, struct channel_record *record, int *descriptor, pid_t *pid,
                                    long ms);
void channel_ask_pid(int fd);

/* Is nobody there any more, whether or not he has left something to read? */
bool channel_has_ended(int fd);

/* Does a text of a record end within its field?  Who sent it may have been taken over. */
bool channel_is_text(const char *field, size_t size);

#endif
