#include "folder/folder-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

/* File systems that have no such operation for directories need none. */
static bool is_pointless(int errnum)
{
    return errnum == EINVAL || errnum == ENOTSUP || errnum == ENOSYS || errnum == EROFS;
}

/* A directory may be written to and not be readable: the whole file system then. */
static int sync_all(int fd)
{
#ifdef __linux__
    if (fd >= 0)
        return syncfs(fd);
#endif
    (void)fd;
    sync();
    return 0;
}

int sync_directory(const char *path, int fd)
{
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), result, saved;

    if (dir < 0)
        return errno == EACCES ? sync_all(fd) : -1;
    result = fsync(dir);
    if (result < 0 && is_pointless(errno))
        result = 0;
    saved = errno;
    close(dir);
    errno = saved;
    return result;
}

int sync_parent(const char *path, int fd)
{
    char *parent = mem_strdup(path), *slash;
    int result;

    slash = strrchr(parent, '/');
    while (slash && slash > parent && slash[-1] == '/')
        slash--;
    if (slash)
        slash[slash == parent ? 1 : 0] = '\0';
    result = sync_directory(slash ? parent : ".", fd);
    free(parent);
    return result;
}

bool mark_permitted(void)
{
    mode_t mask = umask(0);

    umask(mask);
    return !(mask & S_IXOTH);
}

void mark_new_mail(const char *path, const char *folder)
{
    struct stat st;

    if (stat(folder, &st) < 0 || (st.st_mode & S_IXOTH) || !mark_permitted())
        return;
    if (chmod(path, (st.st_mode & 07777) | S_IXOTH) < 0) {
        /* somebody else's folder: then there is no mark */
    }
}
