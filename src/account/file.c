#include "account/file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <unistd.h>

#include "account/users.h"
#include "base/io.h"
#include "base/mem.h"

enum { PIECE = 1 << 20 };

/* ---- on the disk */

bool file_is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static int judge_file(const char *path, const struct stat *st, struct err *err)
{
    if (!S_ISREG(st->st_mode))
        return err_set(err, ERR_NOPERM, "'%s' is no regular file", path);
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return err_set(err, ERR_NOPERM, "'%s' belongs neither to root nor to us", path);
    if (st->st_mode & (S_IWGRP | S_IWOTH))
        return err_set(err, ERR_NOPERM, "others may write '%s'", path);
    if (st->st_size > USERS_FILE_MAX)
        return err_set(err, ERR_DATA, "'%s' is too large", path);
    return 0;
}

static int read_all(int fd, const char *path, struct buf *text, struct err *err)
{
    ssize_t got;
    char *to;

    while ((to = buf_reserve(text, PIECE)) && (got = io_read(fd, to, PIECE)) > 0)
        buf_commit(text, (size_t)got);
    if (!to)
        return err_set(err, ERR_DATA, "'%s' is too large", path);
    return got < 0 ? err_set_errno(err, ERR_TEMP, "cannot read '%s'", path) : 0;
}

int file_read_open(int fd, const char *path, struct buf *text, struct stat *st, struct err *err)
{
    struct stat after;
    int result;

    text->max = USERS_FILE_MAX + 2 * PIECE; /* is zero-terminated, and has room for a last look */
    if (fstat(fd, st))
        return err_set_errno(err, ERR_TEMP, "cannot look at '%s'", path);
    result = judge_file(path, st, err);
    if (result == 0)
        result = read_all(fd, path, text, err);
    if (result == 0 && (fstat(fd, &after) || !file_is_same(st, &after))) {
        errno = EAGAIN;
        result = err_set_errno(err, ERR_TEMP, "'%s' changes while it is read", path);
    }
    if (result) {
        OPENSSL_cleanse(text->p, text->n);
        buf_free(text);
    }
    return result;
}

static int read_file(const char *path, struct buf *text, struct stat *st, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), result;

    if (fd < 0)
        return err_set_errno(err, errno == ENOENT ? ERR_NOINPUT : ERR_NOPERM, "cannot open '%s'", path);
    result = file_read_open(fd, path, text, st, err);
    close(fd);
    return result;
}

int file_read(const char *path, struct buf *text, struct stat *st, struct err *err)
{
    struct err why = {.errnum = EAGAIN};

    for (int tries = 0; tries < 5 && why.errnum == EAGAIN; tries++) {
        why.errnum = 0;
        if (read_file(path, text, st, &why) == 0)
            return 0;
    }
    if (err)
        *err = why;
    return -1;
}

/* ---- as a source */

struct source {
    char *path;
    struct account_teller teller;
    struct users *users; /* NULL: not read */
    struct stat st;      /* of what was read */
};

/* What a time tells is coarse: a file that has just been written is read again until that is past. */
static bool is_settled(const struct stat *st)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec - st->st_ctim.tv_sec > 2 || now.tv_sec < st->st_ctim.tv_sec;
}

static void drop(struct source *source)
{
    users_free(source->users);
    source->users = NULL;
}

/* What says the same as before is told of no second time. */
static void take(struct source *source, struct buf *text)
{
    if (source->users && span_eq(buf_span(text), buf_span(&source->users->text))) {
        OPENSSL_cleanse(text->p, text->n);
        buf_free(text);
        return;
    }
    drop(source);
    source->users = users_read(text, source->path, source->teller.tell ? &source->teller : NULL);
}

static int refresh(struct source *source, struct err *err)
{
    struct stat st;
    struct buf text;

    if (source->users && stat(source->path, &st) == 0 && file_is_same(&st, &source->st) && is_settled(&st))
        return 0;
    buf_init(&text, 0);
    if (file_read(source->path, &text, &source->st, err)) {
        drop(source);
        return -1;
    }
    take(source, &text);
    return 0;
}

static enum account_answer give(const struct source *source, const struct user *user, struct account *account,
                                struct err *err)
{
    const char *fault = users_account(user, account);

    if (!fault)
        return ACCOUNT_YES;
    err_set(err, ERR_TEMP, "%s:%u: %s", source->path, user->line, fault);
    return ACCOUNT_LATER;
}

static enum account_answer find(void *ctx, const char *name, struct account *account, struct err *err)
{
    struct source *source = ctx;
    const struct user *user;

    if (refresh(source, err))
        return ACCOUNT_LATER;
    user = users_find(source->users, name);
    return user ? give(source, user, account, err) : ACCOUNT_UNKNOWN;
}

static enum account_answer check(void *ctx, const char *name, struct span password, struct account *account,
                                 struct err *err)
{
    struct source *source = ctx;
    const struct user *user;

    if (refresh(source, err))
        return ACCOUNT_LATER;
    user = users_find(source->users, name);
    if (users_check(source->users, user, password))
        return give(source, user, account, err);
    return user ? ACCOUNT_NO : ACCOUNT_UNKNOWN;
}

static void add_habits(const struct account_habits *from, struct account_habits *to)
{
    for (int hash = SASL_SHA1; hash <= SASL_SHA256; hash++) {
        if (!to->iterations[hash]) {
            to->iterations[hash] = from->iterations[hash];
            to->salt[hash] = from->salt[hash];
        }
        to->derives[hash] = to->derives[hash] || from->derives[hash];
    }
}

static enum account_answer secrets(void *ctx, const char *name, struct account_secrets *to,
                                   struct account_habits *habits, struct err *err)
{
    struct source *source = ctx;
    const struct user *user;
    struct secrets his;

    if (refresh(source, err))
        return ACCOUNT_LATER;
    add_habits(&source->users->habits, habits);
    user = users_find(source->users, name);
    if (!user)
        return ACCOUNT_UNKNOWN;
    secrets_read(user->secrets, &his);
    if (his.of[SECRET_LOCKED].p)
        return ACCOUNT_NO;
    secrets_plain(&his, &to->plain);
    buf_add_span(&to->rpop, his.of[SECRET_RPOP]);
    for (int hash = SASL_SHA1; hash <= SASL_SHA256; hash++)
        secrets_scram(&his, hash, &to->scram[hash]);
    return ACCOUNT_YES;
}

static void free_source(void *ctx)
{
    struct source *source = ctx;

    users_free(source->users);
    free(source->path);
    free(source);
}

static const struct account_source_ops ops = {find, check, secrets, free_source};

struct account_source account_file(const char *path, const struct account_teller *teller)
{
    struct source *source = mem_alloc(sizeof *source);

    source->path = mem_strdup(path);
    if (teller)
        source->teller = *teller;
    return (struct account_source){&ops, source};
}
