#include "folder/mbox-scan.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "folder/view.h"

enum {
    WINDOW = 1 << 17,
    PREFIX = 1024, /* of a line longer than the window: enough for a From_ line and the fields we keep */
};

/* ---- lines of any length */

struct line {
    off_t from;
    off_t end;        /* behind the newline */
    struct span text; /* without it; of a very long line the beginning */
    bool is_whole;    /* ends with a newline */
    bool is_bare;     /* and that has no CR before it */
};

struct lines {
    int fd;
    char *window;
    size_t at, fill;
    off_t offset; /* of the window's first byte */
    bool ended;
    char prefix[PREFIX];
};

static int lines_fill(struct lines *lines)
{
    size_t left = lines->fill - lines->at;
    ssize_t n;

    memmove(lines->window, lines->window + lines->at, left);
    lines->offset += (off_t)lines->at;
    lines->at = 0;
    lines->fill = left;
    n = io_pread(lines->fd, lines->window + left, WINDOW - left, lines->offset + (off_t)left);
    if (n < 0)
        return -1;
    lines->fill += (size_t)n;
    lines->ended = (size_t)n < WINDOW - left;
    return 0;
}

/* The rest of a line of which the window holds only a part. */
static int line_skip(struct lines *lines, struct line *line)
{
    size_t kept = lines->fill - lines->at;
    char before = '\0', *newline = NULL;

    memcpy(lines->prefix, lines->window + lines->at, kept < PREFIX ? kept : PREFIX);
    line->text = span_make(lines->prefix, kept < PREFIX ? kept : PREFIX);
    while (!newline && lines->fill > lines->at) {
        before = lines->window[lines->fill - 1];
        lines->at = lines->fill;
        if (lines_fill(lines) < 0)
            return -1;
        newline = memchr(lines->window, '\n', lines->fill);
    }
    line->is_whole = newline;
    if (newline) {
        line->is_bare = (newline > lines->window ? newline[-1] : before) != '\r';
        lines->at = (size_t)(newline - lines->window) + 1;
    }
    line->end = lines->offset + (off_t)lines->at;
    return 1;
}

/* 1: a line; 0: the end; -1 with errno. */
static int line_next(struct lines *lines, struct line *line)
{
    char *begin = lines->window + lines->at, *newline = memchr(begin, '\n', lines->fill - lines->at);

    if (!newline && !lines->ended) {
        if (lines_fill(lines) < 0)
            return -1;
        begin = lines->window;
        newline = memchr(begin, '\n', lines->fill);
    }
    *line = (struct line){.from = lines->offset + (off_t)lines->at};
    if (!newline && lines->fill - lines->at == WINDOW)
        return line_skip(lines, line);
    line->text = span_make(begin, newline ? (size_t)(newline - begin) : lines->fill - lines->at);
    line->is_whole = newline;
    line->is_bare = newline && (newline == begin || newline[-1] != '\r');
    lines->at += line->text.n + (newline ? 1 : 0);
    line->end = lines->offset + (off_t)lines->at;
    return line->end > line->from;
}

/* ---- what a line is */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A clock, and a year behind it: `From x  Tue Nov 24 05:04:49 2026`, with a zone in either place. */
static bool has_date(struct span text)
{
    bool clock = false;
    size_t digits = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == ':' && i >= 2 && i + 2 < text.n && is_digit(text.p[i - 1]) &&
            is_digit(text.p[i + 1]) && is_digit(text.p[i + 2]))
            clock = true;
        digits = is_digit(text.p[i]) ? digits + 1 : 0;
        if (clock && digits == 4 && (i + 1 == text.n || !is_digit(text.p[i + 1])) && text.p[i - 4] == ' ')
            return true;
    }
    return false;
}

bool mbox_is_from_line(struct span text)
{
    return span_starts(text, "From ") && text.n > 6 && has_date(span_from(text, 5));
}

static bool is_empty(struct span text)
{
    return text.n == 0 || (text.n == 1 && text.p[0] == '\r');
}

/* ---- fields */

struct scanning {
    struct mbox_scan *scan;
    struct mbox_message *message; /* the last, NULL before the first */
    struct lines lines;
    bool in_head;
    bool in_hidden;                  /* the field before this line is one */
    bool tells_base, tells_internal; /* this message's X-IMAP and Subject do */
    off_t content_length;            /* -1: none */
    off_t vouched_until;             /* no message begins before */
    off_t last_empty;                /* the empty line that was the last line; -1 */
    size_t room, hidden_room;
    int errnum;
};

static struct span value_of(struct span text)
{
    const char *colon = span_find_byte(text, ':');

    return span_trim_end(span_skip_blanks(span_from(text, (size_t)(colon - text.p) + 1)));
}

/* Digits at the beginning, taken off; 0: none, or too large. */
static uint64_t take_number(struct span *text)
{
    struct span digits = span_make(text->p, span_digits(*text));
    uint64_t number;

    span_number(digits, INT64_MAX / 2, &number); /* as a length, it may be added to an offset */
    *text = span_skip_blanks(span_from(*text, digits.n));
    return number;
}

static uint32_t as_uid(uint64_t number)
{
    return number < UINT32_MAX ? (uint32_t)number : 0;
}

/* X-IMAPbase: VALIDITY LAST-UID KEYWORD... */
static void take_base(struct scanning *s, const struct line *line, struct span value)
{
    struct mbox_scan *scan = s->scan;
    uint32_t validity;
    uint64_t last;

    if (scan->count != 1 || scan->validity)
        return; /* it stands in the first message only: in another a stranger wrote it */
    validity = as_uid(take_number(&value));
    scan->last_at = line->from + (value.p - line->text.p);
    scan->last_digits = span_digits(value);
    last = take_number(&value);
    if (validity == 0 || scan->last_digits == 0)
        return;
    scan->validity = validity;
    scan->next = last < UINT32_MAX ? (uint32_t)last + 1 : UINT32_MAX; /* all used up */
    if (value.n)
        scan->keywords = mem_strndup(value.p, value.n);
}

/* In its place in the first message of all, for those who keep no message of their own there. */
static void take_internal(struct scanning *s, const struct line *line, struct span value)
{
    bool had = s->scan->validity;

    take_base(s, line, value);
    s->tells_base = !had && s->scan->validity;
}

static void take_subject(struct scanning *s, const struct line *line, struct span value)
{
    (void)line;
    s->tells_internal = span_find(value, span_of("FOLDER INTERNAL DATA"));
}

static void take_uid(struct scanning *s, const struct line *line, struct span value)
{
    (void)line;
    s->message->uid = as_uid(take_number(&value));
}

static void take_flags(struct scanning *s, const struct line *line, struct span value)
{
    static const struct {
        char letter;
        unsigned flag;
    } letters[] = {
        {'R', VIEW_SEEN}, {'A', VIEW_ANSWERED}, {'F', VIEW_FLAGGED}, {'D', VIEW_DELETED}, {'T', VIEW_DRAFT},
    };

    (void)line;
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == 'O')
            s->message->flags &= ~(unsigned)VIEW_FRESH;
        for (size_t k = 0; k < sizeof letters / sizeof *letters; k++)
            if (value.p[i] == letters[k].letter)
                s->message->flags |= letters[k].flag;
    }
}

static void take_length(struct scanning *s, const struct line *line, struct span value)
{
    (void)line;
    s->content_length = span_digits(value) ? (off_t)take_number(&value) : -1;
}

static void take_nothing(struct scanning *s, const struct line *line, struct span value)
{
    (void)s;
    (void)line;
    (void)value;
}

enum field_kind { FIELD_SHOWN, FIELD_HIDDEN, FIELD_NUMBER };

/* Dovecot hides the same. */
static const struct {
    const char *name;
    void (*take)(struct scanning *s, const struct line *line, struct span value);
    enum field_kind kind;
} known_fields[] = {
    {"Content-Length:", take_length, FIELD_HIDDEN}, {"Status:", take_flags, FIELD_HIDDEN},
    {"Subject:", take_subject, FIELD_SHOWN},        {"X-IMAP:", take_internal, FIELD_NUMBER},
    {"X-IMAPbase:", take_base, FIELD_NUMBER},       {"X-Keywords:", take_nothing, FIELD_HIDDEN},
    {"X-Status:", take_flags, FIELD_HIDDEN},        {"X-UID:", take_uid, FIELD_NUMBER},
};

static void hide(struct scanning *s, const struct line *line, bool is_number)
{
    struct mbox_scan *scan = s->scan;

    if (scan->hidden_count == s->hidden_room) {
        s->hidden_room = s->hidden_room ? 2 * s->hidden_room : 64;
        scan->hidden = mem_realloc(scan->hidden, s->hidden_room * sizeof *scan->hidden);
    }
    scan->hidden[scan->hidden_count++] = (struct mbox_field){line->from, line->end, is_number};
}

/* Is this line of the header one that is hidden? */
static bool take_field(struct scanning *s, const struct line *line)
{
    if (line->text.n && (line->text.p[0] == ' ' || line->text.p[0] == '\t')) {
        if (s->in_hidden)
            s->scan->hidden[s->scan->hidden_count - 1].end = line->end;
        return s->in_hidden;
    }
    s->in_hidden = false;
    for (size_t i = 0; i < sizeof known_fields / sizeof *known_fields; i++)
        if (span_starts_nocase(line->text, known_fields[i].name)) {
            known_fields[i].take(s, line, value_of(line->text));
            s->in_hidden = known_fields[i].kind != FIELD_SHOWN;
            if (s->in_hidden)
                hide(s, line, known_fields[i].kind == FIELD_NUMBER);
        }
    return s->in_hidden;
}

/* ---- messages */

static void end_message(struct scanning *s, off_t at)
{
    struct mbox_message *message = s->message;

    if (!message)
        return;
    message->next = message->end = at;
    if (s->in_head) {
        message->body = message->tail = message->end;
    } else if (s->last_empty >= message->body) {
        message->end = s->last_empty;
        message->octets -= 2; /* with or without a CR */
    }
}

static void begin_message(struct scanning *s, const struct line *line)
{
    struct mbox_scan *scan = s->scan;

    end_message(s, line->from);
    if (scan->count == s->room) {
        s->room = s->room ? 2 * s->room : 64;
        scan->messages = mem_realloc(scan->messages, s->room * sizeof *scan->messages);
    }
    s->message = &scan->messages[scan->count++];
    *s->message = (struct mbox_message){
        .from = line->from, .head = line->end, .hidden = scan->hidden_count, .flags = VIEW_FRESH};
    s->in_head = true;
    s->in_hidden = s->tells_base = s->tells_internal = false;
    s->content_length = -1;
    s->last_empty = -1;
}

/* Does a message end there?  Or else a length that lies would swallow others. */
static bool ends_at(const struct scanning *s, off_t at)
{
    char bytes[100];
    ssize_t n = io_pread(s->lines.fd, bytes, sizeof bytes, at);
    struct span text = span_make(bytes, n > 0 ? (size_t)n : 0);
    const char *newline;

    if (n < 0 || at > s->scan->size)
        return false;
    while (text.n && (text.p[0] == '\n' || text.p[0] == '\r'))
        text = span_from(text, 1);
    newline = span_find_byte(text, '\n');
    return text.n == 0 || mbox_is_from_line(newline ? span_make(text.p, (size_t)(newline - text.p)) : text);
}

static void end_head(struct scanning *s, const struct line *line)
{
    s->in_head = false;
    s->scan->internal |= s->tells_base && s->tells_internal;
    s->message->tail = line->from;
    s->message->body = line->end;
    if (s->content_length > 0 && s->content_length <= s->scan->size - line->end &&
        ends_at(s, line->end + s->content_length))
        s->vouched_until = line->end + s->content_length;
}

static void count(struct scanning *s, const struct line *line)
{
    s->message->octets += (uint64_t)(line->end - line->from) + line->is_bare;
}

static int take_line(struct scanning *s, const struct line *line, struct err *err)
{
    /* A CR at the end of the file would be an empty line with what is put behind it. */
    bool empty = is_empty(line->text) && (line->is_whole || (s->in_head && line->text.n));

    if (line->from >= s->vouched_until && mbox_is_from_line(line->text)) {
        begin_message(s, line);
        return 0;
    }
    if (!s->message)
        return empty ? 0 : err_set(err, ERR_DATA, "no mbox: it does not begin with a From_ line");
    if (s->in_head && s->message->head == line->from && span_starts(line->text, ">From ")) {
        s->message->head = line->end;
        return 0;
    }
    if (!s->in_head || empty || !take_field(s, line))
        count(s, line);
    s->last_empty = empty && !s->in_head ? line->from : -1;
    if (s->in_head && empty)
        end_head(s, line);
    return 0;
}

int mbox_scan(int fd, struct mbox_scan *scan, struct err *err)
{
    struct scanning s = {.scan = scan, .lines = {.fd = fd}, .last_empty = -1};
    struct line line;
    struct stat st;
    int result = -1;

    *scan = (struct mbox_scan){0};
    if (fstat(fd, &st) < 0)
        return err_set_errno(err, ERR_TEMP, "cannot look at an mbox");
    scan->size = st.st_size;
    s.lines.window = mem_alloc(WINDOW);
    while ((result = line_next(&s.lines, &line)) > 0)
        if (take_line(&s, &line, err) < 0)
            break;
    if (result < 0)
        err_set_errno(err, ERR_TEMP, "cannot read an mbox");
    else if (result > 0)
        result = -1;
    end_message(&s, line.end);
    scan->size = line.end;
    free(s.lines.window);
    return result;
}

void mbox_scan_free(struct mbox_scan *scan)
{
    free(scan->messages);
    free(scan->hidden);
    free(scan->keywords);
    *scan = (struct mbox_scan){0};
}

const struct mbox_field *mbox_hidden(const struct mbox_scan *scan, size_t index, size_t *count)
{
    size_t from = scan->messages[index].hidden,
           to = index + 1 < scan->count ? scan->messages[index + 1].hidden : scan->hidden_count;

    *count = to - from;
    return *count ? scan->hidden + from : NULL;
}
