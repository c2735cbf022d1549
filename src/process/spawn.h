/*
 * Starting programs and talking to them through pipes.
 */
#ifndef MAILWEIR_PROCESS_SPAWN_H
#define MAILWEIR_PROCESS_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "base/err.h"
#include "base/span.h"

struct spawn {
    const char *const *argv; /* NULL-terminated; argv[0] is searched in PATH of envp, as execvp(3) does */
    const char *const *envp; /* NULL-terminated */
    int in, out, errs;       /* descriptors that become 0, 1, 2; -1: /dev/null for in and out, ours for errs */
};

/*
 * The child's pid, once the program is known to run; signals in it are as they are by default,
 * no descriptor but 0, 1, 2 is open in it.  -1 when it cannot be forked (ERR_TEMP) or cannot be
 * started (ERR_NOINPUT; err->errnum is execvp's errno).
 */
pid_t spawn_start(const struct spawn *spawn, struct err *err);

/* Result of a program: 0…255 its exit status, -N death by signal N. */
enum {
    SPAWN_TIMEOUT = -1000, /* only from exchange and wait: it did not end by the deadline and was sent SIGTERM */
    SPAWN_INTERRUPTED = -1001, /* we were told to end (process/signal.h); it was sent SIGTERM */
};

/* Waits for the child to end, not past the deadline (CLOCK_MONOTONIC seconds as from
 * spawn_deadline; 0: none).  When the deadline passes *timed_out is set, SIGTERM is sent, and
 * waiting goes on (a second deadline of the same length ends in SIGKILL). */
int spawn_wait(pid_t pid, time_t deadline, bool *timed_out);

/* Now + seconds, or 0 for seconds <= 0. */
time_t spawn_deadline(long seconds);

/*
 * Feeds a program and reads what it writes, both at once, so that neither can block the other.
 */
struct spawn_exchange {
    int to;   /* our end of its standard input, or -1; closed by the call */
    int from; /* our end of its standard output, or -1; closed by the call */
    /* Gives the next piece to write; an empty span at the end; -1: cannot be read. */
    int (*source)(void *ctx, struct span *piece, struct err *err);
    /* Takes what was read; -1: cannot be kept (reading stops). */
    int (*sink)(void *ctx, struct span piece, struct err *err);
    void *ctx;
    time_t deadline;
};

enum spawn_exchanged {
    SPAWN_DONE,        /* all written, all read */
    SPAWN_REFUSED,     /* the program closed its input early; all read */
    SPAWN_TIMED_OUT,   /* the deadline passed before both ends were done; the caller kills */
    SPAWN_SIGNALLED,   /* signal_received() became true meanwhile */
    SPAWN_BROKEN,      /* source or sink failed, or poll: *err says how */
};

enum spawn_exchanged spawn_exchange(struct spawn_exchange *exchange, struct err *err);

/* pipe2(2) with O_CLOEXEC and both ends above 2; ERR_TEMP. */
int spawn_pipe(int ends[2], struct err *err);

#endif
