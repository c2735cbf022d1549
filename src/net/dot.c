#include "net/dot.h"

#include <string.h>

/* ---- inwards */

struct taker {
    struct line_sink sink;
    bool *taken;
};

static void give(const struct taker *t, const char *p, size_t n)
{
    if (n && *t->taken && t->sink.take(t->sink.ctx, span_make(p, n)))
        *t->taken = false;
}

/* One byte at a place where it may mean something; what it and those held back before it stand for is given.
 */
static enum dot_state step(struct dot_reader *d, char c, const struct taker *t)
{
    switch (d->state) {
    case DOT_LINE:
        if (c == '.')
            return DOT_DOT;
        break;
    case DOT_DOT: /* the dot is no text, whatever follows */
        if (c == '\r')
            return DOT_DOT_CR;
        break;
    case DOT_DOT_CR:
        if (c == '\n')
            return DOT_ENDED;
        d->strays++;
        give(t, "\r", 1);
        break;
    case DOT_CR:
        if (c == '\n') {
            give(t, "\n", 1);
            return DOT_LINE;
        }
        d->strays++;
        give(t, "\r", 1);
        break;
    case DOT_TEXT:
    case DOT_ENDED:
        break;
    }
    if (c == '\r')
        return DOT_CR;
    d->strays += c == '\n';
    give(t, &c, 1);
    return DOT_TEXT;
}

/* How much of the text means nothing but itself. */
static size_t plain_length(struct dot_reader *d, struct span in)
{
    const char *cr = span_find_byte(in, '\r');
    size_t n = cr ? (size_t)(cr - in.p) : in.n;
    const char *lf = in.p;

    while ((lf = memchr(lf, '\n', (size_t)(in.p + n - lf)))) {
        d->strays++;
        lf++;
    }
    return n;
}

bool dot_unstuff(struct dot_reader *d, struct span *in, struct line_sink sink, bool *taken)
{
    struct taker t = {sink, taken};

    while (in->n && d->state != DOT_ENDED) {
        size_t n = d->state == DOT_TEXT ? plain_length(d, *in) : 0;

        give(&t, in->p, n);
        if (n == 0) {
            d->state = step(d, *in->p, &t);
            n = 1;
        }
        *in = span_from(*in, n);
    }
    return d->state == DOT_ENDED;
}

enum line_status dot_read(struct stream *s, struct line_sink sink, bool *taken, unsigned long long *strays)
{
    struct dot_reader d = {DOT_LINE, 0};
    bool ended = false;

    *taken = true;
    while (!ended) {
        struct span input = stream_input(s), rest = input;
        enum stream_status status = STREAM_OK;

        ended = dot_unstuff(&d, &rest, sink, taken);
        stream_consume(s, input.n - rest.n);
        if (!ended)
            status = stream_fill(s);
        if (status != STREAM_OK && status != STREAM_WOKEN)
            return line_status_of(status);
    }
    if (strays)
        *strays = d.strays;
    return LINE_OK;
}

/* ---- outwards */

static void write_text(struct dot_writer *d, struct stream *s, struct span text)
{
    if (text.n == 0)
        return;
    if (!d->in_line && *text.p == '.')
        stream_write_text(s, ".");
    stream_write(s, text);
    d->in_line = true;
}

static void end_line(struct dot_writer *d, struct stream *s)
{
    stream_write_text(s, "\r\n");
    d->in_line = d->after_cr = false;
}

static void write_stray(struct dot_writer *d, struct stream *s)
{
    if (d->after_cr)
        write_text(d, s, span_make(" ", 1));
    d->after_cr = false;
}

/* How much lies before the first CR or LF.  *lf is where the next LF was found, so that each byte is looked
 * at once for it, however many CRs there are. */
static size_t length_of_plain(struct span text, const char **lf)
{
    const char *cr;

    if (!*lf || *lf < text.p)
        *lf = memchr(text.p, '\n', text.n);
    if (!*lf)
        *lf = text.p + text.n;
    cr = memchr(text.p, '\r', (size_t)(*lf - text.p));
    return (size_t)((cr ? cr : *lf) - text.p);
}

enum stream_status dot_write(struct dot_writer *d, struct stream *s, struct span text)
{
    const char *lf = NULL;

    while (text.n) {
        size_t n = length_of_plain(text, &lf);

        if (*text.p == '\n')
            end_line(d, s);
        else
            write_stray(d, s);
        if (*text.p == '\r')
            d->after_cr = true;
        write_text(d, s, span_make(text.p, n));
        text = span_from(text, n ? n : 1);
    }
    return stream_write(s, span_make("", 0));
}

enum stream_status dot_finish(struct dot_writer *d, struct stream *s)
{
    write_stray(d, s);
    if (d->in_line)
        end_line(d, s);
    return stream_write_text(s, ".\r\n");
}
