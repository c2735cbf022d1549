/*
 * The process that has the listening sockets and the keys of TLS, and forks a front for each connection.
 */
#ifndef MAILWEIR_SERVE_GATE_H
#define MAILWEIR_SERVE_GATE_H

#include "serve/count.h"
#include "serve/serve.h"

/*
 * `requests`: to the auth processes.  `control`: to the supervisor; READY goes there when connections are
 * taken, and FLOOD comes from there.  SIGHUP: takes no more connections, and ends when its last front has;
 * SIGTERM: all end.
 */
_Noreturn void gate_run(const struct serve_settings *settings, struct counts *counts, int requests,
                        int control);

#endif
