/*
 * Text that ends with a line of a single dot (RFC 5321 4.5.2, RFC 1939 3), both ways, in pieces of any size.
 *
 * Inwards only CRLF.CRLF ends it, and only a dot behind CRLF is taken away; LF.LF, CR.CR and their like
 * are text (what a peer counts as the end there is how messages are smuggled).  Lines end with LF here, with
 * CRLF there.  Strays (a CR before no LF, an LF behind no CR) are counted, so that a protocol can refuse.
 *
 * Outwards every line ends with CRLF, whether it ended with LF or CRLF here; a stray CR leaves us as a
 * space, so that nobody can take it for the end of a line.  The number of bytes stays the same but for the
 * CRs.
 */
#ifndef MAILWEIR_NET_DOT_H
#define MAILWEIR_NET_DOT_H

#include <stdbool.h>

#include "net/line.h"

/* ---- inwards */

enum dot_state { DOT_LINE, DOT_TEXT, DOT_CR, DOT_DOT, DOT_DOT_CR, DOT_ENDED };

struct dot_reader {
    enum dot_state state;
    unsigned long long strays;
};

/* A reader of zeros is at the beginning of a line, as it should be. */

/* Takes from *in up to the end of the text, giving what it stands for to the sink; true: the end has come,
 * and *in is what lies behind it.  The sink's failure is kept in *taken (set to false), and reading goes on.
 */
bool dot_unstuff(struct dot_reader *d, struct span *in, struct line_sink sink, bool *taken);

/* The whole text from a stream.  LINE_OK: to its end.  *taken is false when the sink did not take all of it,
 * *strays (may be NULL) how many strays there were. */
enum line_status dot_read(struct stream *s, struct line_sink sink, bool *taken, unsigned long long *strays);

/* ---- outwards */

struct dot_writer {
    bool in_line;  /* the last byte written did not end a line */
    bool after_cr; /* a CR has come and is not written yet */
};

enum stream_status dot_write(struct dot_writer *d, struct stream *s, struct span text);

/* The end of the last line, where it lacks one, and the dot. */
enum stream_status dot_finish(struct dot_writer *d, struct stream *s);

#endif
