/*
 * The first process: it opens sockets, starts gate and auth, and forks a session for each grant.  It reads
 * nothing that a peer wrote.
 */
#ifndef MAILWEIR_SERVE_SUPERVISE_H
#define MAILWEIR_SERVE_SUPERVISE_H

#include "serve/serve.h"

/* Where settings come from; all are called in the supervisor. */
struct serve_source {
    /* At SIGHUP: new ones, whose listeners have no descriptors; NULL after telling in the log what is wrong.
     * Where this is NULL, nothing but certificates is read anew. */
    struct serve_settings *(*read)(void *ctx);
    /* They are in force. */
    void (*take)(void *ctx, struct serve_settings *settings);
    /* They are so no more, or never were; not called for those that supervise() was given. */
    void (*release)(void *ctx, struct serve_settings *settings);
    /* The first gate takes connections.  May be NULL. */
    void (*ready)(void *ctx);
    void *ctx;
};

/*
 * Serves until SIGTERM or SIGINT; 0.  SIGHUP: a new gate by new settings, which reads the certificates anew
 * and listens where the old one did and where it did not, and new auth processes.  Where the settings have
 * faults, an address cannot be had or the new gate does not come up, all stays as it was.  Sessions stay in
 * any case.  -1: it could not begin.
 */
int supervise(struct serve_settings *settings, const struct serve_source *source, struct err *err);

/* One connection on descriptors 0 and 1, in this process and with its rights; to log in is as everywhere. */
int serve_stdio(struct serve_settings *settings, struct err *err);

#endif
