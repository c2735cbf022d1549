#include "tools/mailweird-state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"

#define DIRECTORY LOCALSTATEDIR "/lib/mailweir"

/* ---- the secret */

/* What stands above it is anybody's to read, as it always is. */
static void make_parents(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0755); /* where that fails, what comes next does, and tells */
        *slash = '/';
    }
}

/* Of several, the first. */
static int add_directory(struct buf *path, struct err *err)
{
    const char *given = getenv("STATE_DIRECTORY"), *home = getenv("HOME");

    if (given && *given == '/')
        buf_add(path, given, strcspn(given, ":"));
    else if (geteuid() == 0)
        buf_add_text(path, DIRECTORY);
    else if (home && *home == '/')
        buf_printf(path, "%s/.mailweir", home);
    else
        return err_set(err, ERR_OSERR, "there is no home for a secret");
    make_parents(path->p);
    if (mkdir(path->p, 0700) < 0 && errno != EEXIST)
        return err_set_errno(err, ERR_OSERR, "cannot make '%s'", path->p);
    return 0;
}

/* 1: there is none. */
static int read_secret(const char *path, unsigned char secret[STATE_SECRET], struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    int result = 0;

    if (fd < 0)
        return errno == ENOENT ? 1 : err_set_errno(err, ERR_OSERR, "cannot open '%s'", path);
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 077)
        result = err_set(err, ERR_OSERR, "'%s' is not ours alone", path);
    else if (st.st_size != STATE_SECRET || io_read(fd, (char *)secret, STATE_SECRET) != STATE_SECRET)
        result = err_set(err, ERR_OSERR, "'%s' has not %d bytes", path, STATE_SECRET);
    close(fd);
    return result;
}

/* Under a name of its own first: nobody reads half of it. */
static int make_secret(const char *path, struct err *err)
{
    unsigned char secret[STATE_SECRET];
    struct buf draft;
    int fd, result = -1;

    if (getrandom(secret, sizeof secret, 0) != (ssize_t)sizeof secret)
        return err_set_errno(err, ERR_OSERR, "there is no randomness");
    buf_init(&draft, BUF_UNLIMITED);
    buf_printf(&draft, "%s.%ld", path, (long)getpid());
    unlink(draft.p);
    fd = open(draft.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && io_write(fd, (const char *)secret, sizeof secret) == 0 && fsync(fd) == 0 &&
        (link(draft.p, path) == 0 || errno == EEXIST))
        result = 0;
    else
        err_set_errno(err, ERR_OSERR, "cannot make '%s'", path);
    if (fd >= 0)
        close(fd);
    unlink(draft.p);
    buf_free(&draft);
    explicit_bzero(secret, sizeof secret);
    return result;
}

int state_secret(unsigned char secret[STATE_SECRET], struct err *err)
{
    struct buf path;
    int result = -1;

    buf_init(&path, BUF_UNLIMITED);
    if (add_directory(&path, err) == 0) {
        buf_add_text(&path, "/secret");
        result = read_secret(path.p, secret, err);
        if (result == 1 && make_secret(path.p, err) < 0)
            result = -1;
        if (result == 1)
            result = read_secret(path.p, secret, err);
    }
    buf_free(&path);
    return result == 0 ? 0 : -1;
}

/* ---- nothing */

static bool is_empty(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    bool empty = dir != NULL;

    while (empty && (entry = readdir(dir)))
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (dir)
        closedir(dir);
    return empty;
}

int state_empty_directory(const char *path, struct err *err)
{
    struct stat st;

    if (mkdir(path, 0555) < 0 && errno != EEXIST)
        return err_set_errno(err, ERR_CANTCREAT, "cannot make '%s'", path);
    if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode) || st.st_uid != 0 || st.st_mode & 022)
        return err_set(err, ERR_CANTCREAT, "'%s' is no directory of root's alone", path);
    if (!is_empty(path))
        return err_set(err, ERR_CANTCREAT, "'%s' is not empty", path);
    return 0;
}
