#include "message/from-line.h"

#include <string.h>

static const char from[] = "From ";

enum {
    DATE_LENGTH = 24,   /* `Tue Nov 24 05:04:49 2026` */
    DATE_COLON_1 = 13,
    DATE_COLON_2 = 16,
};

bool from_line_is(struct span line)
{
    return span_starts(line, from);
}

/* Two blanks, the date and the newline that ctime gives. */
static void date_add(struct buf *to, time_t when)
{
    char date[64] = "";

    buf_add_text(to, "  ");
    if (ctime_r(&when, date))
        buf_add_text(to, date);
    else
        buf_add_byte(to, '\n');
}

void from_line_make(struct buf *to, const char *sender, time_t when)
{
    buf_add_text(to, from);
    buf_add_text(to, sender);
    date_add(to, when);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* Where the sender ends: before the last thing that looks like a date, else behind the first word. */
static size_t sender_end(struct span line)
{
    size_t at = sizeof from - 1, end;

    while (at < line.n && is_blank(line.p[at]))
        at++;
    while (at < line.n && !is_blank(line.p[at]))
        at++;
    for (end = line.n; end-- > at;) {
        if (line.n - end < DATE_LENGTH || line.p[end + DATE_COLON_1] != ':' ||
            line.p[end + DATE_COLON_2] != ':')
            continue;
        while (end > at && is_blank(line.p[end - 1]))
            end--;
        return end;
    }
    return at;
}

void from_line_refresh(struct buf *to, struct span line, time_t when)
{
    size_t end = sender_end(line);
    size_t rest = span_skip_blanks(span_from(line, sizeof from - 1)).n;

    if (rest <= 1 || (rest == DATE_LENGTH + 1 && line.p[line.n - rest + DATE_COLON_1] == ':'))
        end = sizeof from - 1; /* no sender at all */
    buf_add(to, line.p, end);
    date_add(to, when);
}
