/*
 * The first process: it opens sockets, starts gate and auth, and forks a session for each grant.  It reads
 * nothing that a peer wrote.
 */
#ifndef MAILWEIR_SERVE_SUPERVISE_H
#define MAILWEIR_SERVE_SUPERVISE_H

#include "serve/serve.h"

/*
 * Serves until SIGTERM or SIGINT; 0.  SIGHUP: a new gate, which reads the certificates anew, and new auth
 * processes; where the new gate does not come up, the old one stays.  `ready`, which may be NULL, is called
 * when the first gate takes connections.  -1: it could not begin.
 */
int supervise(struct serve_settings *settings, void (*ready)(void), struct err *err);

/* One connection on descriptors 0 and 1, in this process and with its rights; to log in is as everywhere. */
int serve_stdio(struct serve_settings *settings, struct err *err);

#endif
