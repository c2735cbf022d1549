#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account/file.h"
#include "account/users.h"
#include "base/io.h"
#include "base/mem.h"
#include "lock/lock.h"
#include "process/identity.h"
#include "process/spawn.h"

enum { LOCK_SECONDS = 10 };

/* ---- the lock: the kernel's on the file itself, which goes when we do */

static bool is_at(int fd, const char *path)
{
    struct stat ours, there;

    return fstat(fd, &ours) == 0 && stat(path, &there) == 0 && ours.st_dev == there.st_dev &&
           ours.st_ino == there.st_ino;
}

/* The file, made where it is missing, and locked; -1. */
static int open_locked(const char *path, struct err *err)
{
    time_t deadline = spawn_deadline(LOCK_SECONDS);

    for (;;) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);

        if (fd < 0)
            return err_set_errno(
                err, ERR_CANTCREAT,
                errno == ENOENT ? "the directory of '%s' has to be made first" : "cannot open '%s'", path);
        if (lock_kernel(fd, deadline, err)) {
            close(fd);
            return -1;
        }
        if (is_at(fd, path)) /* and was not replaced while we waited */
            return fd;
        close(fd);
    }
}

/* ---- a new one in its place */

static int write_new(int fd, struct span text, const struct stat *old, const char *path, struct err *err)
{
    struct stat st;

    if (fstat(fd, &st) ||
        ((st.st_uid != old->st_uid || st.st_gid != old->st_gid) && fchown(fd, old->st_uid, old->st_gid)))
        return err_set_errno(err, ERR_NOPERM, "cannot keep the owner of '%s'", path);
    if (fchmod(fd, old->st_mode & 07777) || io_write(fd, text.p, text.n) || fsync(fd))
        return err_set_errno(err, ERR_CANTCREAT, "cannot write beside '%s'", path);
    return 0;
}

static int sync_directory(const char *path)
{
    char *directory = mem_strndup(path, (size_t)(strrchr(path, '/') - path) + 1);
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result = -1;

    free(directory);
    if (fd >= 0) {
        result = fsync(fd);
        close(fd);
    }
    return result;
}

/* `path` is absolute. */
static int replace(const char *path, struct span text, const struct stat *old, struct err *err)
{
    struct buf name;
    int fd, result;

    buf_init(&name, BUF_UNLIMITED);
    buf_printf(&name, "%s.XXXXXX", path);
    fd = mkostemp(name.p, O_CLOEXEC);
    if (fd < 0)
        result = err_set_errno(err, ERR_CANTCREAT, "cannot make a file beside '%s'", path);
    else {
        result = write_new(fd, text, old, path, err);
        if (close(fd) && result == 0)
            result = err_set_errno(err, ERR_CANTCREAT, "cannot write beside '%s'", path);
        if (result == 0 && (rename(name.p, path) || sync_directory(path)))
            result = err_set_errno(err, ERR_CANTCREAT, "cannot replace '%s'", path);
        if (result)
            unlink(name.p);
    }
    buf_free(&name);
    return result;
}

/* ---- the secrets, and the rest of a new line */

static int make_secrets(const enum account_scheme *schemes, size_t n, struct span password, struct buf *to,
                        struct err *err)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_add_byte(to, ' ');
        if (account_hash(schemes[i], password, to, err))
            return -1;
    }
    return 0;
}

/* Fields of a new user: those that were named, and else, of one who is the system's, as there. */
struct new_fields {
    struct identity identity;
    char uid[16], gid[16];
    struct account_fields fields;
};

static void take_named(const char **field, const char *named)
{
    if (named)
        *field = named;
}

static const struct account_fields *fields_of(const char *name, const struct account_fields *named,
                                              struct new_fields *of)
{
    if (identity_find(&of->identity, name, NULL))
        return named;
    snprintf(of->uid, sizeof of->uid, "%lu", (unsigned long)of->identity.uid);
    snprintf(of->gid, sizeof of->gid, "%lu", (unsigned long)of->identity.gid);
    of->fields = (struct account_fields){of->uid, of->gid, of->identity.home, NULL};
    if (named) {
        take_named(&of->fields.uid, named->uid);
        take_named(&of->fields.gid, named->gid);
        take_named(&of->fields.home, named->home);
        take_named(&of->fields.mail, named->mail);
    }
    return &of->fields;
}

/* The file is read by the descriptor that has the lock: to close another would give it back. */
static int change(int fd, const char *path, const char *name, struct span secrets,
                  const struct account_fields *fields, struct err *err)
{
    struct buf old, new;
    struct stat st;
    int result;

    buf_init(&old, BUF_UNLIMITED);
    buf_init(&new, USERS_FILE_MAX);
    result = file_read_open(fd, path, &old, &st, err);
    if (result == 0)
        result = users_set(buf_span(&old), name, secrets, fields, &new, err);
    if (result == 0)
        result = replace(path, buf_span(&new), &st, err);
    OPENSSL_cleanse(old.p, old.n);
    OPENSSL_cleanse(new.p, new.n);
    buf_free(&old);
    buf_free(&new);
    return result;
}

static bool is_empty(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && st.st_size == 0;
}

static int change_locked(const char *path, const char *name, struct span secrets,
                         const struct account_fields *fields, struct err *err)
{
    struct new_fields of = {.uid = ""};
    bool was_there = access(path, F_OK) == 0;
    int fd = open_locked(path, err), result = -1;
    char *real = fd < 0 ? NULL : realpath(path, NULL); /* a link stays one */

    if (fd >= 0 && !real)
        err_set_errno(err, ERR_TEMP, "cannot find '%s'", path);
    else if (real)
        result = change(fd, real, name, secrets, fields_of(name, fields, &of), err);
    if (result && !was_there && fd >= 0 && is_empty(fd))
        unlink(path);
    identity_free(&of.identity);
    free(real);
    if (fd >= 0)
        close(fd);
    return result;
}

int account_passwd(const char *path, const char *name, const enum account_scheme *schemes, size_t n,
                   struct span password, const struct account_fields *fields, struct err *err)
{
    struct buf secrets;
    int result = -1;

    if (!account_name_ok(span_of(name)))
        return err_set(err, ERR_DATA, "no user can be called '%s'", name);
    buf_init(&secrets, USERS_LINE_MAX);
    if (make_secrets(schemes, n, password, &secrets, err) == 0)
        result = change_locked(path, name, buf_span(&secrets), fields, err);
    OPENSSL_cleanse(secrets.p, secrets.n);
    buf_free(&secrets);
    return result;
}
