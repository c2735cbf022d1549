/*
 * Lines and counted bytes, as commands and answers of SMTP, POP3 and IMAP are made of them.
 *
 * A line ends with CRLF (RFC 5321 2.3.8, RFC 1939 3, RFC 9051 2.2).  A NUL, a CR that stands before no
 * LF, and, unless allowed, an LF behind no CR, make the whole line malformed; it is read to its end and never
 * given to anybody.  So is a line that is too long: it costs one answer and no memory.
 */
#ifndef MAILWEIR_NET_LINE_H
#define MAILWEIR_NET_LINE_H

#include <stdbool.h>

#include "base/span.h"
#include "net/stream.h"

enum line_status {
    LINE_OK,
    LINE_LONG,
    LINE_MALFORMED,
    LINE_WOKEN,  /* stream_set_wake(); nothing is lost, call again */
    LINE_END,    /* the stream's own: the peer has closed, perhaps in the middle of a line, */
    LINE_LATE,   /* was too slow, */
    LINE_BROKEN, /* or the connection has failed */
};

struct line_rules {
    size_t max;   /* bytes without the line's end; less than the stream's input limit by 2 at least */
    bool lf_ends; /* a lone LF ends a line, too: what people type into a terminal */
};

/* Reads on where the last call was woken up. */
struct line_reader {
    struct line_rules rules;
    bool skipping; /* the rest of a line that is too long */
    bool malformed;
    bool after_cr; /* while skipping */
    size_t seen;   /* bytes of unread input that were looked at */
};

void line_reader_init(struct line_reader *r, const struct line_rules *rules);

/* The next line without its end; good until the next call on the stream.  It is consumed. */
enum line_status line_read(struct line_reader *r, struct stream *s, struct span *line);

/* Takes bytes that come in; 0, or -1: it wants no more of them. */
struct line_sink {
    int (*take)(void *ctx, struct span bytes);
    void *ctx;
};

/* Gives exactly n bytes to the sink (IMAP literals, RFC 9051 4.3).  When the sink has failed the rest is
 * read and dropped, so that the dialogue goes on behind it; *taken tells (may be NULL). */
enum line_status line_read_counted(struct stream *s, unsigned long long n, struct line_sink sink,
                                   bool *taken);

/* The stream's status in the words of this header. */
enum line_status line_status_of(enum stream_status status);

#endif
