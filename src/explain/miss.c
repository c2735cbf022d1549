#include "explain/miss.h"

#include "base/buf.h"
#include "base/escape.h"
#include "recipe/condition.h"

enum { QUOTED = 60 /* bytes of a text shown within a sentence */ };

/* ---- pieces */

/* No more than QUOTED bytes of its beginning, in whole characters. */
static struct span cut(struct span text)
{
    size_t n = 0;

    while (n < text.n && n < QUOTED) {
        size_t length = utf8_length(span_from(text, n));

        n += length ? length : 1;
    }
    return span_make(text.p, n < text.n ? n : text.n);
}

static struct span cut_front(struct span text)
{
    size_t from = text.n > QUOTED ? text.n - QUOTED : 0;

    while (from && from < text.n && ((unsigned char)text.p[from] & 0xc0) == 0x80)
        from++;
    return span_from(text, from);
}

static void add_line_breaks_shown(struct buf *to, struct span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '\n')
            buf_add_text(to, "\\n");
        else
            buf_add_byte(to, text.p[i]);
}

static void quote(struct buf *to, struct span text)
{
    struct span shown = cut(text);

    buf_add_byte(to, '\'');
    add_line_breaks_shown(to, shown);
    buf_add_text(to, shown.n < text.n ? "...'" : "'");
}

static void quote_end(struct buf *to, struct span text)
{
    struct span shown = cut_front(text);

    buf_add_text(to, shown.n < text.n ? "'..." : "'");
    add_line_breaks_shown(to, shown);
    buf_add_byte(to, '\'');
}

/* ---- places */

static const struct {
    const char *area, *text;
} areas[] = {
    {"H", "the header"},
    {"B", "the body"},
    {"HB", "the message"},
};

const char *miss_area(const struct explain_step *step)
{
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
        if (span_eq_text(step->subject, areas[i].area))
            return areas[i].text;
    return NULL; /* a variable */
}

static void add_area(const struct sentence *s)
{
    const char *words = miss_area(s->step);

    if (words)
        buf_add_text(s->to, words);
    else
        buf_add_span(s->to, s->step->subject);
}

static size_t count_lines(struct span text, size_t end)
{
    size_t lines = 1;

    for (size_t i = 0; i < end; i++)
        lines += text.p[i] == '\n';
    return lines;
}

/* Bytes before the body, where a header stands before it. */
static size_t head_size(const struct sentence *s)
{
    const char *end;

    if (span_eq_text(s->step->subject, "B"))
        return 0;
    if (!span_eq_text(s->step->subject, "HB"))
        return s->text.n;
    end = span_find(s->text, span_of("\n\n"));
    return end ? (size_t)(end - s->text.p) + 2 : s->text.n;
}

/* Which field, where the text does not say so itself. */
static void add_field(const struct sentence *s, size_t at)
{
    const char *colon = span_find_byte(s->line, ':');

    if (colon && s->text.p + at > colon)
        buf_printf(s->to, " in the field %.*s", (int)(colon - s->line.p), s->line.p);
}

static void add_place(const struct sentence *s)
{
    size_t at = s->step->got_at, head = head_size(s);

    if (!miss_area(s->step)) {
        buf_add_text(s->to, " in ");
        add_area(s);
    } else if (at < head) {
        add_field(s, at);
    } else {
        buf_printf(s->to, " in line %zu of the body", count_lines(span_from(s->text, head), at - head));
    }
}

/* ---- what was wanted */

static const struct {
    const char *item, *text;
} items[] = {
    {"$", "the end of the line"},
    {"^", "the end of the line"},
    {"^^", "the end of what is searched"},
    {".", "one more character"},
    {"\\<", "a character outside of words"},
    {"\\>", "a character outside of words"},
};

static const char *item_words(struct span wanted)
{
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        if (span_eq_text(wanted, items[i].item))
            return items[i].text;
    return NULL;
}

static bool is_word(const struct sentence *s)
{
    return span_starts(s->step->wanted, "\\<") && s->step->wanted.n > 2;
}

static void add_wanted(const struct sentence *s)
{
    const char *words = item_words(s->step->wanted);

    if (words && !s->account->wanted_plain) {
        buf_add_text(s->to, words);
        return;
    }
    buf_add_text(s->to, is_word(s) ? "a word that begins with " : s->account->wanted_plain ? "" : "one of ");
    quote(s->to, s->wanted);
}

/* The same, and that there is none. */
static void add_none(const struct sentence *s)
{
    const char *words = item_words(s->step->wanted);

    if (words && !s->account->wanted_plain) {
        buf_printf(s->to, "not %s", words);
        return;
    }
    buf_add_text(s->to, is_word(s)                 ? "no word that begins with "
                        : s->account->wanted_plain ? "no "
                                                   : "none of ");
    quote(s->to, s->wanted);
}

/* Of `c`, `\\c` or `[c]` the character; *n: the bytes it takes. */
static char plain_character(struct span wanted, size_t *n)
{
    size_t i = 1;

    *n = 1;
    if (wanted.n > 1 && *wanted.p == '\\') {
        *n = 2;
        return wanted.p[1];
    }
    if (wanted.n < 3 || *wanted.p != '[')
        return *wanted.p;
    while (++i < wanted.n && wanted.p[i] != ']')
        ;
    *n = i + 1;
    return wanted.p[1];
}

static struct span plain_characters(struct explain *explain, struct span wanted)
{
    struct buf plain;
    struct span kept;
    size_t n;

    buf_init(&plain, BUF_UNLIMITED);
    for (; wanted.n; wanted = span_from(wanted, n))
        buf_add_byte(&plain, plain_character(wanted, &n));
    kept = explain_keep(explain, buf_span(&plain));
    buf_free(&plain);
    return kept;
}

/* ---- the sentence */

static void say_lacks_field(const struct sentence *s)
{
    struct span name = span_make(s->step->expression.p, s->account->name_length);

    name = span_make(name.p + 1, name.n - 2); /* without ^ and the colon */
    buf_printf(s->to, "the message has no field '%.*s'", (int)name.n, name.p);
}

static void say_macro(const struct sentence *s, struct span name)
{
    buf_add_text(s->to, "no line of ");
    add_area(s);
    buf_printf(s->to, " is what %.*s looks for", (int)name.n, name.p);
}

static void say_start(const struct sentence *s)
{
    if (s->account->place == PATTERN_LINE_START)
        buf_add_text(s->to, "no line of ");
    add_area(s);
    buf_add_text(s->to, s->account->place == PATTERN_LINE_START ? " begins with " : " does not begin with ");
    add_wanted(s);
}

static void say_nowhere(const struct sentence *s)
{
    if (s->account->wanted_plain)
        quote(s->to, s->wanted);
    else
        add_none(s);
    buf_add_text(s->to, s->account->wanted_plain ? " is nowhere in " : " is in ");
    add_area(s);
}

static void say_found(const struct sentence *s)
{
    if (s->account->instead.n)
        quote(s->to, s->account->instead);
    else if (s->account->at_end)
        buf_add_text(s->to, "the end of what is searched");
    else
        buf_add_text(s->to, "the end of the line");
}

static void say_how_far(const struct sentence *s)
{
    buf_add_text(s->to, "got as far as ");
    quote_end(s->to, s->step->got);
    add_place(s);
    if (s->account->place != PATTERN_ANYWHERE) {
        buf_add_text(s->to, "; wanted ");
        add_wanted(s);
        buf_add_text(s->to, ", found ");
        say_found(s);
        return;
    }
    buf_add_text(s->to, "; ");
    add_none(s);
    if (s->account->instead.n) {
        buf_add_text(s->to, " in ");
        quote(s->to, s->account->instead);
    } else {
        buf_add_text(s->to, " behind it");
    }
}

static void say(const struct sentence *s)
{
    const struct pattern_account *account = s->account;
    size_t n;
    struct span macro = condition_macro(s->step->expression, &n);

    if (!account->wanted_length)
        buf_add_text(s->to, "the expression can match nothing");
    else if (!s->text.n) {
        add_area(s);
        buf_add_text(s->to, miss_area(s->step) ? " is empty" : " is empty or not set");
    } else if (account->lacks_field && span_eq_text(s->step->subject, "H"))
        say_lacks_field(s);
    else if (macro.n && account->wanted_at < n)
        say_macro(s, macro);
    else if (account->place == PATTERN_LINE_START || account->place == PATTERN_TEXT_START)
        say_start(s);
    else if (!s->step->got.n)
        say_nowhere(s);
    else
        say_how_far(s);
}

static void add_hint(const struct sentence *s)
{
    const char *hint = miss_hint(s);

    if (hint)
        buf_printf(s->to, " (%s)", hint);
}

/* The line in which `at` stands. */
static struct span line_of(struct span text, size_t at)
{
    size_t from = at, to = at;

    while (from > 0 && text.p[from - 1] != '\n')
        from--;
    while (to < text.n && text.p[to] != '\n')
        to++;
    return span_make(text.p + from, to - from);
}

void miss_tell(struct explain *explain, struct explain_step *step, struct span text,
               const struct pattern_account *account)
{
    struct buf words;
    struct sentence s = {.step = step, .account = account, .text = text, .to = &words};

    buf_init(&words, BUF_UNLIMITED);
    s.line = line_of(text, step->got_at);
    s.wanted = step->wanted;
    if (account->wanted_plain || is_word(&s))
        s.wanted = plain_characters(explain, span_from(s.wanted, is_word(&s) ? 2 : 0));
    say(&s);
    add_hint(&s);
    step->miss = explain_keep(explain, buf_span(&words));
    buf_free(&words);
}
