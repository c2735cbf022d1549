#include "rctest/escape.h"

#include <stdbool.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* *from stands behind the backslash.  The byte, -1 when it is no escape, -2 when it stands for nothing. */
static int escape_byte(const char **from, const char *end)
{
    static const char names[] = "\\rnt0", bytes[] = "\\\r\n\t";
    const char *name;
    char c;

    if (*from == end)
        return -1;
    c = *(*from)++;
    if (c == '\n')
        return -2;
    if (c == 'x' && end - *from >= 2 && hex_digit((*from)[0]) >= 0 && hex_digit((*from)[1]) >= 0) {
        *from += 2;
        return hex_digit((*from)[-2]) * 16 + hex_digit((*from)[-1]);
    }
    name = c ? strchr(names, c) : NULL;
    return name ? bytes[name - names] : -1;
}

int escape_undo(struct arena *arena, struct span text, struct span *result, const char **wrong)
{
    char *to = arena_alloc(arena, text.n + 1);
    const char *from = text.n ? text.p : "", *end = from + text.n;

    *result = span_make(to, 0);
    while (from < end) {
        int byte = (unsigned char)*from++;

        if (byte == '\\') {
            *wrong = from - 1;
            byte = escape_byte(&from, end);
            if (byte == -1)
                return -1;
            if (byte == -2)
                continue;
        }
        to[result->n++] = (char)byte;
    }
    return 0;
}

unsigned escape_line(struct span text, unsigned line)
{
    const char *from = text.p, *end = from + text.n;
    unsigned here = 1, seen = 1;

    while (from < end && seen < line) {
        int byte = (unsigned char)*from++;

        here += byte == '\n';
        if (byte == '\\') {
            byte = escape_byte(&from, end);
            here += byte == -2;
        }
        seen += byte == '\n';
    }
    return here;
}

void escape_print(struct buf *to, struct span text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c == '\\')
            buf_add_text(to, "\\\\");
        else if (c == '\r')
            buf_add_text(to, "\\r");
        else if (c == '\t')
            buf_add_text(to, "\\t");
        else if (c < ' ' || c >= 127)
            buf_printf(to, "\\x%02x", c);
        else
            buf_add_byte(to, (char)c);
    }
}
