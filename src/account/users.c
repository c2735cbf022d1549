#include "account/users.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account/location.h"
#include "account/scram.h"
#include "base/mem.h"

/* ---- one line */

enum { NAME, SECRETS, UID, GID, HOME, MAIL, FIELDS };

/* Fields that are left out at the end are empty. */
static void split(struct span line, struct span field[FIELDS])
{
    int n = 0;

    for (int i = 0; i < FIELDS; i++)
        field[i] = span_make("", 0);
    for (;; n++) {
        const char *colon = span_find_byte(line, ':');

        if (n == MAIL) /* has a colon of its own */
            colon = NULL;
        field[n] = span_make(line.p, colon ? (size_t)(colon - line.p) : line.n);
        if (!colon)
            return;
        line = span_from(line, field[n].n + 1);
    }
}

/* An id in digits; where it is empty, ours, unless that is root's.  -1 and -2 are nobody's. */
static const char *read_id(struct span text, unsigned ours, unsigned *id)
{
    uint64_t n;

    *id = ours;
    if (text.n == 0)
        return ours ? NULL : "no uid or gid, and the server is root";
    if (!span_number(text, UINT64_MAX, &n))
        return "a uid or gid that is no number";
    *id = (unsigned)n;
    return n == 0 ? "root as the uid or gid" : n >= UINT32_MAX - 1 ? "a uid or gid that is too large" : NULL;
}

const char *users_account(const struct user *user, struct account *account)
{
    const char *fault;

    *account =
        (struct account){.name = mem_strndup(user->name.p, user->name.n), .uid = user->uid, .gid = user->gid};
    fault = location_home(account, user->home, true);
    if (!fault)
        fault = location_mail(account, user->mail);
    if (fault)
        account_free(account);
    return fault;
}

static const char *read_user(struct span line, struct user *user, struct secrets *secrets)
{
    struct span field[FIELDS];
    struct account account;
    const char *fault;

    split(line, field);
    if (!account_name_ok(field[NAME]))
        return "a name that no user can have";
    user->name = field[NAME];
    user->secrets = field[SECRETS];
    user->home = field[HOME];
    user->mail = field[MAIL];
    if ((fault = secrets_read(field[SECRETS], secrets)) ||
        (fault = read_id(field[UID], geteuid(), &user->uid)) ||
        (fault = read_id(field[GID], getegid(), &user->gid)) || (fault = users_account(user, &account)))
        return fault;
    account_free(&account);
    return NULL;
}

/* ---- what is usual */

static void note_work(struct users *users, const struct secrets *secrets)
{
    for (enum secret_kind kind = 0; kind < SECRET_KINDS; kind++) {
        struct secret_work work;
        size_t i = 0;

        if (!secret_work_of(secrets, kind, &work))
            continue;
        while (i < users->works && !secret_work_eq(&users->work[i], &work))
            i++;
        if (i == users->works && i < USERS_WORK_MAX)
            users->work[users->works++] = work;
    }
}

/* What the first user with keys has is what is usual. */
static void note_habits(struct account_habits *habits, const struct secrets *secrets)
{
    bool plain = secrets->of[SECRET_PLAIN].p || secrets->of[SECRET_PLAIN_B64].p;

    for (enum sasl_hash hash = SASL_SHA1; hash <= SASL_SHA256; hash++) {
        struct sasl_scram scram;

        if (!secrets_scram(secrets, hash, &scram))
            habits->derives[hash] = habits->derives[hash] || plain;
        else if (!habits->iterations[hash]) {
            habits->iterations[hash] = scram.iterations;
            habits->salt[hash] = scram_salt_size(&scram);
        }
    }
}

/* ---- the file */

static struct span take_line(struct span *rest)
{
    const char *end = span_find_byte(*rest, '\n');
    struct span line = {rest->p, end ? (size_t)(end - rest->p) : rest->n};

    *rest = span_from(*rest, line.n + (end != NULL));
    return line;
}

static bool is_comment(struct span line)
{
    line = span_skip_blanks(line);
    return line.n == 0 || *line.p == '#';
}

static void take_user(struct users *users, struct span line, unsigned number, const char *path,
                      const struct account_teller *teller)
{
    struct user user = {.line = number};
    struct secrets secrets;
    const char *fault =
        line.n > USERS_LINE_MAX ? "a line that is too long" : read_user(line, &user, &secrets);

    if (fault) {
        if (teller)
            teller->tell(teller->ctx, path, number, fault);
        return;
    }
    if ((users->n & (users->n + 1)) == 0) /* doubles */
        users->user = mem_realloc(users->user, 2 * (users->n + 1) * sizeof *users->user);
    users->user[users->n++] = user;
    note_work(users, &secrets);
    note_habits(&users->habits, &secrets);
}

static int by_name(struct span a, struct span b)
{
    int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int by_name_and_line(const void *left, const void *right)
{
    const struct user *a = left, *b = right;
    int order = by_name(a->name, b->name);

    return order ? order : (a->line > b->line) - (a->line < b->line);
}

static void sort(struct users *users, const char *path, const struct account_teller *teller)
{
    size_t kept = 0;

    if (users->n)
        qsort(users->user, users->n, sizeof *users->user, by_name_and_line);
    for (size_t i = 0; i < users->n; i++) {
        if (kept == 0 || by_name(users->user[kept - 1].name, users->user[i].name))
            users->user[kept++] = users->user[i];
        else if (teller)
            teller->tell(teller->ctx, path, users->user[i].line, "a second line for a user");
    }
    users->n = kept;
}

struct users *users_read(struct buf *text, const char *path, const struct account_teller *teller)
{
    struct users *users = mem_alloc(sizeof *users);
    struct span rest;
    unsigned number = 0;

    users->text = *text;
    buf_init(text, text->max);
    for (rest = buf_span(&users->text); rest.n;) {
        struct span line = take_line(&rest);

        number++;
        if (!is_comment(line))
            take_user(users, line, number, path, teller);
    }
    sort(users, path, teller);
    return users;
}

void users_free(struct users *users)
{
    if (!users)
        return;
    OPENSSL_cleanse(users->text.p, users->text.n);
    buf_free(&users->text);
    free(users->user);
    free(users);
}

static int by_key(const void *key, const void *entry)
{
    return by_name(span_of(key), ((const struct user *)entry)->name);
}

const struct user *users_find(const struct users *users, const char *name)
{
    return users->n ? bsearch(name, users->user, users->n, sizeof *users->user, by_key) : NULL;
}

/* ---- checking */

/* What others' passwords would have taken, unless his did. */
static void work_as_for_others(const struct users *users, const struct secrets *his, struct span password)
{
    for (size_t i = 0; i < users->works; i++) {
        struct secret_work work;

        if (!secret_work_of(his, users->work[i].kind, &work) || !secret_work_eq(&work, &users->work[i]))
            secret_verify(users->work[i].kind, users->work[i].sample, password);
    }
}

bool users_check(const struct users *users, const struct user *user, struct span password)
{
    struct secrets secrets = {0};
    bool right = false;

    if (user)
        secrets_read(user->secrets, &secrets);
    for (enum secret_kind kind = 0; kind < SECRET_KINDS; kind++) {
        if (secrets.of[kind].p)
            right |= secret_verify(kind, secrets.of[kind], password);
    }
    right = right && !secrets.of[SECRET_LOCKED].p && password.n;
    if (!right)
        work_as_for_others(users, &secrets, password);
    return right;
}
