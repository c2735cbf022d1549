/*
 * The bytes of a connection, to and from a descriptor: a session that is another process, behind TLS that is
 * here.
 */
#ifndef MAILWEIR_NET_RELAY_H
#define MAILWEIR_NET_RELAY_H

#include "net/stream.h"

/*
 * Until `fd`, a stream socket, has ended and what came from it is written, or the connection breaks.  Nothing
 * waits for the other direction, buffers have a bound, and the end of one direction is passed on while the
 * other goes on.  A peer that takes nothing for stall_ms while something is there for it is given up.  What s
 * has gathered has to be flushed, its input consumed; both stay open.
 */
enum stream_status relay(struct stream *s, int fd, int stall_ms);

#endif
