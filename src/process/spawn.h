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
    int in, out, errs; /* descriptors that become 0, 1, 2; -1: /dev/null for in and out, ours for errs */
    int more;          /* one that becomes 3; 0: there is none */
    bool leads;        /* a process group of its own, so that kill(-pid, …) is for all that it starts */
};

/*
 * The child's pid, once the program is known to run; signals in it are as they are by default,
 * no descriptor but 0, 1, 2, and 3 if there is more, is open in it.  -1 when it cannot be forked (ERR_TEMP) or cannot be
 * started (ERR_NOINPUT, or the class of an errno that may pass; err->errnum is execvp's errno).
 * A file that is executable and in no known format is run by /bin/sh (execvp's habit).
 */
pid_t spawn_start(const struct spawn *spawn, struct err *err);

/* What spawn_wait() returns when we were told to end (process/signal.h) meanwhile. */
#define SPAWN_INTERRUPTED (-1001)

/*
 * Waits for the child to end.  0…255: its exit status, -N: death by signal N, or
 * SPAWN_INTERRUPTED: it was sent SIGTERM and is not waited for any longer.
 * When the deadline passes (0: none) *timed_out is set (NULL: nobody asks), SIGTERM is sent and
 * waiting goes on; a child that lives on for SPAWN_GRACE seconds gets SIGKILL.  Without a
 * deadline and while no signal comes, waiting is without limit.
 */
int spawn_wait(pid_t pid, time_t deadline, bool *timed_out);

enum { SPAWN_GRACE = 5 };

/* As spawn_wait, but a child that is still there at the deadline is left alone. */
#define SPAWN_STILL_RUNNING (-1002)
int spawn_wait_patiently(pid_t pid, time_t deadline);

/* A time of CLOCK_MONOTONIC, not less than `seconds` from now; 0 (none) for seconds <= 0. */
time_t spawn_deadline(long seconds);

/*
 * Feeds a program and reads what it writes, both at once, so that neither can block the other.
 */
struct spawn_exchange {
    int to;   /* our end of its standard input (SPAWN_WE_WRITE), or -1; closed by the call */
    int from; /* our end of its standard output (SPAWN_WE_READ), or -1; closed by the call */
    /* Gives the next piece to write, good until the next call; an empty span at the end; -1: cannot
     * be read.  Called once more only when all of the last piece is written. */
    int (*source)(void *ctx, struct span *piece, struct err *err);
    /* Takes what was read; -1: cannot be kept (reading stops). */
    int (*sink)(void *ctx, struct span piece, struct err *err);
    void *ctx;
    time_t deadline; /* from spawn_deadline(), or 0 */
    pid_t pid; /* gets SIGTERM when it is not to believe that its input is whole, before that ends */
};

enum spawn_exchanged {
    SPAWN_DONE,      /* all written, all read */
    SPAWN_REFUSED,   /* the program closed its input early; all read */
    SPAWN_TIMED_OUT, /* the deadline passed before both ends were done; it got SIGTERM */
    SPAWN_SIGNALLED, /* signal_must_end() became true meanwhile; so did it */
    SPAWN_BROKEN,    /* source or sink failed, or a pipe: *err says how; so did it, unless only the sink failed */
};

/* SIGPIPE must be ignored (signal_install() sees to it).  The program is to be waited for
 * afterwards, whatever the result. */
enum spawn_exchanged spawn_exchange(struct spawn_exchange *exchange, struct err *err);

/* What a pipe takes, in bytes (pipe(7)): a writer of no more never knows that nobody reads it. */
enum { SPAWN_PIPE_SIZE = 1 << 16 };

/* pipe(2) with both ends close-on-exec and above 2.  The end that stays with us never blocks: two programs could
 * wait for each other.  ERR_TEMP. */
enum spawn_ours {
    SPAWN_WE_READ,
    SPAWN_WE_WRITE,
    SPAWN_WE_WAIT, /* either, and we block: for who does only that */
};
int spawn_pipe(int ends[2], enum spawn_ours ours, struct err *err);

#endif
