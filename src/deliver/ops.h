/*
 * The acts: everything by which sorting a message touches the world goes through one table of
 * operations.  The MDA passes the real one (deliver/real.h); a dry run passes another, and that
 * is why it is dry.
 *
 * An operation tells its outcome and, as things happen, the trace; it decides nothing.
 */
#ifndef MAILWEIR_DELIVER_OPS_H
#define MAILWEIR_DELIVER_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/span.h"
#include "message/message.h"

/* A program to be run, fully expanded. */
struct deliver_command {
    const char *const *argv; /* NULL-terminated; with a shell: SHELL, SHELLFLAGS, text */
    struct span shown;       /* as it stands in `Executing "…"` */
    const char *name;        /* as it stands in other messages */
    bool shell;
};

enum deliver_wait {
    DELIVER_NO_WAIT, /* its exit status is ignored; that it could not be started is not */
    DELIVER_WAIT,
    DELIVER_WAIT_QUIET,  /* a failure is told only when verbose */
    DELIVER_WAIT_SILENT, /* a failure is not told */
};

struct deliver_program {
    const struct deliver_command *command;
    const char *const *envp;
    const struct message *message; /* it reads this range of it … */
    struct message_range range;
    struct span text;   /* … or, without a message, this */
    void (*rest)(void *rest_ctx); /* called now and then: what was read of the text is not needed again */
    void *rest_ctx;
    bool raw;           /* no final newline is added to what it reads */
    bool ignore_errors; /* what it does not read does not matter */
    bool last_copy;     /* mail is lost if it never ran: look closer, even without waiting */
    bool hands_over;    /* sendmail: a status but 0 says that it did not take the message */
    bool output_to_log; /* else what it prints is thrown away */
    bool nothing_to_keep; /* of a capture: the variable has no value that a failure would keep */
    enum deliver_wait wait;
    long timeout; /* seconds; 0: none */
    long retries; /* when it cannot be forked for lack of resources; negative: without end */
    long pause;   /* seconds between these */
};

struct deliver_folder {
    const char *path;
    const char *const *links; /* NULL-terminated, or NULL */
    const struct message *message;
    enum message_part part;
    bool raw;
    bool ignore_errors;
    const char *msgprefix;
    long timeout;
    /* Told the name under which the message will be known, before it is written; `more` for each
     * further name of the same message. */
    void (*named)(void *ctx, const char *name, bool more);
    void *ctx;
};

struct deliver_outcome {
    bool done;
    bool passing;   /* it failed for trouble that may pass: the mail is to stay queued rather than bounce */
    bool has_status;
    int status;     /* exit status, or minus the signal that ended it */
    bool overflow;  /* it printed more than there was room for */
    bool has_written;
    size_t written; /* bytes, with what was added and quoted */
    size_t offset;  /* of an mbox: where it begins */
};

enum deliver_slot {
    DELIVER_LOCK_LOCAL,
    DELIVER_LOCK_GLOBAL,
    DELIVER_LOCKS
};

struct deliver_lock_policy {
    long sleep, timeout, suspend; /* seconds: LOCKSLEEP, LOCKTIMEOUT, SUSPEND */
};

struct deliver_ops {
    /* `x`: a folder; a name that begins with `|` is standard output. */
    void (*folder)(void *ctx, const struct deliver_folder *folder, struct deliver_outcome *outcome);

    /* `| program`, `! address`, `? program`, TRAP: it reads, and its exit status counts. */
    void (*pipe)(void *ctx, const struct deliver_program *program, struct deliver_outcome *outcome);

    /* What it prints is added to `output`; when the outcome is not done, nothing of it counts. */
    void (*filter)(void *ctx, const struct deliver_program *program, struct message_builder *output,
                   struct deliver_outcome *outcome);

    /* `NAME=| program`: as a filter, into a buffer. */
    void (*capture)(void *ctx, const struct deliver_program *program, struct buf *output,
                    struct deliver_outcome *outcome);

    /* Backquotes: what it prints, as much as fits output->max; always done once it was started. */
    void (*substitute)(void *ctx, const struct deliver_program *program, struct buf *output,
                       struct deliver_outcome *outcome);

    /* At most one lock of each kind is held.  False: not had. */
    bool (*lock)(void *ctx, enum deliver_slot slot, const char *path,
                 const struct deliver_lock_policy *policy);
    void (*unlock)(void *ctx, enum deliver_slot slot);
    /* The path of the lock held, or NULL. */
    const char *(*locked)(void *ctx, enum deliver_slot slot);

    int (*change_directory)(void *ctx, const char *path); /* 0, or -1 with errno */
    void (*set_umask)(void *ctx, mode_t mask);
    /* Standard error goes to the end of that file from now on; 0, or -1 with errno. */
    int (*open_log)(void *ctx, const char *path);
    void (*set_verbose)(void *ctx, bool verbose);

    /* Who is to be told of new mail (an empty service or host: the usual one), and telling; -1: unknown. */
    int (*find_biff)(void *ctx, const char *service, const char *host);
    void (*tell_biff)(void *ctx, struct span text);

    /* A child goes on in our place and we are gone, with exit status 0; -1: cannot be forked. */
    int (*detach)(void *ctx);

    /* A copy of the process goes on (0 in it, its pid here, -1: cannot be forked). */
    pid_t (*clone)(void *ctx, long retries, long pause);
    void (*wait_for_clone)(void *ctx, pid_t pid, long timeout, struct deliver_outcome *outcome);
};

#endif
