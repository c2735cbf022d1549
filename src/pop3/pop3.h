/*
 * POP3 (RFC 1939, 2449, 5034, 6856): a session on one mailbox, from the login on.
 *
 * Messages keep their numbers for the whole session, whatever others do to the folder.  DELE marks in memory;
 * only QUIT removes, what is marked and nothing else, and is answered when it is gone for good.  A session
 * that ends in any other way removes nothing.
 */
#ifndef MAILWEIR_POP3_POP3_H
#define MAILWEIR_POP3_POP3_H

#include <stdint.h>

#include "base/err.h"
#include "folder/folder.h"
#include "net/stream.h"
#include "serve/serve.h"

struct pop3_mailbox {
    enum folder_shape shape;
    const char *path;
    const char *state; /* for view_open(); may be NULL */
};

struct pop3_limits {
    long idle_ms; /* without a command, then the session ends (RFC 1939 3: ten minutes at least); 0: those */
    unsigned bad; /* commands that make no sense, in all, then it ends; 0: 20 */
    long login_delay; /* seconds between two logins (RFC 2449 6.5); 0: none is demanded */
    bool expires;     /* messages stay for so many days (RFC 2449 6.7): announced, not done */
    unsigned expire_days;
};

enum pop3_end {
    POP3_BYE,   /* by QUIT, all that was marked is gone */
    POP3_LEFT,  /* by QUIT, and some of it is still there */
    POP3_LOST,  /* the peer went, or was too slow, or made no sense */
    POP3_NEVER, /* the mailbox could not be opened, and the peer was told */
};

/* For the log and for statistics. */
struct pop3_account {
    unsigned long long messages, octets; /* in the mailbox when it was opened */
    unsigned long long retrieved, topped, removed;
    unsigned long long octets_sent;
};

/* Opens the mailbox, answers the login (+OK or -ERR), and serves commands to the end.  `say` is told what an
 * administrator should know; it may be NULL. */
enum pop3_end pop3_serve(struct stream *stream, const struct pop3_mailbox *mailbox,
                         const struct pop3_limits *limits, struct pop3_account *account,
                         void (*say)(const char *text));

/* The dialogue up to the login (RFC 1939 4, 2595, 5034): greeting, commands, tries.  true: somebody is in,
 * and what the client has said since is unread. */
bool pop3_authorize(struct front *front, const struct pop3_limits *limits);

/* Both, for serve. */
extern const struct serve_protocol pop3_protocol;

#endif
