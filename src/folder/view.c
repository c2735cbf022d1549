#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "folder/view-private.h"

static const struct view_format *format_of(enum folder_shape shape)
{
    switch (shape) {
    case FOLDER_MAILDIR:
        return &view_format_maildir;
    case FOLDER_MH:
        return &view_format_mh;
    case FOLDER_MBOX:
        return &view_format_mbox;
    default:
        return NULL;
    }
}

/* `.inbox.mailweir` beside `inbox`. */
static char *state_beside(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct buf name;

    buf_init(&name, BUF_UNLIMITED);
    buf_add(&name, path, slash ? (size_t)(slash - path) + 1 : 0);
    buf_printf(&name, ".%s.mailweir", slash ? slash + 1 : path);
    return buf_take(&name);
}

struct view *view_open(enum folder_shape shape, const char *path, const char *state,
                       void (*say)(const char *text), struct err *err)
{
    const struct view_format *format = format_of(shape);
    struct view *view;

    if (!format) {
        err_set(err, ERR_USAGE, "no folder that can be read: '%s'", path);
        return NULL;
    }
    view = mem_alloc(sizeof *view);
    view->format = format;
    view->path = mem_strdup(path);
    view->state = state ? mem_strdup(state) : state_beside(path);
    view->say = say;
    view->arena = arena_new();
    if (format->open(view, err) == 0)
        return view;
    view_close(view);
    return NULL;
}

/* fcntl(2) locks: they work over NFS, and are gone with whoever had them. */
static int claim_file(const char *name, struct err *err)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return errno == ENOENT ? -2 : err_set_errno(err, ERR_TEMP, "cannot open '%s'", name);
    if (fcntl(fd, F_SETLK, &lock) == 0)
        return fd;
    if (errno == EACCES)
        errno = EAGAIN;
    err_set_errno(err, ERR_TEMP, "cannot lock '%s'", name);
    close(fd);
    return -1;
}

int view_claim(enum folder_shape shape, const char *path, const char *state, struct err *err)
{
    struct buf name;
    int fd;

    buf_init(&name, BUF_UNLIMITED);
    if (state) {
        buf_printf(&name, "%s.session", state);
    } else if (shape == FOLDER_MBOX) {
        char *beside = state_beside(path);

        buf_printf(&name, "%s.session", beside);
        free(beside);
    } else {
        buf_printf(&name, "%s/mailweir.session", path);
    }
    fd = claim_file(name.p, err);
    buf_free(&name);
    return fd;
}

void view_close(struct view *view)
{
    if (!view)
        return;
    view->format->close(view);
    arena_free(view->arena);
    free(view->messages);
    free(view->state);
    free(view->path);
    free(view);
}

uint32_t view_validity(const struct view *view)
{
    return view->validity;
}

size_t view_count(const struct view *view)
{
    return view->count;
}

const struct view_message *view_message(const struct view *view, size_t index)
{
    return &view->messages[index].message;
}

/* ---- texts */

struct view_text *view_text_open(struct view *view, size_t index, struct err *err)
{
    struct view_text *text = mem_alloc(sizeof *text);

    text->fd = -1;
    if (view->format->text(view, &view->messages[index], text, err) == 0)
        return text;
    view_text_close(text);
    return NULL;
}

/* All n bytes, or the end: the window of a message may hold fewer at a time. */
static ssize_t read_copy(struct view_text *text, char *to, size_t n)
{
    size_t done = 0;
    struct span bytes;

    while (done < n && text->at < text->end) {
        if (message_read_at(text->copy, (size_t)text->at, n - done, &bytes, NULL) < 0)
            return -1;
        memcpy(to + done, bytes.p, bytes.n);
        text->at += (off_t)bytes.n;
        done += bytes.n;
    }
    return (ssize_t)done;
}

ssize_t view_text_read(struct view_text *text, char *to, size_t n)
{
    off_t left = text->end - text->at;
    ssize_t got;

    if (text->copy)
        return read_copy(text, to, n);
    if (left < (off_t)n)
        n = left < 0 ? 0 : (size_t)left;
    got = io_pread(text->fd, to, n, text->at);
    if (got > 0)
        text->at += got;
    return got;
}

void view_text_close(struct view_text *text)
{
    if (!text)
        return;
    if (text->fd >= 0)
        close(text->fd);
    message_free(text->copy);
    free(text);
}

/* ---- sizes */

static uint64_t count_bare(const char *p, size_t n, bool *after_cr)
{
    const char *end = p + n, *newline;
    uint64_t bare = 0;

    for (const char *from = p; (newline = memchr(from, '\n', (size_t)(end - from))); from = newline + 1)
        bare += newline == p ? !*after_cr : newline[-1] != '\r';
    if (n)
        *after_cr = end[-1] == '\r';
    return bare;
}

static int count_octets(struct view_text *text, uint64_t *octets)
{
    enum { PIECE = 1 << 16 };
    char *piece = mem_alloc(PIECE);
    bool after_cr = false;
    ssize_t n;

    for (*octets = 0; (n = view_text_read(text, piece, PIECE)) > 0; *octets += (uint64_t)n)
        *octets += count_bare(piece, (size_t)n, &after_cr);
    free(piece);
    return n < 0 ? -1 : 0;
}

static int look_at_octets(struct view *view, size_t index, struct err *err)
{
    struct viewed *viewed = &view->messages[index];
    struct view_text *text = view_text_open(view, index, err);
    uint64_t octets;
    int result;

    if (!text)
        return -1;
    result = count_octets(text, &octets);
    if (result < 0)
        err_set_errno(err, ERR_TEMP, "cannot read '%s'", viewed->name);
    view_text_close(text);
    if (result < 0)
        return -1;
    viewed->octets = octets;
    viewed->learned = true;
    return 0;
}

int view_octets(struct view *view, size_t index, uint64_t *octets, struct err *err)
{
    struct viewed *viewed = &view->messages[index];

    if (viewed->octets == VIEW_OCTETS_UNKNOWN && look_at_octets(view, index, err) < 0)
        return -1;
    *octets = viewed->octets;
    return 0;
}

int view_remove(struct view *view, const char *marked, struct err *err)
{
    return view->format->remove(view, marked, err);
}
