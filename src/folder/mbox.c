#include "folder/folder-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "lock/lock.h"

enum { MOST_OPENINGS = 10 }; /* the file may be replaced while we wait for its lock */

struct mbox {
    const char *path;
    const struct folder_append *append;
    int fd;
    bool created;  /* there was none before */
    bool readable; /* its end can be looked at */
    bool locked;
    bool contended; /* another has it locked, for too long */
    struct stat st; /* as it is under the lock: st_size is where we begin */
};

/* ---- opening */

static bool is_pipe(const struct stat *st)
{
    return S_ISFIFO(st->st_mode) || S_ISSOCK(st->st_mode);
}

/* Closing any other descriptor of the file would give our kernel lock back: so this one must do
 * for reading its end as well. */
static int open_file(struct mbox *mbox, bool ordinary)
{
    const int flags = O_APPEND | O_CREAT | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;

    mbox->readable = ordinary;
    mbox->fd = open(mbox->path, flags | (ordinary ? O_RDWR : O_WRONLY), 0667);
    if (mbox->fd < 0 && ordinary && errno == EACCES) {
        mbox->readable = false;
        mbox->fd = open(mbox->path, flags | O_WRONLY, 0667);
    }
    return mbox->fd;
}

/* A FIFO would wait for a reader, without end: it is no folder. */
static int mbox_open(struct mbox *mbox)
{
    bool exists = stat(mbox->path, &mbox->st) == 0;

    if (exists && is_pipe(&mbox->st)) {
        errno = ENXIO;
        return -1;
    }
    if (open_file(mbox, !exists || S_ISREG(mbox->st.st_mode)) < 0)
        return -1;
    mbox->created = !exists;
    if (fstat(mbox->fd, &mbox->st) < 0)
        return -1;
    if (is_pipe(&mbox->st)) {
        errno = ENXIO;
        return -1;
    }
    if (!S_ISREG(mbox->st.st_mode))
        fcntl(mbox->fd, F_SETFL, O_APPEND);
    return 0;
}

static void mbox_close(struct mbox *mbox)
{
    if (mbox->fd >= 0)
        close(mbox->fd);
    mbox->fd = -1;
}

/* Is what we have open still what the path names? */
static bool is_current(const struct mbox *mbox)
{
    struct stat st;

    return stat(mbox->path, &st) == 0 && st.st_dev == mbox->st.st_dev && st.st_ino == mbox->st.st_ino;
}

/* 3.22 delivers without the lock where there are none, and after TIMEOUT. */
static int mbox_lock(struct mbox *mbox, struct err *err)
{
    const struct folder_append *append = mbox->append;
    struct err why;

    if (lock_kernel(mbox->fd, append->kernel_lock_deadline, &why) == 0) {
        mbox->locked = true;
    } else if (why.errnum == EINTR) {
        if (err)
            *err = why;
        return -1;
    } else if (why.errnum == ETIMEDOUT) {
        mbox->contended = true;
        folder_say(append, FOLDER_KERNEL_LOCK_TIMEOUT, mbox->path);
    } else {
        folder_say(append, FOLDER_KERNEL_LOCK_FAILED, "");
    }
    if (fstat(mbox->fd, &mbox->st) < 0)
        return folder_write_failed(append, mbox->path, err);
    return 0;
}

/* Open, locked, and still the file of that name. */
static int mbox_get(struct mbox *mbox, struct err *err)
{
    for (int i = 0; i < MOST_OPENINGS; i++) {
        if (mbox_open(mbox) < 0)
            return folder_write_failed(mbox->append, mbox->path, err);
        if (i == 0)
            folder_say(mbox->append, FOLDER_KERNEL_LOCKING, "");
        if (mbox_lock(mbox, err) < 0)
            return -1;
        if (!S_ISREG(mbox->st.st_mode) || is_current(mbox))
            return 0;
        mbox_close(mbox);
    }
    errno = EBUSY;
    return folder_write_failed(mbox->append, mbox->path, err);
}

/* ---- writing */

/* What must go before our From_ line, so that a message whose end is missing (its writer died)
 * cannot swallow it.  Nothing in a file that ends in an empty line, as all do that we wrote.
 * -1 with errno where the end cannot be read: then it is no good place for more mail. */
static int what_is_missing(const struct mbox *mbox, const char **missing)
{
    char last[2] = {'\n', '\n'};
    off_t size = mbox->st.st_size;
    size_t n = size < 2 ? (size_t)size : 2;
    ssize_t got;

    *missing = "";

    if (!S_ISREG(mbox->st.st_mode) || !mbox->readable || size == 0 || mbox->append->raw ||
        !text_begins_message(mbox->append, FOLDER_MBOX))
        return 0;
    got = io_pread(mbox->fd, last + 2 - n, n, size - (off_t)n);
    if (got < 0)
        return -1;
    if (got != (ssize_t)n || last[1] != '\n')
        *missing = "\n\n";
    else if (last[0] != '\n')
        *missing = "\n";
    return 0;
}

static void mark(const struct mbox *mbox)
{
    if (!mbox->created && S_ISREG(mbox->st.st_mode) && !(mbox->st.st_mode & S_IXOTH) && mark_permitted() &&
        fchmod(mbox->fd, (mbox->st.st_mode & 07777) | S_IXOTH) < 0) {
        /* somebody else's file: then there is no mark */
    }
}

/* The new file's directory may not be the path's: the path may be a link to where nothing was. */
static int sync_new_file(const struct mbox *mbox)
{
    char *real = realpath(mbox->path, NULL);
    int result = sync_parent(real ? real : mbox->path, mbox->fd);

    free(real);
    return result;
}

static int mbox_sync(const struct mbox *mbox)
{
    if (!S_ISREG(mbox->st.st_mode))
        return 0;
    if (fsync(mbox->fd) < 0)
        return -1;
    return mbox->created ? sync_new_file(mbox) : 0;
}

/* Back to where we began; not where another is at work, who may have written behind us. */
static void mbox_cut_back(struct mbox *mbox)
{
    if (!S_ISREG(mbox->st.st_mode) || mbox->contended)
        return;
    if (ftruncate(mbox->fd, mbox->st.st_size) == 0)
        folder_say(mbox->append, FOLDER_TRUNCATED, "");
    if (mbox->created && mbox->locked && mbox->st.st_size == 0 && is_current(mbox))
        unlink(mbox->path);
    else
        fsync(mbox->fd);
}

static int mbox_fail(struct mbox *mbox, struct err *err)
{
    if (!S_ISREG(mbox->st.st_mode)) { /* 3.22 has lost errno by then */
        err_set_errno(err, ERR_CANTCREAT, "cannot write '%s'", mbox->path);
        folder_say(mbox->append, FOLDER_WRITE_FAILED, mbox->path);
        return -1;
    }
    folder_write_failed(mbox->append, mbox->path, err);
    mbox_cut_back(mbox);
    return -1;
}

static int mbox_write(struct mbox *mbox, size_t *written, struct err *err)
{
    const struct folder_append *append = mbox->append;
    const char *missing;

    if (what_is_missing(mbox, &missing) < 0 && !append->ignore_errors)
        return mbox_fail(mbox, err);
    if (append->offset)
        *append->offset = (size_t)mbox->st.st_size + strlen(missing);
    switch (text_write(mbox->fd, missing, append, FOLDER_MBOX, written, err)) {
    case TEXT_UNREADABLE:
        mbox_cut_back(mbox);
        return -1;
    case TEXT_DONE:
        if (mbox_sync(mbox) == 0)
            return 0;
        break;
    case TEXT_UNWRITTEN:
        break;
    }
    *written = text_plain_size(append, FOLDER_MBOX);
    return append->ignore_errors ? 0 : mbox_fail(mbox, err);
}

/* Gives the lock back.  What close(2) says of a file that is synced comes too late to matter: the
 * message is there. */
static int mbox_finish(struct mbox *mbox, struct err *err)
{
    int fd = mbox->fd;

    if (mbox->locked && lock_kernel_release(fd) < 0)
        folder_say(mbox->append, FOLDER_KERNEL_UNLOCK_FAILED, "");
    mbox->fd = -1;
    if (close(fd) == 0 || errno == EINTR || S_ISREG(mbox->st.st_mode) || mbox->append->ignore_errors)
        return 0;
    return folder_write_failed(mbox->append, mbox->path, err);
}

int mbox_append(const char *path, const struct folder_append *append, size_t *written, struct err *err)
{
    struct mbox mbox = {.path = path, .append = append, .fd = -1};
    int result = mbox_get(&mbox, err);

    if (result == 0) {
        mark(&mbox);
        result = mbox_write(&mbox, written, err);
    }
    if (result == 0)
        result = mbox_finish(&mbox, err);
    mbox_close(&mbox);
    return result;
}
