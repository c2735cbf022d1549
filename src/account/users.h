/*
 * A users file in memory, mailweir-users(5): user:password:uid:gid:home:mail.
 */
#ifndef MAILWEIR_ACCOUNT_USERS_H
#define MAILWEIR_ACCOUNT_USERS_H

#include "account/secret.h"

enum {
    USERS_LINE_MAX = 4096,
    USERS_FILE_MAX = 64 << 20,
    USERS_WORK_MAX = 8 /* kinds of work that are made equal; a file has one, or two while passwords change */
};

struct user {
    struct span name, secrets, home, mail;
    uid_t uid;
    gid_t gid;
    unsigned line;
};

struct users {
    struct buf text;   /* what the spans are parts of */
    struct user *user; /* by name; the first line of a name counts */
    size_t n;
    struct secret_work work[USERS_WORK_MAX];
    size_t works;
    struct account_habits habits;
};

/* Takes the text, and tells of each line that is faulty (teller may be NULL). */
struct users *users_read(struct buf *text, const char *path, const struct account_teller *teller);
void users_free(struct users *users); /* NULL is fine */

/* NULL: nobody has that name. */
const struct user *users_find(const struct users *users, const char *name);

/* NULL, or what is wrong with home and mail.  The account is the caller's. */
const char *users_account(const struct user *user, struct account *account);

/* Is that the password?  user may be NULL.  All that is not right takes the same work. */
bool users_check(const struct users *users, const struct user *user, struct span password);

/* ---- changing the text */

/*
 * The text with other secrets for that user, and his {RPOP} kept, all other lines as they are; in a new line
 * at the end when there is no line of that name.  -1, ERR_DATA: more than a line, or a file, holds.
 */
int users_set(struct span text, const char *name, struct span secrets, const struct account_fields *fields,
              struct buf *to, struct err *err);

#endif
