#include "formail/formail-private.h"

enum { BUFFERED = 1 << 16 };

static void flush(struct output *output)
{
    if (output->buf.n && !output->failed && output->sink->write(output->sink->ctx, buf_span(&output->buf)))
        output->failed = true;
    buf_cut(&output->buf, 0);
}

void output_raw(struct output *output, struct span text)
{
    if (output->discard)
        return;
    if (text.n > BUFFERED / 2 || output->buf.n + text.n > BUFFERED) /* what is written past the buffer is behind it */
        flush(output);
    if (text.n <= BUFFERED / 2)
        buf_add_span(&output->buf, text);
    else if (!output->failed && output->sink->write(output->sink->ctx, text))
        output->failed = true;
}

void output_text(struct output *output, struct span text)
{
    if (output->counts)
        output->total += text.n;
    else
        output_raw(output, text);
}

int output_begin(struct output *output, struct err *err)
{
    output->discard = output->failed = false;
    if (output->sink->begin(output->sink->ctx, err))
        return -1;
    output->open = true;
    return 0;
}

int output_end(struct output *output, bool whole)
{
    bool failed;

    output->discard = true;
    if (!output->open)
        return 0;
    output->discard = false;
    flush(output);
    output->discard = true;
    output->open = false;
    failed = output->failed;
    if (output->sink->end(output->sink->ctx, whole))
        failed = true;
    return failed ? -1 : 0;
}
