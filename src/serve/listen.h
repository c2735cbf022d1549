/*
 * Listening sockets: bound, handed in by systemd, or taken over from the configuration before.
 */
#ifndef MAILWEIR_SERVE_LISTEN_H
#define MAILWEIR_SERVE_LISTEN_H

#include "serve/serve.h"

/* Of the listeners, and then where statistics are given, if they are. */
size_t listen_count(const struct serve_settings *settings);
struct serve_listener *listen_get(const struct serve_settings *settings, size_t i);

/* NULL: none has this address. */
struct serve_listener *listen_find(const struct serve_settings *settings, const struct sockaddr_storage *at);

/*
 * Opens what has no descriptor yet: that of the same address in `old` (which may be NULL), or a new one.  -1:
 * it could not be, and what was new is closed again.
 */
int listen_open(struct serve_settings *settings, const struct serve_settings *old, struct err *err);

/* They are in force: sockets that were there before have their new modes. */
void listen_take(const struct serve_settings *settings);

/* A line of the log for each. */
void listen_tell(const struct serve_settings *settings);

/* Closes what `kept` has not, and takes away the sockets' names of what we bound.  NULL: all. */
void listen_close(const struct serve_settings *settings, const struct serve_settings *kept);
/* The same in a forked child: names stay. */
void listen_forget(const struct serve_settings *settings, const struct serve_settings *kept);

/*
 * What systemd hands in (sd_listen_fds(3): LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES) becomes the descriptors of
 * those that have the same address; what fits none is told, and closed.  The variables are gone then.
 */
void listen_inherit(struct serve_settings *settings);

/* At the very beginning: closes what whoever started us left open and did not hand in, so that it comes into
 * no process of a user, and into none that talks with strangers. */
void listen_close_others(void);

#endif
