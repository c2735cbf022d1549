/* What the files of the supervisor share. */
#ifndef MAILWEIR_SERVE_SUPERVISE_PRIVATE_H
#define MAILWEIR_SERVE_SUPERVISE_PRIVATE_H

#include "serve/channel.h"
#include "serve/limit.h"
#include "serve/supervise.h"

enum child_kind { CHILD_GATE, CHILD_AUTH, CHILD_SESSION };

struct child {
    struct child *next;
    pid_t pid;
    enum child_kind kind;
    bool old;    /* does what it has begun, and then ends */
    bool ready;  /* of a gate */
    int control; /* to a gate; else -1 */
    /* of a session */
    char name[SERVE_NAME_MAX + 1];
    struct sockaddr_storage from;
    bool counted; /* in limit */
};

struct supervisor {
    struct serve_settings *settings;
    void (*ready)(void);
    int requests[2], grants[2]; /* ours, theirs */
    int signals;
    struct child *children;
    struct limit *limit; /* of sessions, and of failures */
    long long again;     /* not before then is anything started that has ended */
    bool ending;
};

/* ---- supervise.c */

const char *child_name(enum child_kind kind);
struct child *child_add(struct supervisor *s, enum child_kind kind, pid_t pid, int control);
/* In a child: what is none of its business. */
void child_close_all(struct supervisor *s, bool listeners);

/* ---- supervise-grant.c: what auth says */

/* A table for these settings; who has a session now is in it. */
int grant_make_limit(struct supervisor *s, struct err *err);
void grant_take(struct supervisor *s);
void grant_note_end(struct supervisor *s, const struct child *session);

#endif
