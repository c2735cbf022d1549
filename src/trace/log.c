#include "trace/log.h"

#include <stddef.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "trace/words.h"

static const char prefix[] = "procmail: ";

static void write_line(struct trace_log *log)
{
    if (log->line.n && io_write(log->fd, log->line.p, log->line.n)) {
        /* a log that cannot be written is no reason to keep mail */
    }
    buf_cut(&log->line, 0);
}

/* When VERBOSE is on, a line tells the time whenever it has moved on. */
static void date_add(struct trace_log *log)
{
    time_t now = clock_now();
    char text[64];

    if (!log->verbose || now == log->dated)
        return;
    log->dated = now;
    buf_printf(&log->line, "[%ld] %s%s", (long)log->pid, ctime_r(&now, text) ? text : "\n", prefix);
}

static void log_take(struct trace_reader *reader, const struct trace_event *event,
                     const struct trace_place *place)
{
    struct trace_log *log = (struct trace_log *)((char *)reader - offsetof(struct trace_log, reader));

    (void)place;
    if (words_is_silent(event->kind) || (words_is_verbose(event->kind) && !log->verbose))
        return;
    if (event->kind == TRACE_TEXT) {
        buf_add_span(&log->line, event->text);
    } else {
        buf_add_text(&log->line, prefix);
        date_add(log);
        words_print(event, &log->line);
    }
    write_line(log);
}

void trace_log_init(struct trace_log *log, int fd)
{
    *log = (struct trace_log){.reader.take = log_take, .fd = fd, .pid = getpid()};
    buf_init(&log->line, BUF_UNLIMITED);
}

void trace_log_free(struct trace_log *log)
{
    buf_free(&log->line);
}

void trace_log_forked(struct trace_log *log)
{
    log->pid = getpid();
    log->dated = 0;
}
