/*
 * What the files of this room share.
 */
#ifndef MAILWEIR_POP3_POP3_PRIVATE_H
#define MAILWEIR_POP3_POP3_PRIVATE_H

#include "base/buf.h"
#include "folder/view.h"
#include "net/line.h"
#include "pop3/pop3.h"

struct pop3 {
    struct stream *stream;
    struct view *view;
    const struct pop3_limits *limits;
    struct pop3_account *account;
    void (*say)(const char *text);
    size_t
        *messages; /* number - 1 → index in the view: those that were there when their octets were counted */
    size_t count;
    char *marked; /* by index in the view */
    size_t marked_count;
    uint64_t marked_octets;
    unsigned bad;
    bool ended;
    enum pop3_end end;
};

/* A message that a command names. */
struct pop3_message {
    size_t number; /* from one on */
    size_t index;  /* in the view */
    uint64_t octets;
};

/* ---- maildrop.c: the messages of the session */

/* Counts all of them; -1: *err. */
int maildrop_open(struct pop3 *p, const struct pop3_mailbox *mailbox, struct err *err);
void maildrop_close(struct pop3 *p);

/* The message of that number, whether it is marked or not. */
void maildrop_get(struct pop3 *p, size_t number, struct pop3_message *message);
bool maildrop_is_marked(const struct pop3 *p, const struct pop3_message *message);
void maildrop_mark(struct pop3 *p, const struct pop3_message *message);
void maildrop_unmark_all(struct pop3 *p);

/* What is not marked. */
size_t maildrop_count(const struct pop3 *p);
uint64_t maildrop_octets(const struct pop3 *p);

/* ---- send.c: texts */

/* The whole text, or its header and `lines` lines of its body, with the answer before it. */
void send_whole(struct pop3 *p, const struct pop3_message *message);
void send_top(struct pop3 *p, const struct pop3_message *message, uint64_t lines);

/* ---- verbs.c */

void verb_run(struct pop3 *p, struct span line);

/* ---- answers */

void answer_ok(struct pop3 *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* `code` is a response code (RFC 2449 8, 3206) without its brackets, or NULL. */
void answer_error(struct pop3 *p, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The command makes no sense: counts. */
void answer_bad(struct pop3 *p, const char *text);

#endif
