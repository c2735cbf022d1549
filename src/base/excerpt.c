#include "base/excerpt.h"

#include <string.h>

enum { SHOWN = 120 }; /* columns of a line that are shown */

static bool continues_character(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

struct excerpt_place excerpt_find(struct span text, size_t offset)
{
    struct excerpt_place place = {1, 1};

    for (size_t i = 0; i < offset && i < text.n; i++, place.column++)
        if (text.p[i] == '\n')
            place = (struct excerpt_place){place.line + 1, 0};
    return place;
}

static struct span line_of(struct span text, size_t offset, size_t *column)
{
    const char *p = text.p, *end = p + text.n, *begin = p + offset, *stop;

    while (begin > p && begin[-1] != '\n')
        begin--;
    stop = begin < end ? memchr(begin, '\n', (size_t)(end - begin)) : NULL;
    *column = offset - (size_t)(begin - p);
    return span_make(begin, (size_t)((stop ? stop : end) - begin));
}

void excerpt_line(struct buf *to, struct span line)
{
    for (size_t i = 0; i < line.n; i++) {
        unsigned char c = (unsigned char)line.p[i];

        buf_add_byte(to, (c < 0x20 && c != '\t') || c == 0x7f ? '?' : (char)c);
    }
}

/* Tabs stay tabs, so that the mark is where it should be; a byte that continues a character has no width. */
static void print_mark(struct buf *to, struct span line, size_t column, size_t length)
{
    for (size_t i = 0; i < column && i < line.n; i++)
        if (line.p[i] == '\t')
            buf_add_byte(to, '\t');
        else if (!continues_character(line.p[i]))
            buf_add_byte(to, ' ');
    buf_add_byte(to, '^');
    for (size_t i = 1; i < length && column + i < line.n; i++)
        if (!continues_character(line.p[column + i]))
            buf_add_byte(to, '~');
}

void excerpt_print(struct buf *to, struct span text, size_t offset, size_t length, unsigned number,
                   const struct excerpt_style *style)
{
    size_t column, from;
    struct span line = line_of(text, offset, &column);

    from = column > SHOWN / 2 && line.n > SHOWN ? column - SHOWN / 2 : 0;
    line = span_from(line, from);
    if (line.n > SHOWN)
        line.n = SHOWN;
    buf_printf(to, "%s%6u |%s ", style->margin, number, style->end);
    excerpt_line(to, line);
    buf_printf(to, "\n%s       |%s %s", style->margin, style->end, style->mark);
    print_mark(to, line, column - from, length);
    buf_printf(to, "\n%s", style->end);
}
