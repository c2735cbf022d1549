#include "stat/reader.h"

#include <ctype.h>
#include <string.h>

enum { LINE_MAX_READ = 1 << 20 };

void stat_reader_init(struct stat_reader *reader, void (*entry)(void *ctx, const struct stat_entry *entry),
                      void *ctx)
{
    *reader = (struct stat_reader){.entry = entry, .ctx = ctx, .day = STAT_UNDATED};
    buf_init(&reader->line, LINE_MAX_READ);
}

/* ---- names of files, which are different for each message */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

static bool is_maildir(char c)
{
    return is_word(c) || (c && strchr(".,+:%@", c));
}

static bool is_number(char c)
{
    return c >= '0' && c <= '9';
}

static const struct file_name {
    const char *before;
    bool (*is_first)(char c), (*is_further)(char c);
    const char *instead;
} file_names[] = {
    {"/msg.", is_word, is_word, "/"},
    {"/new/", is_word, is_maildir, "/"},
    {"/", is_number, is_number, "/."},
};

/* How long the name that begins there is, with a tab behind it; 0 if that is none. */
static size_t length_of_name(struct span s, const struct file_name *name)
{
    size_t n = strlen(name->before);

    if (!span_starts(s, name->before) || n == s.n || !name->is_first(s.p[n]))
        return 0;
    while (n < s.n && name->is_further(s.p[n]))
        n++;
    return n < s.n && s.p[n] == '\t' ? n : 0;
}

static void replace(struct buf *line, size_t at, size_t n, const char *by)
{
    size_t new = strlen(by);

    memmove(line->p + at + new, line->p + at + n, line->n - at - n);
    memcpy(line->p + at, by, new);
    buf_cut(line, line->n - n + new);
}

static void leave_out(struct buf *line, const struct file_name *name)
{
    for (size_t at = 0; at < line->n; at++) {
        size_t n = line->p[at] == '/' ? length_of_name(span_from(buf_span(line), at), name) : 0;

        if (n) {
            replace(line, at, n, name->instead);
            return;
        }
    }
}

/* The tabs of the columns become one. */
static void join_tabs(struct buf *line)
{
    const char *tab = memchr(line->p, '\t', line->n);
    size_t at = (size_t)(tab - line->p), n = 1;

    while (at + n < line->n && line->p[at + n] == '\t')
        n++;
    replace(line, at, n, "\t");
}

/* ---- the lines */

static int64_t number_at(struct span s)
{
    int64_t number = 0;
    bool negative;

    while (s.n && isspace((unsigned char)*s.p)) /* as strtol(3) and awk do */
        s = span_from(s, 1);
    negative = s.n && *s.p == '-';
    for (size_t i = s.n && (*s.p == '-' || *s.p == '+'); i < s.n && is_number(s.p[i]); i++)
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, s.p[i] - '0', &number))
            return negative ? INT64_MIN : INT64_MAX;
    return negative ? -number : number;
}

static void tell_delivery(struct stat_reader *reader, struct span s)
{
    const char *tab = span_find_byte(s, '\t');
    size_t n = tab ? (size_t)(tab - s.p) : s.n;
    struct stat_entry entry = {.name = span_make(s.p, n),
                               .size = tab ? number_at(span_from(s, n + 1)) : 0,
                               .day = reader->day,
                               .bare = !tab};

    reader->entry(reader->ctx, &entry);
    reader->day = STAT_UNDATED;
}

static void tell_fault(struct stat_reader *reader, struct span s)
{
    struct buf text;
    struct stat_entry entry = {.day = STAT_UNDATED, .fault = true, .bare = true};

    buf_init(&text, BUF_UNLIMITED);
    buf_add_text(&text, " ## ");
    if (reader->merge_faults) {
        buf_add_text(&text, "diagnostic messages ##");
        s = SPAN_NULL;
    }
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\t')
            buf_add_text(&text, "\\t");
        else
            buf_add_byte(&text, s.p[i]);
    entry.name = buf_span(&text);
    reader->entry(reader->ctx, &entry);
    buf_free(&text);
}

static const char folder[] = "  Folder: ";

/* mailstat's script takes any line that begins with `  Folder` and has a tab for one of an abstract. */
static bool is_folder_line(struct span s)
{
    return span_starts(s, "  Folder") && (span_find_byte(s, '\t') || span_starts(s, folder));
}

static void read_line(struct stat_reader *reader)
{
    struct buf *line = &reader->line;

    if (span_starts(buf_span(line), "From ")) {
        reader->day = stat_day_of(buf_span(line));
    } else if (span_starts_nocase(buf_span(line), " Subject:")) {
        /* of no interest */
    } else if (is_folder_line(buf_span(line))) {
        if (span_find_byte(buf_span(line), '\t'))
            join_tabs(line);
        for (size_t i = 0; i < sizeof file_names / sizeof *file_names; i++)
            leave_out(line, &file_names[i]);
        tell_delivery(reader, span_starts(buf_span(line), folder) ? span_from(buf_span(line), strlen(folder))
                                                                  : buf_span(line));
    } else {
        tell_fault(reader, buf_span(line));
    }
    buf_cut(line, 0);
}

static void add_to_line(struct buf *line, struct span s)
{
    size_t room = LINE_MAX_READ - line->n;

    buf_add(line, s.p, s.n < room ? s.n : room);
}

void stat_reader_feed(struct stat_reader *reader, struct span bytes)
{
    const char *newline;

    while ((newline = span_find_byte(bytes, '\n'))) {
        size_t n = (size_t)(newline - bytes.p);

        add_to_line(&reader->line, span_make(bytes.p, n));
        read_line(reader);
        bytes = span_from(bytes, n + 1);
    }
    add_to_line(&reader->line, bytes);
}

void stat_reader_end(struct stat_reader *reader)
{
    if (reader->line.n && !span_eq_text(buf_span(&reader->line), folder)) /* a name was to follow */
        read_line(reader);
    buf_free(&reader->line);
}
