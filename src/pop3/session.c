#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pop3/pop3-private.h"

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
        answer_error(p, "SYS/TEMP", "no command for too long; nothing was deleted");
        break;
    case LINE_END:
    case LINE_BROKEN:
        break;
    }
    p->ended = true;
    p->end = POP3_LOST;
}

static void serve_commands(struct pop3 *p)
{
    static const struct line_rules rules = {.max = LINE_MOST, .lf_ends = true};
    struct line_reader reader;

    line_reader_init(&reader, &rules);
    while (!p->ended) {
        struct span line = SPAN_NULL;
        enum line_status status;

        stream_set_deadline(p->stream, p->limits->idle_ms ? p->limits->idle_ms : IDLE_MS);
        status = line_read(&reader, p->stream, &line);
        take_line(p, status, line);
    }
    if (stream_flush(p->stream) != STREAM_OK && p->end == POP3_NEVER)
        p->end = POP3_LOST;
}

/* ---- the beginning */

static void refuse_mailbox(struct pop3 *p, const struct err *err)
{
    if (err->class == ERR_TEMP && err->errnum == EAGAIN)
        answer_error(p, "IN-USE", "another session has this mailbox open");
    else
        answer_error(p, err->class == ERR_DATA ? "SYS/PERM" : "SYS/TEMP", "your mailbox cannot be opened%s",
                     err->class == ERR_DATA ? "" : " now");
    if (p->say)
        p->say(err->text);
    stream_flush(p->stream);
}

enum pop3_end pop3_serve(struct stream *stream, const struct pop3_mailbox *mailbox,
                         const struct pop3_limits *limits, struct pop3_account *account,
                         void (*say)(const char *text))
{
    struct pop3 p = {.stream = stream, .limits = limits, .account = account, .say = say, .end = POP3_NEVER};
    struct err err = {0};
    int claim;

    *account = (struct pop3_account){0};
    claim = view_claim(mailbox->shape, mailbox->path, mailbox->state, &err);
    if (claim == -1) {
        refuse_mailbox(&p, &err);
        return POP3_NEVER;
    }
    if (maildrop_open(&p, mailbox, &err) < 0) {
        refuse_mailbox(&p, &err);
    } else {
        answer_ok(&p, "%zu messages (%" PRIu64 " octets)", p.count, maildrop_octets(&p));
        serve_commands(&p);
    }
    maildrop_close(&p);
    if (claim >= 0)
        close(claim);
    return p.end;
}
