/* Texts, as they come from the folder. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/dot.h"
#include "pop3/pop3-private.h"

enum { PIECE = 1 << 16 };

static void refuse(struct pop3 *p, const struct pop3_message *message, const struct err *err)
{
    if (err->class == ERR_NOINPUT)
        answer_error(p, "SYS/PERM", "message %zu is gone: another program has removed it", message->number);
    else
        answer_error(p, "SYS/TEMP", "message %zu cannot be read now", message->number);
}

/* What is sent of a text: all of it, or its header, the empty line, and so many lines. */
struct part {
    bool whole;
    bool in_head;
    bool in_line;   /* bytes of the present line were seen, other than a CR */
    uint64_t lines; /* of the body, that are still wanted */
};

/* The bytes of the piece that are wanted; the part knows when there are no more. */
static size_t wanted(struct part *part, struct span piece)
{
    size_t at = 0;

    if (part->whole)
        return piece.n;
    while (at < piece.n && (part->in_head || part->lines > 0)) {
        const char *newline = memchr(piece.p + at, '\n', piece.n - at);
        size_t n = newline ? (size_t)(newline - piece.p) - at : piece.n - at;

        if (n > 1 || (n == 1 && piece.p[at] != '\r'))
            part->in_line = true;
        at += n;
        if (!newline)
            break;
        at++;
        if (!part->in_head)
            part->lines--;
        else if (!part->in_line)
            part->in_head = false;
        part->in_line = false;
    }
    return at;
}

/* -1: the text could not be read to its end. */
static int send_text(struct pop3 *p, struct view_text *text, struct part part)
{
    struct dot_writer writer = {0};
    char *piece = mem_alloc(PIECE);
    ssize_t got;

    while ((got = view_text_read(text, piece, PIECE)) > 0) {
        size_t n = wanted(&part, span_make(piece, (size_t)got));

        p->account->octets_sent += n;
        if (dot_write(&writer, p->stream, span_make(piece, n)) != STREAM_OK || n < (size_t)got)
            break;
    }
    free(piece);
    if (got < 0)
        return -1;
    dot_finish(&writer, p->stream);
    return 0;
}

/* A text that breaks off must not look whole: the connection ends instead. */
static void send_part(struct pop3 *p, const struct pop3_message *message, struct part part)
{
    struct err err;
    struct view_text *text = view_text_open(p->view, message->index, &err);

    if (!text) {
        refuse(p, message, &err);
        return;
    }
    if (part.whole)
        answer_ok(p, "%" PRIu64 " octets", message->octets);
    else
        answer_ok(p, "top of message %zu", message->number);
    if (send_text(p, text, part) < 0) {
        p->ended = true;
        p->end = POP3_LOST;
    }
    view_text_close(text);
}

void send_whole(struct pop3 *p, const struct pop3_message *message)
{
    send_part(p, message, (struct part){.whole = true});
    p->account->retrieved++;
}

void send_top(struct pop3 *p, const struct pop3_message *message, uint64_t lines)
{
    send_part(p, message, (struct part){.in_head = true, .lines = lines});
    p->account->topped++;
}
