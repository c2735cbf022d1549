#include "rctest/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

enum { PIECE = 65536 };

int source_read(int fd, struct buf *to)
{
    ssize_t got = fd < 0 ? -1 : 0;
    int error;

    buf_init(to, SOURCE_MAX + PIECE);
    if (fd >= 0)
        while (to->n <= SOURCE_MAX && (got = io_read(fd, buf_reserve(to, PIECE), PIECE)) > 0)
            buf_commit(to, (size_t)got);
    error = got < 0 ? errno : to->n > SOURCE_MAX ? EFBIG : 0;
    if (fd >= 0)
        close(fd);
    if (!error)
        return 0;
    buf_free(to);
    errno = error;
    return -1;
}

int source_read_file(const char *path, struct buf *to)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat st;

    if (fd >= 0 && !fstat(fd, &st) && !S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode)) {
        close(fd);
        fd = -1;
        errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    }
    return source_read(fd, to);
}
