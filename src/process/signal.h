/*
 * Signals.  Handlers only set a flag and wake a sleeper (what follows a signal, such as
 * TRAP, runs outside them).
 *
 * SIGTERM, SIGHUP, SIGINT, SIGQUIT ask us to end; SIGUSR1 and SIGUSR2 turn VERBOSE off and
 * on; SIGALRM is a TIMEOUT of the program that runs now; SIGPIPE, SIGXCPU, SIGXFSZ and SIGLOST
 * are ignored so that writes fail with errno.  Handlers are installed without SA_RESTART, and the
 * waits of this program (signal_sleep, spawn_wait, spawn_exchange, kernel locks) return early when
 * an ending signal arrives, without a window in which it could be missed.
 *
 * A wait is always: signal_drain(), look at the flags and at what is waited for, poll with
 * signal_fd() among the descriptors, again.
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

/* An ending signal has arrived and signal_ignore_ending() was not called since: waits give up. */
bool signal_must_end(void);

/* SIGUSR1 or SIGUSR2 since the last call, or 0. */
int signal_verbose_change(void);

/* SIGALRM since the last call: whoever waits for a program or a lock is to wait no longer. */
bool signal_forces_timeout(void);

/* From now on ending signals are ignored: the process is already ending.  Waits (for TRAP, say)
 * work as before any signal came; signal_received() still tells which it was. */
void signal_ignore_ending(void);

/* A descriptor that becomes readable when a handled signal or SIGCHLD arrives; to be polled
 * beside others.  signal_drain() empties it.  In a forked child that goes on (a clone) the
 * first call makes one of its own: ask each time, keep no copy. */
int signal_fd(void);
void signal_drain(void);

/* Sleeps; true when all seconds passed, false when an ending signal has arrived. */
bool signal_sleep(unsigned seconds);

#endif
