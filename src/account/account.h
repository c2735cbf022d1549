/*
 * Who may log in, and where the mail of a user lies: sources of accounts, asked in their order until one
 * knows the name.
 *
 * A password that is wrong takes the same work whether or not the user exists, which source knows him, and
 * how his password is kept: whatever the sources compute for any of their users is computed then.  Only a
 * right one may be quicker.
 */
#ifndef MAILWEIR_ACCOUNT_ACCOUNT_H
#define MAILWEIR_ACCOUNT_ACCOUNT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "net/sasl.h"

enum {
    ACCOUNT_NAME_MAX = 64,
    ACCOUNT_PATH_MAX = 1023,     /* of home and of mail */
    ACCOUNT_PASSWORD_MAX = 512,  /* what crypt(3) takes */
    ACCOUNT_SCRAM_ROUNDS = 15000 /* iterations of keys that are made here (RFC 7677 4: no less than 4096) */
};

/* Owns its strings. */
struct account {
    char *name;
    uid_t uid;
    gid_t gid;
    char *home; /* absolute */
    char *mail; /* "maildir:PATH", "mbox:PATH", "mh:PATH", the path absolute */
};

/* Back to an empty one. */
void account_free(struct account *account);

/* One path component of 1 to 64 bytes of UTF-8: no '/', no control characters, no ':' or '%', no blank, not
 * "." or
 * "..", no '-' or '#' in front.  The one validator; everything that is the name of a user has been through it. */
bool account_name_ok(struct span name);

/* ---- sources */

enum account_answer {
    ACCOUNT_YES,
    ACCOUNT_NO,      /* the name is known here, the password is not right */
    ACCOUNT_UNKNOWN, /* no such name here; from a list: ACCOUNT_NO */
    ACCOUNT_LATER,   /* the source cannot be asked now: *err says why */
};

/* What there is beside a hash. */
struct account_secrets {
    struct buf plain, rpop;     /* n is 0 where there is none */
    struct sasl_scram scram[2]; /* by enum sasl_hash; iterations is 0 where there is none */
};

/* What is usual in a source, by enum sasl_hash, so that what is made up looks like it. */
struct account_habits {
    unsigned iterations[2]; /* 0: no keys of that kind */
    size_t salt[2];         /* bytes */
    bool derives[2];        /* somebody has {PLAIN} alone: keys are made while he waits */
};

/* `name` has been validated, or is one that nobody can have (a '-' in front), for the sake of the work. */
struct account_source_ops {
    enum account_answer (*find)(void *ctx, const char *name, struct account *account, struct err *err);
    enum account_answer (*check)(void *ctx, const char *name, struct span password, struct account *account,
                                 struct err *err);
    /* Adds to *secrets and to *habits.  NULL: there are none. */
    enum account_answer (*secrets)(void *ctx, const char *name, struct account_secrets *secrets,
                                   struct account_habits *habits, struct err *err);
    void (*free)(void *ctx);
};

struct account_source {
    const struct account_source_ops *ops;
    void *ctx;
};

/* Is told what is wrong with a line of a file. */
struct account_teller {
    void (*tell)(void *ctx, const char *path, unsigned line, const char *fault);
    void *ctx;
};

/*
 * `accounts file`, mailweir-users(5).  The file is read when it is first asked for, and again when it has
 * changed.  It is refused when it is not root's or ours, or when others may write it: ACCOUNT_LATER.  A
 * faulty line is told and left out.
 */
struct account_source account_file(const char *path, const struct account_teller *teller);

/* `accounts system`: getpwnam(3) and PAM. */
struct account_system {
    const char *service;   /* of PAM; NULL: "mailweird" */
    const char *directory; /* where the file of the service lies; NULL: /etc/pam.d */
    uid_t first_uid;       /* lower ones do not exist here */
};
enum { ACCOUNT_FIRST_UID = 1000 };
/* -1, ERR_USAGE: built without PAM. */
int account_system(const struct account_system *settings, struct account_source *source, struct err *err);

/* `accounts program`: in the manner of checkpassword.  It cannot be asked who exists: only account_check()
 * knows its users. */
struct account_program {
    const char *path;
    const char *reply; /* the program that mailweir gives it to run at the end; NULL: where it is installed */
    long seconds;      /* after which it is killed, and all it started; 0: ten */
};
struct account_source account_program(const struct account_program *settings);

/* What that reply program does: tells *descriptor 1* the account that its environment and ids say.  An exit
 * status. */
int account_reply(void);

/* ---- all of them */

struct account_list;

/* Made before the processes are that ask: what is made up for unknown users is the same in all that were
 * forked since then. */
struct account_list *account_list_new(void);
void account_list_add(struct account_list *list, struct account_source source); /* which it frees */
void account_list_free(struct account_list *list);                              /* NULL is fine */

/* What is made up depends on this, and not on chance any more: where it is the same after a restart, a
 * restart does not tell who exists. */
void account_list_key(struct account_list *list, struct span key);

/* ACCOUNT_YES, and the account is the caller's; ACCOUNT_NO; ACCOUNT_LATER. */
enum account_answer account_find(struct account_list *list, const char *name, struct account *account,
                                 struct err *err);
enum account_answer account_check(struct account_list *list, const char *name, struct span password,
                                  struct account *account, struct err *err);

/* Is this the {RPOP} identification of the user?  (RFC 1081)  Takes no password: for callers who know the
 * host. */
enum account_answer account_check_rpop(struct account_list *list, const char *name, struct span id,
                                       struct account *account, struct err *err);

/* For CRAM-MD5 and APOP: the password of a user with {PLAIN}; for all others something that nobody knows. */
int account_password(struct account_list *list, const char *name, struct buf *password, struct err *err);

/* For SCRAM: as it is in the file, or made of {PLAIN}, or made up, always the same for a name. */
int account_scram(struct account_list *list, const char *name, enum sasl_hash hash, struct sasl_scram *scram,
                  struct err *err);

/* ---- making entries */

enum account_scheme { ACCOUNT_CRYPT, ACCOUNT_SCRAM_SHA_256, ACCOUNT_SCRAM_SHA_1, ACCOUNT_PLAIN };

/* By its name in --scheme, in any case: crypt, SCRAM-SHA-256, SCRAM-SHA-1, PLAIN; -1: there is none. */
int account_scheme(const char *name);

/* Adds what stands in a users file for this password.  ERR_DATA: it cannot be one. */
int account_hash(enum account_scheme scheme, struct span password, struct buf *to, struct err *err);

/* The fields of a new user, as they will stand there; NULL: the system's, if it knows that user, or empty. */
struct account_fields {
    const char *uid, *gid, *home, *mail;
};

/*
 * Sets the user's password in the users file, which is replaced as a whole, under a lock, with owner and mode
 * kept, or left as it is.  All his secrets but {RPOP} give way.  A user, or a file, that does not exist is
 * made (0600).
 */
int account_passwd(const char *path, const char *name, const enum account_scheme *schemes, size_t n,
                   struct span password, const struct account_fields *fields, struct err *err);

#endif
