/*
 * Signals.  Handlers only set a flag (SECURITY: what follows a signal runs outside them).
 *
 * SIGTERM, SIGHUP, SIGINT, SIGQUIT ask us to end; SIGUSR1 and SIGUSR2 turn VERBOSE off and
 * on; SIGPIPE, SIGXCPU, SIGXFSZ and SIGLOST are ignored so that writes fail with errno;
 * SIGALRM is not ours.  Handlers are installed without SA_RESTART, and the waits of this
 * program (signal_sleep, spawn_wait, spawn_exchange, kernel locks) return early when one
 * arrives, without a window in which it could be missed.
 */
#ifndef MAILWEIR_PROCESS_SIGNAL_H
#define MAILWEIR_PROCESS_SIGNAL_H

#include <signal.h>
#include <stdbool.h>

void signal_install(void);

/* In a forked child of ours, before exec: everything back to the default, mask empty. */
void signal_restore(void);

/* The first ending signal that has arrived, or 0. */
int signal_received(void);

/* SIGUSR1 or SIGUSR2 since the last call, or 0. */
int signal_verbose_change(void);

/* From now on ending signals are ignored: the process is already ending. */
void signal_ignore_ending(void);

/* A descriptor that becomes readable when a handled signal or SIGCHLD arrives; to be polled
 * beside others.  signal_drain() empties it. */
int signal_fd(void);
void signal_drain(void);

/* Sleeps; true when all seconds passed, false when an ending signal has arrived. */
bool signal_sleep(unsigned seconds);

#endif
