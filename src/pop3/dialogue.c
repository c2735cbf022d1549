/* Answers, and the lines they are for. */
#include <stdarg.h>
#include <stdio.h>

#include "pop3/pop3-private.h"
#include "serve/front.h"

enum {
    IDLE_MS = 10 * 60 * 1000, /* RFC 1939 3 */
    BAD_MOST = 20,
    LINE_MOST = 253, /* RFC 2449 4: 255 with CRLF */
};

/* ---- answers */

void answer_ok(struct pop3 *p, const char *format, ...)
{
    char text[200];
    va_list ap;

    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    stream_printf(p->stream, "+OK %s\r\n", text);
}

void answer_error(struct pop3 *p, const char *code, const char *format, ...)
{
    char text[200];
    va_list ap;

    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    stream_printf(p->stream, "-ERR %s%s%s%s\r\n", code ? "[" : "", code ? code : "", code ? "] " : "", text);
}

void answer_bad(struct pop3 *p, const char *text)
{
    unsigned most = p->limits->bad ? p->limits->bad : BAD_MOST;

    if (++p->bad < most) {
        answer_error(p, NULL, "%s", text);
        return;
    }
    answer_error(p, NULL, "%s; too many such commands, bye", text);
    p->ended = true;
    p->end = POP3_LOST;
}

/* ---- commands, one after the other */

static void take_line(struct pop3 *p, enum line_status status, struct span line)
{
    switch (status) {
    case LINE_OK:
        verb_run(p, line);
        return;
    case LINE_LONG:
        answer_bad(p, "that line is too long");
        return;
    case LINE_MALFORMED:
        answer_bad(p, "that line has bytes in it that no command has");
        return;
    case LINE_WOKEN:
        return;
    case LINE_LATE:
        answer_error(p, "SYS/TEMP", "%s",
                     p->state == POP3_TRANSACTION ? "no command for too long; nothing was deleted"
                                                  : "no login for too long");
        break;
    case LINE_END:
    case LINE_BROKEN:
        break;
    }
    p->ended = true;
    p->end = POP3_LOST;
}

void dialogue_run(struct pop3 *p)
{
    static const struct line_rules rules = {.max = LINE_MOST, .lf_ends = true};
    struct line_reader reader;

    line_reader_init(&reader, &rules);
    while (!p->ended) {
        struct span line = SPAN_NULL;
        enum line_status status;

        if (p->state == POP3_TRANSACTION) /* before, all of it has one */
            stream_set_deadline(p->stream, p->limits->idle_ms ? p->limits->idle_ms : IDLE_MS);
        else if (!front_may_go_on(p->front)) {
            answer_error(p, NULL, "too many commands before a login, bye");
            p->ended = true;
            break;
        }
        status = line_read(&reader, p->stream, &line);
        take_line(p, status, line);
    }
}
