/*
 * The bytes of a connection, to and from another process: a session, behind TLS that is here.
 */
#ifndef MAILWEIR_NET_RELAY_H
#define MAILWEIR_NET_RELAY_H

#include "net/stream.h"

/*
 * Until `from`, a stream socket, has ended and what came from it is written, or the connection breaks.
 * Nothing waits for the other direction, buffers have a bound, and the end of one direction is passed on
 * while the other goes on: `to`, another stream socket, is closed then, or at the end of all.  (One socket
 * for both would have to be shut down, and who may do that may do it to what others share with him.)  A peer
 * that takes nothing for stall_ms while something is there for it is given up.  What s has gathered has to be
 * flushed, its input consumed; it and `from` stay open.
 */
enum stream_status relay(struct stream *s, int from, int to, int stall_ms);

#endif
