/* What the files of the supervisor share. */
#ifndef MAILWEIR_SERVE_SUPERVISE_PRIVATE_H
#define MAILWEIR_SERVE_SUPERVISE_PRIVATE_H

#include "serve/channel.h"
#include "serve/count.h"
#include "serve/limit.h"
#include "serve/supervise.h"

enum child_kind { CHILD_GATE, CHILD_AUTH, CHILD_SESSION, CHILD_STATISTICS };

struct child {
    struct child *next;
    pid_t pid;
    enum child_kind kind;
    bool old;    /* does what it has begun, and then ends */
    bool ready;  /* of a gate */
    bool fresh;  /* of a gate: by the settings of a reload that is not over */
    int control; /* to a gate; else -1 */
    /* of a session */
    char name[SERVE_NAME_MAX + 1];
    struct sockaddr_storage from;
    bool counted; /* in limit */
};

struct supervisor {
    struct serve_settings *settings, *first;
    const struct serve_source *source;
    struct serve_settings *next; /* of a reload that is not over; may be the same */
    bool reload_again;           /* as soon as that is over */
    bool was_ready;
    int requests[2], grants[2]; /* ours, theirs */
    int signals;
    struct child *children;
    struct counts *counts;
    struct limit_rules rules;
    struct limit *limit; /* of sessions, and of failures */
    long long again;     /* not before then is anything started that has ended */
    bool ending;
};

/* ---- supervise.c */

const char *child_name(enum child_kind kind);
int child_start(struct supervisor *s, enum child_kind kind, bool fresh);
void child_start_missing(struct supervisor *s);
/* They are to end when they have done what they have begun. */
void child_make_old(struct supervisor *s, enum child_kind kind, const struct child *but);
struct child *child_add(struct supervisor *s, enum child_kind kind, pid_t pid, int control);
/* In a child: what is none of its business, and of listeners all but these (NULL: all). */
void child_close_all(struct supervisor *s, const struct serve_settings *kept);

/* ---- supervise-grant.c: what auth says */

/* A table for these settings; who has a session now is in it.  Where they say the same as before, it is the
 * same: failures are remembered. */
int grant_make_limit(struct supervisor *s, struct err *err);
void grant_take(struct supervisor *s);
void grant_note_end(struct supervisor *s, const struct child *session);

/* ---- supervise-reload.c */

void reload_begin(struct supervisor *s);
/* Its gate is there, or will never be. */
void reload_succeed(struct supervisor *s, struct child *gate);
void reload_fail(struct supervisor *s, const char *why);

#endif
