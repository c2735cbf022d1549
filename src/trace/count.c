#include "trace/count.h"

#include <fcntl.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/io.h"

/* 0: it does not count.  A condition that was not looked at has a text. */
static char kind_of(const struct trace_event *event)
{
    switch (event->kind) {
    case TRACE_RECIPE:
        return 'R';
    case TRACE_TAKEN:
        return 'T';
    case TRACE_CONDITION_DONE:
        return event->text.n ? '\0' : event->matched ? 'Y' : 'N';
    default:
        return '\0';
    }
}

static void count_take(struct trace_reader *reader, const struct trace_event *event,
                       const struct trace_place *place)
{
    struct trace_count *count = (struct trace_count *)((char *)reader - offsetof(struct trace_count, reader));
    char kind = kind_of(event);
    struct buf line;

    if (!kind || !place->file)
        return;
    buf_init(&line, BUF_UNLIMITED);
    buf_printf(&line, "%c\t%u\t%u\t%s\n", kind, place->line, place->column, place->file);
    if (io_write(count->fd, line.p, line.n)) {
        /* nobody counts: the mail goes on */
    }
    buf_free(&line);
}

void trace_count_init(struct trace_count *count, int fd)
{
    *count = (struct trace_count){.reader = {.take = count_take, .details = true}, .fd = fd};
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}
