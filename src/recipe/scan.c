#include "recipe/scan.h"

#include "recipe/head.h"
#include "recipe/word.h"

static int peek(const struct rc_reader *r)
{
    return r->at < r->text.n ? (unsigned char)r->text.p[r->at] : -1;
}

static struct span rest(const struct rc_reader *r)
{
    return span_from(r->text, r->at);
}

static bool is_blank(int c)
{
    return c == ' ' || c == '\t';
}

/* Takes the next n bytes as one text. */
static struct rc_text take(struct rc_reader *r, size_t n)
{
    struct rc_text taken = {span_make(r->text.p + r->at, n), r->place};

    for (size_t i = 0; i < n; i++) {
        if (r->text.p[r->at++] == '\n') {
            r->place.line++;
            r->place.column = 1;
        } else {
            r->place.column++;
        }
    }
    return taken;
}

static void skip_blanks(struct rc_reader *r)
{
    while (is_blank(peek(r)))
        take(r, 1);
}

static size_t line_length(struct span s)
{
    const char *newline = span_find_byte(s, '\n');

    return newline ? (size_t)(newline - s.p) : s.n;
}

/* A line without its newline; the newline is taken as well. */
static struct rc_text take_line(struct rc_reader *r)
{
    struct rc_text line = take(r, line_length(rest(r)));

    if (peek(r) == '\n')
        take(r, 1);
    return line;
}

/* As above, and the lines that continue it: those behind a backslash at the end of a line. */
static struct rc_text take_continued_line(struct rc_reader *r)
{
    struct span s = rest(r);
    size_t n = line_length(s);
    struct rc_text line;

    while (n && s.p[n - 1] == '\\' && n < s.n)
        n += 1 + line_length(span_from(s, n + 1));
    line = take(r, n);
    if (peek(r) == '\n')
        take(r, 1);
    return line;
}

static struct rc_text take_words(struct rc_reader *r, enum word_mode mode)
{
    return take(r, word_extent(rest(r), mode));
}

static size_t name_length(struct span s)
{
    size_t n = 0;

    if (s.n && word_is_name_start(*s.p))
        while (n < s.n && word_is_name_char(s.p[n]))
            n++;
    return n;
}

/* The end of the file, from wherever the scanner stood. */
static int end_of_file(struct rc_reader *r, struct rc_text *text)
{
    *text = take(r, 0);
    if (r->state != RC_STATE_ITEM) {
        r->state = RC_STATE_ITEM;
        return TOKEN_INCOMPLETE;
    }
    if (!r->depth)
        return TOKEN_YYEOF;
    if (r->depth == 1 && !r->missing_told) {
        r->missing_told = true;
        return TOKEN_MISSING_BRACE;
    }
    r->depth--;
    return TOKEN_CLOSE;
}

static int begin_recipe(struct rc_reader *r, struct rc_text *text)
{
    take(r, 1);
    *text = take_words(r, WORD_ARGUMENTS);
    r->state = RC_STATE_CONDITIONS;
    r->conditions_left = head_conditions(text->text);
    r->line_was_empty = false;
    r->captured = false;
    return TOKEN_HEAD;
}

static int close_brace(struct rc_reader *r, struct rc_text *text)
{
    *text = take(r, 1);
    if (!r->depth)
        return TOKEN_STRAY_BRACE;
    r->depth--;
    return TOKEN_CLOSE;
}

/* NAME = value, NAME alone, or a word that is neither. */
static int begin_name(struct rc_reader *r, struct rc_text *text)
{
    size_t n = name_length(rest(r));
    int c;

    *text = take(r, n);
    c = peek(r);
    if (!is_blank(c) && c != '\n' && c != '=')
        return TOKEN_SKIPPED;
    skip_blanks(r);
    if (peek(r) != '=')
        return TOKEN_UNSET;
    take(r, 1);
    r->state = RC_STATE_VALUE;
    return TOKEN_ASSIGN;
}

static int next_item(struct rc_reader *r, struct rc_text *text)
{
    size_t before = r->at;

    for (;;) {
        int c = peek(r);

        if (is_blank(c) || c == '\n')
            take(r, 1);
        else if (c == '#')
            take_line(r);
        else
            break;
    }
    switch (peek(r)) {
    case -1:
        r->has_tail = r->has_tail || r->at > before;
        return end_of_file(r, text);
    case ':':
        return begin_recipe(r, text);
    case '}':
        return close_brace(r, text);
    }
    if (name_length(rest(r)))
        return begin_name(r, text);
    *text = take_line(r);
    return TOKEN_SKIPPED;
}

/* NAME= before `|` or `!`: the length up to there, else 0. */
static size_t capture_length(struct span s)
{
    size_t n = name_length(s), after;

    if (!n)
        return 0;
    for (after = n; after < s.n && is_blank(s.p[after]); after++)
        ;
    if (after == s.n || s.p[after] != '=')
        return 0;
    for (after++; after < s.n && is_blank(s.p[after]); after++)
        ;
    return after < s.n && (s.p[after] == '|' || s.p[after] == '!') ? after : 0;
}

static int next_action(struct rc_reader *r, struct rc_text *text)
{
    struct span s;
    size_t n;

    skip_blanks(r);
    s = rest(r);
    n = r->captured ? 0 : capture_length(s);
    if (n) {
        *text = take(r, n);
        text->text.n = name_length(text->text);
        r->captured = true;
        return TOKEN_CAPTURE;
    }
    r->state = RC_STATE_ITEM;
    switch (peek(r)) {
    case -1:
        r->state = RC_STATE_ACTION;
        return end_of_file(r, text);
    case '!':
        take(r, 1);
        *text = take_words(r, WORD_ARGUMENTS);
        return TOKEN_FORWARD;
    case '|':
        take(r, 1);
        *text = take_continued_line(r);
        return TOKEN_PIPE;
    case '{':
        if (s.n < 2 || !(is_blank(s.p[1]) || s.p[1] == '\n'))
            break;
        *text = take(r, 2);
        r->depth++;
        return TOKEN_OPEN;
    }
    *text = take(r, name_length(s));
    r->state = RC_STATE_FOLDER;
    return TOKEN_FOLDER_PREFIX;
}

/* A condition, or the token that ends them. */
static int next_condition(struct rc_reader *r, struct rc_text *text)
{
    for (;;) {
        skip_blanks(r);
        r->conditions_left--;
        if (peek(r) == '*') {
            take(r, 1);
        } else if (r->conditions_left < 0 || peek(r) == -1) {
            if (peek(r) == '#') {
                take_line(r);
                continue;
            }
            if (peek(r) == '\n') {
                take(r, 1);
                r->line_was_empty = true;
                continue;
            }
            break;
        }
        skip_blanks(r);
        *text = take_continued_line(r);
        return TOKEN_CONDITION;
    }
    if (peek(r) == ':' && r->line_was_empty) {
        r->state = RC_STATE_ITEM;
        *text = take(r, 0);
        return TOKEN_MISSING;
    }
    r->state = RC_STATE_ACTION;
    return next_action(r, text);
}

static int next(struct rc_reader *r, struct rc_text *text)
{
    switch (r->state) {
    case RC_STATE_VALUE:
        *text = take_words(r, WORD_VALUE);
        r->state = RC_STATE_ITEM;
        return TOKEN_VALUE;
    case RC_STATE_CONDITIONS:
        return next_condition(r, text);
    case RC_STATE_ACTION:
        return next_action(r, text);
    case RC_STATE_FOLDER:
        *text = take_words(r, WORD_ARGUMENTS);
        r->state = RC_STATE_ITEM;
        return TOKEN_FOLDER;
    default:
        return next_item(r, text);
    }
}

int recipe_yylex(RECIPE_YYSTYPE *value, struct rc_reader *reader)
{
    return next(reader, &value->text);
}
