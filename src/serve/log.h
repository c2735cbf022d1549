/*
 * The server's log: one event, one line, whatever is in it.  Bytes that are no printable ASCII, quotes and
 * backslashes of what peers said are written \xHH, and lines are cut at LOG_LINE_MAX.
 */
#ifndef MAILWEIR_SERVE_LOG_H
#define MAILWEIR_SERVE_LOG_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/span.h"

enum { LOG_LINE_MAX = 1000 };

/* To standard error, or to syslog(3), whose socket is opened now: it can be used after chroot(2). */
void log_open(bool syslog, int facility);

/* A priority of syslog(3). */
void log_write(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What a peer said, harmless. */
void log_add_escaped(struct buf *line, struct span text);

/* "192.0.2.1", "2001:db8::1", "local". */
void log_add_address(struct buf *line, const struct sockaddr *from);

/* A login that failed.  The line is what dist/fail2ban/filter.d/mailweird.conf looks for:
 *     pop3: login failed from 192.0.2.1: PLAIN for "alice"
 * What the client chose comes last, in quotes that it cannot end.  Why it failed is not there: that is the
 * same for a wrong password as for an unknown user. */
struct log_login {
    const char *protocol;
    const struct sockaddr *from;
    const char *mechanism; /* ours, not as the client wrote it */
    struct span user;
};

void log_add_failed_login(struct buf *line, const struct log_login *login);
void log_failed_login(const struct log_login *login); /* written, at LOG_WARNING */

#endif
