#include "rctest/normal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

enum { CTIME_LENGTH = 24, CLOCK_SLACK = 5 };

static size_t name_length(struct span s, const char *more)
{
    size_t n = 0;

    while (n < s.n && s.p[n] && (isalnum((unsigned char)s.p[n]) || strchr(more, s.p[n])))
        n++;
    return n;
}

/* `time.something` in new, cur or tmp; the log may have cut it. */
static size_t maildir_name(struct span s)
{
    size_t digits = 0;

    while (digits < s.n && isdigit((unsigned char)s.p[digits]))
        digits++;
    if (digits < 9 || digits == s.n || s.p[digits] != '.')
        return 0;
    return name_length(s, "._-,=:+\\%");
}

/* `_abc.host`, as made while a lock or a unique name is. */
static size_t temporary_name(struct span s)
{
    char end[256] = ".";
    size_t n;
    const char *hit;

    if (!s.n || s.p[0] != '_')
        return 0;
    gethostname(end + 1, sizeof end - 2);
    n = 1 + name_length(span_from(s, 1), "._-,+%");
    hit = span_find(span_make(s.p, n), span_of(end));
    return hit && hit - s.p >= 3 ? (size_t)(hit - s.p) + strlen(end) : 0;
}

/* The length of a prefix of unique names that s begins with: MSGPREFIX and what the test adds. */
static size_t unique_prefix(const struct normal *normal, struct span s)
{
    const struct rctest_section *unique = rctest_find(normal->test, RCTEST_UNIQUE);

    if (span_starts(s, "msg."))
        return 4;
    for (; unique; unique = rctest_find_next(unique)) {
        struct span rest = unique->text, line;

        while (rctest_next_line(&rest, &line))
            if (s.n >= line.n && line.n && !memcmp(s.p, line.p, line.n))
                return line.n;
    }
    return 0;
}

static size_t date_length(const struct normal *normal, struct span s)
{
    static const char shape[] = "aaa aaa dd dd:dd:dd dddd"; /* a filter may have raised the letters */
    char text[CTIME_LENGTH + 1];
    struct tm tm = {0};
    time_t when;

    if (s.n < CTIME_LENGTH)
        return 0;
    for (size_t i = 0; i < CTIME_LENGTH; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool fits = shape[i] == 'a'   ? isalpha(c)
                    : shape[i] == 'd' ? isdigit(c) || (c == ' ' && i == 8)
                                      : c == shape[i];

        if (!fits)
            return 0;
    }
    memcpy(text, s.p, CTIME_LENGTH);
    text[CTIME_LENGTH] = '\0';
    if (!strptime(text, "%a %b %e %H:%M:%S %Y", &tm))
        return 0;
    when = timegm(&tm);
    return when >= normal->began - CLOCK_SLACK && when <= normal->ended + CLOCK_SLACK ? CTIME_LENGTH : 0;
}

static bool in_maildir(struct span before)
{
    static const char *const dirs[] = {"new/", "cur/", "tmp/"};

    for (size_t i = 0; i < 3; i++)
        if (before.n >= 4 && !memcmp(before.p + before.n - 4, dirs[i], 4))
            return true;
    return false;
}

static bool begins_name(struct span before)
{
    return !before.n || strchr("/\" ", before.p[before.n - 1]);
}

/* If s, with `before` in front of it in the text, begins with something to be replaced, adds
 * the replacement and returns its length in s. */
static size_t replace(const struct normal *normal, struct span before, struct span s, struct buf *to)
{
    size_t n;

    if (s.p[0] == '/' && span_starts(s, normal->sandbox)) {
        buf_add_text(to, "$HOME");
        return strlen(normal->sandbox);
    }
    if (isupper((unsigned char)s.p[0]) && (n = date_length(normal, s))) {
        buf_add_text(to, "<now>");
        return n;
    }
    if (!begins_name(before))
        return 0;
    if (in_maildir(before) && (n = maildir_name(s))) {
        buf_add_text(to, "<unique>");
        return n;
    }
    if ((n = temporary_name(s))) {
        buf_add_text(to, "<temp>");
        return n;
    }
    n = before.n && before.p[before.n - 1] == '/' ? unique_prefix(normal, s) : 0;
    if (n && name_length(span_from(s, n), "-_")) {
        buf_add(to, s.p, n);
        buf_add_text(to, "<unique>");
        return n + name_length(span_from(s, n), "-_");
    }
    return 0;
}

static void add_normal(const struct normal *normal, struct span text, struct buf *to)
{
    for (size_t at = 0; at < text.n;) {
        size_t n = replace(normal, span_make(text.p, at), span_from(text, at), to);

        if (!n)
            buf_add_byte(to, text.p[at++]);
        at += n;
    }
}

struct span normal_text(const struct normal *normal, struct arena *arena, struct span text)
{
    struct buf to;
    struct span result;

    buf_init(&to, BUF_UNLIMITED);
    add_normal(normal, text, &to);
    result = arena_span(arena, buf_span(&to));
    buf_free(&to);
    return result;
}

const char *normal_path(const struct normal *normal, struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t before = slash ? (size_t)(slash + 1 - path) : 0;
    struct buf to;
    const char *result;
    size_t n = 0;

    buf_init(&to, BUF_UNLIMITED);
    buf_add(&to, path, before);
    if (path[before])
        n = replace(normal, before ? span_make(path, before) : span_of("/"), span_of(path + before), &to);
    buf_add_text(&to, path + before + n);
    result = arena_strndup(arena, to.p, to.n);
    buf_free(&to);
    return result;
}

bool normal_is_log(struct span text)
{
    struct span line;

    while (rctest_next_line(&text, &line))
        if (span_starts(line, "procmail: ") || span_starts(line, "  Folder: "))
            return true;
    return false;
}

static bool is_date_line(struct span line)
{
    struct span rest;
    const char *end;

    if (!span_starts(line, "procmail: ["))
        return false;
    rest = span_from(line, strlen("procmail: ["));
    end = span_find_byte(rest, ']');
    return end && rest.n - (size_t)(end - rest.p) == strlen("] ") + CTIME_LENGTH;
}

/* Where in the line it begins: behind a text of LOG without a newline; the line's length: nowhere. */
static size_t date_line_at(struct span line)
{
    for (struct span rest = line;; rest = span_from(rest, 1)) {
        const char *hit = span_find(rest, span_of("procmail: ["));

        if (!hit)
            return line.n;
        rest = span_from(rest, (size_t)(hit - rest.p));
        if (is_date_line(rest))
            return (size_t)(hit - line.p);
    }
}

static struct span squeeze_folder(struct arena *arena, struct span line, bool always)
{
    struct buf to;
    struct span name = line, result;

    if (!span_starts(line, "  Folder: ") || !(always || span_find(line, span_of("<"))))
        return line;
    while (name.n && isdigit((unsigned char)name.p[name.n - 1]))
        name.n--;
    buf_init(&to, BUF_UNLIMITED);
    buf_add_span(&to, span_trim_end(name));
    buf_add_byte(&to, '\t');
    buf_add(&to, line.p + name.n, line.n - name.n);
    result = arena_span(arena, buf_span(&to));
    buf_free(&to);
    return result;
}

struct lines {
    struct span *line;
    size_t count, room;
};

static void lines_add(struct lines *lines, struct span line)
{
    if (lines->count == lines->room) {
        lines->room = lines->room * 2 + 32;
        lines->line = mem_realloc(lines->line, lines->room * sizeof *lines->line);
    }
    lines->line[lines->count++] = line;
}

static int by_text(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    int order = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

    return order ? order : (x->n > y->n) - (x->n < y->n);
}

static void lines_sort(struct lines *lines)
{
    if (lines->count)
        qsort(lines->line, lines->count, sizeof *lines->line, by_text);
}

static struct span lines_join(struct arena *arena, const struct lines *first, const struct lines *second)
{
    struct buf to;
    struct span result;

    buf_init(&to, BUF_UNLIMITED);
    for (size_t i = 0; i < first->count + second->count; i++) {
        buf_add_span(&to, i < first->count ? first->line[i] : second->line[i - first->count]);
        buf_add_byte(&to, '\n');
    }
    result = arena_span(arena, buf_span(&to));
    buf_free(&to);
    return result;
}

struct span normal_log(const struct normal *normal, struct arena *arena, struct span text, bool squeeze)
{
    struct lines plain = {0}, executing = {0};
    struct span line, result;
    bool clones = false;
    struct buf begun;

    buf_init(&begun, BUF_UNLIMITED);
    while (rctest_next_line(&text, &line)) {
        size_t at = date_line_at(line);

        if (at < line.n) { /* as if nobody had looked at the clock */
            buf_add(&begun, line.p, at);
            continue;
        }
        if (begun.n) {
            buf_add_span(&begun, line);
            line = arena_span(arena, buf_span(&begun));
            buf_cut(&begun, 0);
        }
        line = squeeze_folder(arena, normal_text(normal, arena, line), squeeze);
        clones |= span_starts(line, "procmail: Forking");
        lines_add(span_starts(line, "procmail: Executing") ? &executing : &plain, line);
    }
    buf_free(&begun);
    if (clones)
        lines_sort(&plain);
    lines_sort(&executing);
    result = lines_join(arena, &plain, &executing);
    free(plain.line);
    free(executing.line);
    return result;
}
