#include "trace/tell.h"

#include <stddef.h>

#include "base/buf.h"
#include "base/io.h"

static void tell_take(struct trace_reader *reader, const struct trace_event *event,
                      const struct trace_place *place)
{
    struct trace_tell *tell = (struct trace_tell *)((char *)reader - offsetof(struct trace_tell, reader));
    struct buf line;

    if (event->kind != TRACE_DELIVERED)
        return;
    buf_init(&line, BUF_UNLIMITED);
    buf_add_span(&line, event->text);
    if (place->file)
        buf_printf(&line, "\t%s:%u\n", place->file, place->line);
    else
        buf_add_text(&line, "\tno recipe\n");
    if (io_write(tell->fd, line.p, line.n)) {
        /* nobody listens: the mail goes on */
    }
    buf_free(&line);
}

void trace_tell_init(struct trace_tell *tell, int fd)
{
    *tell = (struct trace_tell){.reader.take = tell_take, .fd = fd};
}
