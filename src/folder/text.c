#include "folder/folder-private.h"

#include <errno.h>
#include <string.h>

#include "base/io.h"

/* ---- output, in few writes */

struct out {
    int fd; /* -1: it is only counted */
    size_t fill;
    size_t count; /* bytes of the text so far */
    char last[2]; /* of the text */
    char bytes[16384];
};

static int out_flush(struct out *out)
{
    size_t n = out->fill;

    out->fill = 0;
    return n ? io_write(out->fd, out->bytes, n) : 0;
}

static int out_put(struct out *out, const char *p, size_t n)
{
    if (out->fd < 0)
        return 0;
    if (n > sizeof out->bytes - out->fill && out_flush(out) < 0)
        return -1;
    if (n >= sizeof out->bytes)
        return io_write(out->fd, p, n);
    memcpy(out->bytes + out->fill, p, n);
    out->fill += n;
    return 0;
}

static int out_text(struct out *out, const char *p, size_t n)
{
    if (n == 0)
        return 0;
    out->last[0] = n > 1 ? p[n - 2] : out->last[1];
    out->last[1] = p[n - 1];
    out->count += n;
    return out_put(out, p, n);
}

/* ---- what is written */

static struct message_range text_range(const struct folder_append *append, enum folder_shape shape)
{
    struct message_range range = message_range(append->message, append->part);
    size_t from_lines;

    if (shape != FOLDER_MAILDIR || range.from != 0)
        return range;
    from_lines = message_from_lines(append->message);
    if (from_lines > range.n)
        from_lines = range.n;
    return (struct message_range){from_lines, range.n - from_lines};
}

size_t text_plain_size(const struct folder_append *append, enum folder_shape shape)
{
    return text_range(append, shape).n;
}

/* ---- `From ` quoting */

static const char from[] = "From ";
enum { FROM = sizeof from - 1 };

/* May a `From ` behind the newline at that offset be quoted?  In the header always (but not the
 * first line), in the body as far as no Content-Length vouches for it. */
static bool is_quotable(const struct message *message, size_t newline)
{
    if (newline + 1 < message_head_size(message))
        return newline >= message_start(message);
    return newline >= message_quotable_from(message);
}

/* Does `From ` stand at the offset?  Its bytes may lie in two windows. */
static int is_from_at(const struct message *message, size_t at, size_t end, struct err *err)
{
    size_t n = 0;

    if (end - at < FROM)
        return 0;
    while (n < FROM) {
        struct span piece;

        if (message_read_at(message, at + n, FROM - n, &piece, err) < 0)
            return -1;
        if (memcmp(piece.p, from + n, piece.n))
            return 0;
        n += piece.n;
    }
    return 1;
}

bool text_begins_message(const struct folder_append *append, enum folder_shape shape)
{
    struct message_range range = text_range(append, shape);
    size_t start = message_start(append->message);

    return range.from == 0 && start < range.n && is_from_at(append->message, start, range.n, NULL) > 0;
}

/* Length of the piece up to and with the first newline that `From ` follows; *sure is false where
 * the piece ends before that can be seen.  The whole length when there is no such newline. */
static size_t up_to_from(struct span piece, bool *sure)
{
    static const char newline_from[] = "\nFrom ";
    const char *hit = span_find(piece, span_make(newline_from, FROM + 1));
    size_t tail;

    *sure = hit != NULL;
    if (hit)
        return (size_t)(hit - piece.p) + 1;
    for (tail = piece.n < FROM + 1 ? piece.n : FROM; tail; tail--) {
        const char *p = piece.p + piece.n - tail;

        if (*p == '\n' && memcmp(p, newline_from, tail) == 0)
            return piece.n - tail + 1;
    }
    return piece.n;
}

static enum text_result write_quoted(struct out *out, const struct message *message,
                                     struct message_range range, struct err *err)
{
    size_t at = range.from, end = range.from + range.n;

    while (at < end) {
        struct span piece;
        bool sure;
        size_t n;
        int quote;

        if (message_read_at(message, at, end - at, &piece, err) < 0)
            return TEXT_UNREADABLE;
        n = up_to_from(piece, &sure);
        if (out_text(out, piece.p, n) < 0)
            return TEXT_UNWRITTEN;
        quote = piece.p[n - 1] == '\n' && is_quotable(message, at + n - 1);
        at += n;
        if (quote && !sure) {
            quote = is_from_at(message, at, end, err);
            if (quote < 0)
                return TEXT_UNREADABLE;
        }
        if (quote && out_text(out, ">", 1) < 0)
            return TEXT_UNWRITTEN;
    }
    return TEXT_DONE;
}

static enum text_result write_as_is(struct out *out, const struct message *message,
                                    struct message_range range, struct err *err)
{
    while (range.n) {
        struct span piece;

        if (message_read_at(message, range.from, range.n, &piece, err) < 0)
            return TEXT_UNREADABLE;
        if (out_text(out, piece.p, piece.n) < 0)
            return TEXT_UNWRITTEN;
        range.from += piece.n;
        range.n -= piece.n;
    }
    return TEXT_DONE;
}

static bool ends_in_empty_line(const struct out *out)
{
    return out->count > 1 && out->last[0] == '\n' && out->last[1] == '\n';
}

static enum text_result write_text(struct out *out, const struct folder_append *append,
                                   enum folder_shape shape, struct err *err)
{
    struct message_range range = text_range(append, shape);
    enum text_result result;

    if (shape == FOLDER_MBOX && !append->raw)
        result = write_quoted(out, append->message, range, err);
    else
        result = write_as_is(out, append->message, range, err);
    if (result != TEXT_DONE)
        return result;
    if (shape != FOLDER_MAILDIR && !append->raw && !ends_in_empty_line(out) && out_text(out, "\n", 1) < 0)
        return TEXT_UNWRITTEN;
    return out_flush(out) < 0 ? TEXT_UNWRITTEN : TEXT_DONE;
}

enum text_result text_write(int fd, const char *before, const struct folder_append *append,
                            enum folder_shape shape, size_t *written, struct err *err)
{
    struct out out;
    enum text_result result;

    out.fd = fd;
    out.fill = out.count = 0;
    out.last[0] = out.last[1] = '\0';
    if (out_put(&out, before, strlen(before)) < 0)
        return TEXT_UNWRITTEN;
    result = write_text(&out, append, shape, err);
    *written = out.count;
    return result;
}

size_t folder_size(const struct folder_append *append, enum folder_shape shape)
{
    size_t size = 0;

    if (shape == FOLDER_DEVNULL)
        return text_plain_size(append, shape);
    (void)text_write(-1, "", append, shape, &size, NULL);
    return size;
}

int folder_write_plain(int fd, const struct folder_append *append, size_t *written, struct err *err)
{
    /* A directory's rules: a newline is added, nothing is quoted or left out. */
    switch (text_write(fd, "", append, FOLDER_DIRECTORY, written, err)) {
    case TEXT_UNREADABLE:
        return -1;
    case TEXT_UNWRITTEN:
        if (!append->ignore_errors)
            return err_set_errno(err, ERR_CANTCREAT, "cannot write the message");
        *written = text_plain_size(append, FOLDER_DIRECTORY);
        break;
    case TEXT_DONE:
        break;
    }
    return 0;
}
