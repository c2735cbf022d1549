/*
 * What the files of this room share.
 */
#ifndef MAILWEIR_POP3_POP3_PRIVATE_H
#define MAILWEIR_POP3_POP3_PRIVATE_H

#include "base/buf.h"
#include "folder/view.h"
#include "net/line.h"
#include "pop3/pop3.h"

enum pop3_state { POP3_AUTHORIZATION = 1, POP3_TRANSACTION = 2 };

enum { ARGUMENTS = 2, ARGUMENT_IS_REST = 99 };

/* The words behind a command. */
struct arguments {
    struct span word[ARGUMENTS];
    size_t count;
};

struct pop3 {
    enum pop3_state state;
    struct stream *stream;
    struct front *front; /* before the login */
    struct buf user;     /* of USER, for PASS */
    char timestamp[128]; /* for APOP; "" */
    bool in;             /* logged in */
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

/* ---- authorization.c */

void authorization_apop(struct pop3 *p, const struct arguments *arguments);
void authorization_auth(struct pop3 *p, const struct arguments *arguments);
void authorization_pass(struct pop3 *p, const struct arguments *arguments);
void authorization_quit(struct pop3 *p, const struct arguments *arguments);
void authorization_rpop(struct pop3 *p, const struct arguments *arguments);
void authorization_stls(struct pop3 *p, const struct arguments *arguments);
void authorization_user(struct pop3 *p, const struct arguments *arguments);
void authorization_utf8(struct pop3 *p, const struct arguments *arguments);
void authorization_capabilities(struct pop3 *p);

/* ---- transaction.c */

void transaction_dele(struct pop3 *p, const struct arguments *arguments);
void transaction_list(struct pop3 *p, const struct arguments *arguments);
void transaction_noop(struct pop3 *p, const struct arguments *arguments);
void transaction_quit(struct pop3 *p, const struct arguments *arguments);
void transaction_retr(struct pop3 *p, const struct arguments *arguments);
void transaction_rset(struct pop3 *p, const struct arguments *arguments);
void transaction_stat(struct pop3 *p, const struct arguments *arguments);
void transaction_top(struct pop3 *p, const struct arguments *arguments);
void transaction_uidl(struct pop3 *p, const struct arguments *arguments);

/* ---- dialogue.c: lines, one after the other, to the end of the state */

void dialogue_run(struct pop3 *p);

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
