#include "tools/mda-mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

int mda_mailbox_make(const char *spool, const struct identity *identity, struct err *err)
{
    int directory, fd = -1, result = -1;
    struct stat st;

    if (geteuid() != 0 || !identity->known)
        return 0;
    directory = open(spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return err_set_errno(err, ERR_CANTCREAT, "cannot open '%s'", spool);
    fd = openat(directory, identity->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        result = errno == EEXIST ? 0 : err_set_errno(err, ERR_CANTCREAT, "Couldn't create '%s/%s'", spool,
                                                     identity->name);
        goto out;
    }
    if (fstat(directory, &st) || fchown(fd, identity->uid, st.st_gid) || fchmod(fd, 0600)) {
        err_set_errno(err, ERR_CANTCREAT, "cannot give '%s/%s' to its owner", spool, identity->name);
        unlinkat(directory, identity->name, 0);
        goto out;
    }
    result = 0;
out:
    if (fd >= 0)
        close(fd);
    close(directory);
    return result;
}

bool mda_mailbox_is_closed(const char *spool, const struct identity *identity)
{
    struct buf path;
    struct stat st;
    bool closed;

    buf_init(&path, BUF_UNLIMITED);
    buf_printf(&path, "%s/%s", spool, identity->name);
    closed = lstat(path.p, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & (S_ISUID | S_ISGID));
    buf_free(&path);
    return closed;
}
