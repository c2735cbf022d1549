/* One lock file: made, told from others', removed. */
#include <errno.h>
#include <fcntl.h>
#include <lockfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"
#include "lock/lock-private.h"
#include "process/undo.h"

enum {
    SAFE_FOR = 300, /* seconds in which nobody takes a lock for abandoned: liblockfile's limit */
};

void lock_say(const struct lock_listener *listener, enum lock_event event, const char *path)
{
    if (listener && listener->say)
        listener->say(listener->ctx, event, path);
}

struct lock *lock_new(const char *path)
{
    struct lock *lock = mem_alloc(sizeof *lock);
    char *slash;

    lock->path = mem_strdup(path);
    slash = strrchr(lock->path, '/');
    lock->base = slash ? slash + 1 : lock->path;
    lock->dir = lock->fd = -1;
    return lock;
}

void lock_free(struct lock *lock)
{
    undo_forget(lock->undo);
    if (lock->dir >= 0)
        close(lock->dir);
    if (lock->fd >= 0)
        close(lock->fd);
    free(lock->path);
    free(lock);
}

const char *lock_path(const struct lock *lock)
{
    return lock->path;
}

void lock_disown(struct lock *lock)
{
    if (lock)
        lock_free(lock);
}

char *lock_directory(const struct lock *lock)
{
    if (lock->base == lock->path)
        return mem_strdup(".");
    if (lock->base == lock->path + 1)
        return mem_strdup("/");
    return mem_strndup(lock->path, (size_t)(lock->base - lock->path - 1));
}

static int open_directory(const struct lock *lock)
{
#ifdef O_PATH /* a directory that can be entered need not be readable */
    const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
#else
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
#endif
    char *name = lock_directory(lock);
    int dir = open(name, flags);

    free(name);
    return dir;
}

/* In the mail spool nothing but liblockfile's helper may remove it. */
int lock_remove(const struct lock *lock)
{
    int result = lock->dir >= 0 ? unlinkat(lock->dir, lock->base, 0) : unlink(lock->path);

    if (result < 0 && (errno == EACCES || errno == EPERM))
        result = lockfile_remove(lock->path);
    return result;
}

int lock_break(const char *path)
{
    struct lock *lock = lock_new(path);
    int result = lock_remove(lock);

    lock_free(lock);
    return result;
}

/* Somebody may have taken it for abandoned and have made his own since.  Where it cannot be looked
 * at, it is ours for as long as nobody may do so: left behind, it would stop others' mail. */
static bool is_still_ours(const struct lock *lock)
{
    struct stat st;
    int result =
        lock->dir >= 0 ? fstatat(lock->dir, lock->base, &st, AT_SYMLINK_NOFOLLOW) : lstat(lock->path, &st);

    if (result == 0 && lock->ino)
        return st.st_dev == lock->dev && st.st_ino == lock->ino;
    return (result == 0 || errno != ENOENT) && time(NULL) - lock->taken < SAFE_FOR;
}

static void undo_lock(void *ctx)
{
    struct lock *lock = ctx;

    lock->undo = NULL;
    if (is_still_ours(lock))
        lock_remove(lock);
}

/* The lock is this file. */
static void take(struct lock *lock, int fd, const struct stat *st)
{
    lock->taken = time(NULL);
    lock->fd = fd;
    lock->dev = st->st_dev;
    lock->ino = st->st_ino;
    lock->dir = open_directory(lock);
    lock->undo = undo_add(undo_lock, lock);
}

void lock_release(struct lock *lock, const struct lock_listener *listener)
{
    if (!lock)
        return;
    lock_say(listener, LOCK_RELEASING, lock->path);
    if (!is_still_ours(lock) || lock_remove(lock) < 0)
        lock_say(listener, LOCK_RELEASE_FAILED, lock->path);
    lock_free(lock);
}

/* A name beside the lock that nobody else uses; to be freed. */
static char *name_beside(const struct lock *lock)
{
    char *directory = lock_directory(lock);
    struct buf name;

    buf_init(&name, BUF_UNLIMITED);
    buf_printf(&name, "%s/_mailweir.%ld", directory, (long)getpid());
    free(directory);
    return buf_take(&name);
}

time_t lock_time_there(const struct lock *lock)
{
    char *name = name_beside(lock);
    struct stat st = {.st_mtime = 0};
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd >= 0) {
        if (fstat(fd, &st) < 0)
            st.st_mtime = 0;
        unlink(name);
        close(fd);
    }
    free(name);
    return st.st_mtime ? st.st_mtime : time(NULL);
}

static bool is_file(const char *path, const struct stat *which)
{
    struct stat st;

    return lstat(path, &st) == 0 && st.st_dev == which->st_dev && st.st_ino == which->st_ino &&
           st.st_mtime == which->st_mtime;
}

/* Between a look and unlink(2) another may force it and make his own; what was renamed stays what it is. */
static int remove_aside(const struct lock *lock, const char *aside, const struct stat *stale)
{
    if (rename(lock->path, aside) < 0)
        return -1;
    if (is_file(aside, stale))
        return unlink(aside);
    if (link(aside, lock->path) == 0 || errno == EEXIST) /* his, and he is to have it */
        unlink(aside);
    errno = EAGAIN;
    return -1;
}

int lock_force(const struct lock *lock, const struct stat *stale)
{
    char *aside;
    int result;

    errno = S_ISDIR(stale->st_mode) ? EISDIR : EAGAIN;
    if (errno == EISDIR || !is_file(lock->path, stale))
        return -1;
    aside = name_beside(lock);
    result = remove_aside(lock, aside, stale);
    if (result < 0 && (errno == EACCES || errno == EPERM)) /* as in lock_remove() */
        result = lockfile_remove(lock->path);
    free(aside);
    return result;
}

/* Why no file can be made there.  liblockfile's errno may be that of its look for a mailbox of
 * the same name. */
static int why_not_made(const struct lock *lock, int errnum)
{
    char *directory = lock_directory(lock);
    struct stat st;

    if (stat(directory, &st) < 0 || faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) < 0)
        errnum = errno;
    else if (!S_ISDIR(st.st_mode))
        errnum = ENOTDIR;
    free(directory);
    return errnum;
}

/* Ours under a name that nobody else uses: the byte `0`, mode 0444 & ~umask, as procmail's. */
static int make_beside(const char *name, struct stat *st)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444), saved;

    if (fd < 0 && errno == EEXIST && unlink(name) == 0) /* left behind by one that was killed */
        fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    if (fd < 0 || (io_write(fd, "0", 1) == 0 && fstat(fd, st) == 0))
        return fd;
    saved = errno;
    unlink(name);
    close(fd);
    errno = saved;
    return -1;
}

/* link(2) makes it, whole, or not at all.  Over NFS it may have done so when it says that it has not: then the
 * inode tells. */
static int link_there(const struct lock *lock, const char *name, const struct stat *ours)
{
    struct stat there;
    int errnum;

    if (link(name, lock->path) == 0)
        return 0;
    errnum = errno;
    if (lstat(lock->path, &there) < 0)
        return errnum == EEXIST ? EAGAIN : errnum;
    return there.st_dev == ours->st_dev && there.st_ino == ours->st_ino ? 0 : EAGAIN;
}

static int make_by_link(struct lock *lock)
{
    char *name = name_beside(lock);
    struct stat st;
    int fd = make_beside(name, &st), errnum = fd < 0 ? errno : link_there(lock, name, &st);

    if (fd >= 0)
        unlink(name);
    if (fd >= 0 && errnum)
        close(fd);
    if (!errnum)
        take(lock, fd, &st);
    free(name);
    return errnum;
}

/* liblockfile's helper writes its process id, mode 0644 & ~umask. */
static void put_right(int fd, const struct stat *st)
{
    if (!S_ISREG(st->st_mode) || st->st_uid != geteuid() || st->st_nlink != 1)
        return; /* another's by now */
    if (pwrite(fd, "0", 1, 0) != 1 || ftruncate(fd, 1) < 0 || fchmod(fd, st->st_mode & 0444) < 0) {
        /* a lock it is all the same */
    }
}

/* In the mail spool it may make one where we may not. */
static int make_by_helper(struct lock *lock)
{
    struct stat st = {.st_ino = 0};
    int fd, result = lockfile_create(lock->path, 0, 0);

    if (result != L_SUCCESS)
        return result == L_MAXTRYS ? EAGAIN : EACCES; /* another was quicker, or it may not either */
    fd = open(lock->path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &st) == 0)
        put_right(fd, &st);
    else if (lstat(lock->path, &st) < 0)
        st.st_ino = 0;
    take(lock, fd, &st);
    return 0;
}

int lock_make(struct lock *lock)
{
    int errnum = make_by_link(lock);

    if (errnum == EACCES)
        errnum = make_by_helper(lock);
    return errnum && errnum != EAGAIN ? why_not_made(lock, errnum) : errnum;
}

bool lock_shorten(struct lock *lock, const struct lock_listener *listener)
{
    size_t n = strlen(lock->base);

    if (n < 2) {
        errno = ENAMETOOLONG;
        return false;
    }
    lock_say(listener, LOCK_TRUNCATING, lock->path);
    lock->base[n - 1] = '\0';
    return true;
}

unsigned lock_seconds(long n)
{
    return n < 0 ? 0 : n > 1000000 ? 1000000 : (unsigned)n;
}
