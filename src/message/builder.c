#include "message/message-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"

enum { FIRST_READ = 1 << 16 };

struct message_builder {
    struct buf buf; /* not yet spooled; with the slack byte in front while nothing is */
    int spool;      /* -1: all is in buf */
    size_t spooled; /* bytes in the spool, slack byte included */
};

struct message_builder *message_builder_new(void)
{
    struct message_builder *builder = mem_alloc(sizeof *builder);

    builder->spool = -1;
    buf_init(&builder->buf, BUF_UNLIMITED);
    buf_add_byte(&builder->buf, '\n');
    return builder;
}

void message_builder_discard(struct message_builder *builder)
{
    if (builder->spool >= 0)
        close(builder->spool);
    buf_free(&builder->buf);
    free(builder);
}

size_t message_builder_size(const struct message_builder *builder)
{
    return builder->spooled + builder->buf.n - MESSAGE_SLACK;
}

int message_spool_open(struct err *err)
{
    const char *dir = getenv("TMPDIR");
    struct buf name;
    int fd;

    if (!dir || *dir != '/')
        dir = "/var/tmp";
    fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    buf_init(&name, BUF_UNLIMITED); /* a file system without O_TMPFILE */
    buf_printf(&name, "%s/mailweir.XXXXXX", dir);
    fd = mkostemp(name.p, O_CLOEXEC);
    if (fd < 0)
        err_set_errno(err, ERR_TEMP, "cannot make a spool file in '%s'", dir);
    else
        unlink(name.p);
    buf_free(&name);
    return fd;
}

static int spool_flush(struct message_builder *builder, struct err *err)
{
    if (builder->spool < 0) {
        builder->spool = message_spool_open(err);
        if (builder->spool < 0)
            return -1;
    }
    if (io_write(builder->spool, builder->buf.p, builder->buf.n))
        return err_set_errno(err, ERR_TEMP, "cannot write the spool file");
    builder->spooled += builder->buf.n;
    buf_cut(&builder->buf, 0);
    return 0;
}

/* Keeps the buffer below the size at which a message goes to the spool. */
static int make_room(struct message_builder *builder, size_t n, struct err *err)
{
    size_t limit = builder->spool < 0 ? MESSAGE_SMALL + MESSAGE_SLACK : MESSAGE_WINDOW;

    if (builder->buf.n + n <= limit)
        return 0;
    return spool_flush(builder, err);
}

int message_builder_add(struct message_builder *builder, struct span bytes, struct err *err)
{
    while (bytes.n) {
        size_t n = bytes.n < MESSAGE_WINDOW ? bytes.n : MESSAGE_WINDOW;

        if (make_room(builder, n, err))
            return -1;
        buf_add(&builder->buf, bytes.p, n);
        bytes = span_from(bytes, n);
    }
    return 0;
}

int message_builder_add_fd(struct message_builder *builder, int fd, struct err *err)
{
    for (;;) {
        ssize_t got;
        char *to;

        if (make_room(builder, FIRST_READ, err))
            return -1;
        to = buf_reserve(&builder->buf, FIRST_READ);
        got = read(fd, to, FIRST_READ);
        if (got == 0)
            return 0;
        if (got > 0)
            buf_commit(&builder->buf, (size_t)got);
        else if (errno != EINTR)
            return err_set_errno(err, ERR_TEMP, "cannot read the message");
    }
}

int message_builder_add_message(struct message_builder *builder, const struct message *message,
                                struct message_range range, struct err *err)
{
    while (range.n) {
        struct span piece;

        if (message_read_at(message, range.from, range.n, &piece, err) ||
            message_builder_add(builder, piece, err))
            return -1;
        range.from += piece.n;
        range.n -= piece.n;
    }
    return 0;
}

static struct message *message_of(struct message_builder *builder, struct err *err)
{
    struct message *message;
    size_t size = message_builder_size(builder);

    if (builder->spool >= 0) {
        buf_add_byte(&builder->buf, '\n');
        if (spool_flush(builder, err)) {
            message_builder_discard(builder);
            return NULL;
        }
    }
    message = mem_alloc(sizeof *message);
    message->size = size;
    message->spool = builder->spool;
    message->unfolded_spool = -1;
    if (builder->spool < 0) {
        buf_add_byte(&builder->buf, '\n');
        message->bytes = buf_take(&builder->buf) + MESSAGE_SLACK;
    }
    builder->spool = -1;
    message_builder_discard(builder);
    return message;
}

static int message_look_from(struct message *message, size_t head_size, bool berkeley, struct err *err)
{
    if (message_find_head(message, err))
        return -1;
    if (head_size != MESSAGE_HEAD_UNKNOWN)
        message->head_size = head_size < message->size ? head_size : message->size;
    message->quotable_from = message->head_size ? message->head_size - 1 : 0;
    return berkeley ? 0 : message_fix_content_length(message, err);
}

int message_look_again(struct message *message, bool berkeley, struct err *err)
{
    message_drop_copies(message);
    return message_look_from(message, MESSAGE_HEAD_UNKNOWN, berkeley, err);
}

struct message *message_builder_finish_at(struct message_builder *builder, size_t head_size, bool berkeley,
                                          struct err *err)
{
    struct message *message = message_of(builder, err);

    if (!message)
        return NULL;
    if (message_look_from(message, head_size, berkeley, err)) {
        message_free(message);
        return NULL;
    }
    return message;
}

struct message *message_builder_finish(struct message_builder *builder, bool berkeley, struct err *err)
{
    return message_builder_finish_at(builder, MESSAGE_HEAD_UNKNOWN, berkeley, err);
}

struct message *message_read(int fd, bool berkeley, struct err *err)
{
    struct message_builder *builder = message_builder_new();

    if (message_builder_add_fd(builder, fd, err)) {
        message_builder_discard(builder);
        return NULL;
    }
    return message_builder_finish(builder, berkeley, err);
}
