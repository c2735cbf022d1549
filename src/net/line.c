#include "net/line.h"

#include <string.h>

enum line_status line_status_of(enum stream_status status)
{
    static const enum line_status of[] = {
        [STREAM_OK] = LINE_OK,         [STREAM_END] = LINE_END,   [STREAM_LATE] = LINE_LATE,
        [STREAM_BROKEN] = LINE_BROKEN, [STREAM_FULL] = LINE_LONG, [STREAM_WOKEN] = LINE_WOKEN,
    };

    return of[status];
}

void line_reader_init(struct line_reader *r, const struct line_rules *rules)
{
    *r = (struct line_reader){.rules = *rules};
}

static void begin_line(struct line_reader *r)
{
    struct line_rules rules = r->rules;

    line_reader_init(r, &rules);
}

/* The LF that ends the line, from `seen` on; NULL when it has not come yet. */
static const char *find_end(struct line_reader *r, struct span input)
{
    while (r->seen < input.n) {
        const char *lf = span_find_byte(span_from(input, r->seen), '\n');

        if (!lf) {
            r->seen = input.n;
            return NULL;
        }
        r->seen = (size_t)(lf - input.p) + 1;
        if (r->rules.lf_ends || (lf > input.p ? lf[-1] == '\r' : r->after_cr))
            return lf;
        r->malformed = true;
    }
    return NULL;
}

static bool has_stray(struct span line)
{
    return memchr(line.p, '\0', line.n) || memchr(line.p, '\r', line.n) || memchr(line.p, '\n', line.n);
}

/* What came of a line that is too long is dropped; only whether a CR was last is remembered. */
static void drop(struct line_reader *r, struct stream *s)
{
    struct span input = stream_input(s);

    r->skipping = true;
    r->after_cr = input.n ? input.p[input.n - 1] == '\r' : r->after_cr;
    r->seen = 0;
    stream_consume(s, input.n);
}

static enum line_status finish(struct line_reader *r, struct stream *s, const char *lf, struct span *line)
{
    struct span whole = stream_input(s);
    enum line_status status = LINE_OK;

    whole.n = (size_t)(lf - whole.p);
    stream_consume(s, whole.n + 1);
    if (whole.n && lf[-1] == '\r')
        whole.n--;
    if (r->skipping || whole.n > r->rules.max)
        status = LINE_LONG;
    else if (r->malformed || has_stray(whole))
        status = LINE_MALFORMED;
    begin_line(r);
    *line = status == LINE_OK ? whole : span_make("", 0);
    return status;
}

enum line_status line_read(struct line_reader *r, struct stream *s, struct span *line)
{
    for (;;) {
        const char *lf = find_end(r, stream_input(s));
        enum stream_status status;

        if (lf)
            return finish(r, s, lf, line);
        if (stream_input(s).n > r->rules.max + 1 || r->skipping)
            drop(r, s);
        status = stream_fill(s);
        if (status == STREAM_FULL)
            drop(r, s);
        else if (status != STREAM_OK) {
            *line = span_make("", 0);
            return line_status_of(status);
        }
    }
}

enum line_status line_read_counted(struct stream *s, unsigned long long n, struct line_sink sink, bool *taken)
{
    bool good = true;

    while (n) {
        struct span piece = stream_input(s);

        if (piece.n == 0) {
            enum stream_status status = stream_fill(s);

            if (status != STREAM_OK && status != STREAM_WOKEN)
                return line_status_of(status);
            continue;
        }
        if (piece.n > n)
            piece.n = (size_t)n;
        good = good && sink.take(sink.ctx, piece) == 0;
        stream_consume(s, piece.n);
        n -= piece.n;
    }
    if (taken)
        *taken = good;
    return LINE_OK;
}
