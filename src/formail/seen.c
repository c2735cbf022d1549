/*
 * The cache of -D, as 3.22 keeps it: keys that end in a NUL, one after the other; an empty one is where the
 * next goes.  What is behind that is older, up to the first key that ends past the size.  Then it goes on
 * at the front.
 */
#include "formail/formail-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

enum { PIECE = 1 << 14 };

int seen_open(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);

    if (fd < 0)
        return -1;
    if (fstat(fd, &status) == 0 && !S_ISFIFO(status.st_mode) && !S_ISSOCK(status.st_mode))
        return fd;
    close(fd); /* nothing one can read twice */
    errno = ESPIPE;
    return -1;
}

struct search {
    struct span key; /* its NUL included */
    off_t size;
    off_t at;    /* bytes looked at */
    off_t empty; /* where an empty key was, or size */
    size_t same; /* bytes of the key that the one in hand has in common with it … */
    bool other;  /* … until it turned out to be another */
    bool found, over;
};

static void search_byte(struct search *search, char c)
{
    search->at++;
    /* 3.22 compares with a signed char: a byte of eight bits is never the same. */
    if (!search->other && c == search->key.p[search->same] && (c & 0x80) == 0) {
        search->same++;
        search->found = !c;
        return;
    }
    if (c == '\0' && !search->other && search->same == 0 && search->empty == search->size) {
        search->empty = search->at - 1;
        search->other = true; /* and so is the rest of what was there */
        return;
    }
    search->other = c != '\0';
    if (c == '\0') {
        search->same = 0;
        search->over = search->at >= search->size;
    }
}

static int search_file(struct search *search, int fd)
{
    char piece[PIECE];
    ssize_t got;

    while (!search->found && !search->over) {
        got = io_pread(fd, piece, sizeof piece, search->at);
        if (got <= 0)
            return got < 0 ? -1 : 0;
        for (ssize_t i = 0; i < got && !search->found && !search->over; i++)
            search_byte(search, piece[i]);
    }
    return 0;
}

int seen_before(int fd, long size, struct span key, bool *seen)
{
    struct search search = {.size = size, .empty = size};
    struct buf text;
    int result;

    buf_init(&text, BUF_UNLIMITED);
    buf_add_span(&text, key);
    buf_add(&text, "\0", 2); /* its end, and the empty key behind it */
    search.key = span_make(text.p, text.n - 1);
    result = search_file(&search, fd);
    *seen = search.found;
    if (result == 0 && !search.found)
        result = io_pwrite(fd, text.p, text.n, search.empty < search.size ? search.empty : 0);
    buf_free(&text);
    return result;
}
