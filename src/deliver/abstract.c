#include "deliver/abstract.h"

#include <string.h>

#include "message/from-line.h"

enum {
    SUBJECT_MAX = 78,
    FOLDER_MAX = 60,
    SIZE_COLUMN = 72,
    TAB_WIDTH = 8,
    LINE_MAX_LOGGED = 1 << 16, /* of a From_ line */
};

/* The line at `at`, as far as it is in the header and not longer than that; without its newline.
 * *next is where the one behind it begins; the end where nothing more can be read. */
static struct span line_at(const struct message *message, size_t at, struct buf *line, size_t *next)
{
    size_t end = message_head_size(message);
    struct span piece;

    buf_cut(line, 0);
    while (at < end) {
        if (message_read_at(message, at, end - at, &piece, NULL) < 0) {
            at = end;
            break;
        }
        const char *newline = span_find_byte(piece, '\n');
        size_t n = newline ? (size_t)(newline - piece.p) : piece.n;

        if (line->n < LINE_MAX_LOGGED)
            buf_add(line, piece.p, n < LINE_MAX_LOGGED - line->n ? n : LINE_MAX_LOGGED - line->n);
        at += n + (newline != NULL);
        if (newline)
            break;
    }
    *next = at;
    return buf_span(line);
}

/* What would break the columns becomes a blank. */
static void add_flat(struct buf *to, struct span s)
{
    size_t from = to->n;

    buf_add_span(to, s);
    for (char *p = to->p + from; p < to->p + to->n; p++)
        if (*p && strchr("\t\n\v\f\r", *p))
            *p = ' ';
}

static void print_subject(const struct message *message, size_t at, struct buf *line, struct buf *to)
{
    static const char name[] = "Subject:";

    while (at < message_head_size(message)) {
        struct span s = line_at(message, at, line, &at);

        if (!span_starts_nocase(s, name))
            continue;
        if (s.n > SUBJECT_MAX)
            s.n = SUBJECT_MAX;
        buf_add_byte(to, ' ');
        add_flat(to, s);
        buf_add_byte(to, '\n');
        return;
    }
}

static void print_folder(const char *folder, size_t size, struct buf *to)
{
    static const char name[] = "  Folder: ";
    size_t n = strnlen(folder, FOLDER_MAX);
    size_t column = strlen(name) + n;

    buf_add_text(to, name);
    add_flat(to, span_make(folder, n));
    column -= column % TAB_WIDTH;
    do
        buf_add_byte(to, '\t');
    while ((column += TAB_WIDTH) < SIZE_COLUMN);
    buf_printf(to, "%7zu\n", size);
}

void abstract_print(const struct message *message, const char *folder, size_t size, struct buf *to)
{
    struct buf line;
    size_t next = 0;
    struct span first;

    buf_init(&line, BUF_UNLIMITED);
    first = line_at(message, 0, &line, &next);
    if (from_line_is(first)) {
        buf_add_span(to, first);
        buf_add_byte(to, '\n');
    } else {
        next = 0;
    }
    print_subject(message, next, &line, to);
    print_folder(folder, size, to);
    buf_free(&line);
}
