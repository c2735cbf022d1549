#include "base/io.h"

#include <errno.h>
#include <unistd.h>

int io_write(int fd, const void *p, size_t n)
{
    const char *from = p;

    while (n) {
        ssize_t done = write(fd, from, n);

        if (done < 0) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        from += done;
        n -= (size_t)done;
    }
    return 0;
}

int io_pwrite(int fd, const void *p, size_t n, off_t offset)
{
    const char *from = p;

    while (n) {
        ssize_t done = pwrite(fd, from, n, offset);

        if (done < 0) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        from += done;
        offset += done;
        n -= (size_t)done;
    }
    return 0;
}

static ssize_t read_all(int fd, char *to, size_t n, off_t offset)
{
    size_t have = 0;

    while (have < n) {
        ssize_t got = offset < 0 ? read(fd, to + have, n - have)
                                 : pread(fd, to + have, n - have, offset + (off_t)have);

        if (got < 0) {
            if (errno == EINTR)
                continue;
            return -1;
        }
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (ssize_t)have;
}

ssize_t io_read(int fd, void *p, size_t n)
{
    return read_all(fd, p, n, -1);
}

ssize_t io_pread(int fd, void *p, size_t n, off_t offset)
{
    return read_all(fd, p, n, offset);
}
