/*
 * A connection after its login, as its user.
 */
#ifndef MAILWEIR_SERVE_SESSION_H
#define MAILWEIR_SERVE_SESSION_H

#include "serve/channel.h"
#include "serve/serve.h"

struct session {
    const struct serve_settings *settings;
    const struct serve_account *account;
    struct stream *stream;
    char peer[SERVE_PEER];
    bool tls; /* what the user speaks, whoever does it for us */
};

/* What a child of the supervisor does: becomes the user, has the connection from the front, and serves it. */
_Noreturn void session_run(const struct serve_settings *settings, const struct channel_grant *grant,
                           int channel);

/* Takes the rights of the account, all of them and no other; as an ordinary user only his own.  root is never
 * served. */
int session_become(const struct serve_account *account, struct err *err);

#endif
