/*
 * Where messages go: a descriptor, or memory.
 */
#include "formail/formail.h"

#include "base/io.h"

static int begin_nothing(void *ctx, struct err *err)
{
    (void)ctx;
    (void)err;
    return 0;
}

static int end_nothing(void *ctx, bool whole)
{
    (void)ctx;
    (void)whole;
    return 0;
}

static int write_fd(void *ctx, struct span piece)
{
    return io_write(*(int *)ctx, piece.p, piece.n);
}

struct formail_sink formail_sink_fd(int *fd, void (*say)(void *ctx, struct span line))
{
    return (struct formail_sink){begin_nothing, write_fd, end_nothing, NULL, say, fd};
}

/* ---- in memory */

struct memory {
    struct buf *out, *said;
};

static int write_memory(void *ctx, struct span piece)
{
    return buf_add_span(((struct memory *)ctx)->out, piece);
}

static void say_memory(void *ctx, struct span line)
{
    struct buf *said = ((struct memory *)ctx)->said;

    buf_add_text(said, "formail: ");
    buf_add_span(said, line);
    buf_add_byte(said, '\n');
}

int formail_filter(const struct formail *formail, struct span message, struct buf *out, struct buf *said)
{
    struct memory memory = {out, said};
    const struct formail_sink sink = {begin_nothing, write_memory, end_nothing, NULL, say_memory, &memory};
    struct formail_source *source = formail_source_span(message);
    int status = formail_run(formail, source, &sink);

    formail_source_free(source);
    return status;
}
