#include "recipe/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { FILE_MAX = 1 << 28 }; /* bytes; what is larger is no rc file */

static bool file_is_suspicious(const struct stat *st, enum trust_origin origin, uid_t uid, gid_t gid)
{
    if (st->st_uid != uid && st->st_uid != 0)
        return true;
    if (st->st_mode & S_IWOTH)
        return true;
    return origin == TRUST_DEFAULT && (st->st_mode & S_IWGRP) && st->st_gid != gid;
}

static bool may_put_files(mode_t mode, mode_t bits)
{
    return (mode & bits) == bits;
}

/* What counts is who can put a file of that name there in place of ours. */
static bool directory_is_suspicious(const char *path, enum trust_origin origin, gid_t gid)
{
    const char *slash = strrchr(path, '/');
    char *directory = slash ? mem_strndup(path, (size_t)(slash - path) + 1) : mem_strdup(".");
    struct stat st;
    bool suspicious;

    suspicious = stat(directory, &st) ||
                 (!(st.st_mode & S_ISVTX) &&
                  (may_put_files(st.st_mode, S_IWOTH | S_IXOTH) ||
                   (origin == TRUST_DEFAULT && may_put_files(st.st_mode, S_IWGRP | S_IXGRP) && st.st_gid != gid)));
    free(directory);
    return suspicious;
}

static bool is_suspicious(const char *path, const struct stat *st, enum trust_origin origin, uid_t uid,
                          gid_t gid)
{
    if (origin == TRUST_CURRENT || origin == TRUST_INCLUDE)
        return false;
    if (strcmp(path, "/dev/null") && file_is_suspicious(st, origin, uid, gid))
        return true;
    return directory_is_suspicious(path, origin, gid);
}

/* /dev/null, and a directory, are rc files in which nothing stands. */
static bool reads_as_empty(const char *path, const struct stat *st)
{
    return S_ISDIR(st->st_mode) || !strcmp(path, "/dev/null");
}

static int read_all(int fd, struct buf *text)
{
    for (;;) {
        char *to = buf_reserve(text, 8192);
        ssize_t got;

        if (!to || text->n > FILE_MAX)
            return -1;
        got = read(fd, to, 8192);
        if (got == 0)
            return 0;
        if (got > 0)
            buf_commit(text, (size_t)got);
        else if (errno != EINTR)
            return -1;
    }
}

enum trust_verdict trust_read(const char *path, enum trust_origin origin, uid_t uid, gid_t gid,
                              struct buf *text)
{
    enum trust_verdict verdict = TRUST_UNREADABLE;
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); /* a FIFO must not hold up mail */

    if (fd < 0)
        return verdict;
    if (fstat(fd, &st))
        goto out;
    if (st.st_size > FILE_MAX)
        goto out;
    if (!S_ISREG(st.st_mode) && !(origin != TRUST_INCLUDE && reads_as_empty(path, &st)))
        goto out;
    if (is_suspicious(path, &st, origin, uid, gid)) {
        verdict = TRUST_SUSPICIOUS;
        goto out;
    }
    if (origin == TRUST_INCLUDE && st.st_size == 0) {
        verdict = TRUST_EMPTY;
        goto out;
    }
    if (!S_ISREG(st.st_mode) || read_all(fd, text) == 0)
        verdict = TRUST_OK;
out:
    close(fd);
    return verdict;
}
