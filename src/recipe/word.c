#include "recipe/word.h"

enum { END_OF_TEXT = -1 };

bool word_is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

bool word_is_name_char(char c)
{
    return word_is_name_start(c) || is_digit(c);
}

static bool is_name_char(int c)
{
    return c != END_OF_TEXT && word_is_name_char((char)c);
}

void word_scanner_init(struct word_scanner *s, struct span text, enum word_mode mode)
{
    *s = (struct word_scanner){.text = text, .mode = mode};
    buf_init(&s->name, BUF_UNLIMITED);
}

void word_scanner_free(struct word_scanner *s)
{
    buf_free(&s->name);
}

void word_set_place(struct word_scanner *s, enum word_place place)
{
    s->place = place;
}

static int take(struct word_scanner *s)
{
    return s->at < s->text.n ? (unsigned char)s->text.p[s->at++] : END_OF_TEXT;
}

static int peek(const struct word_scanner *s)
{
    return s->at < s->text.n ? (unsigned char)s->text.p[s->at] : END_OF_TEXT;
}

static void begin_word(struct word_scanner *s)
{
    if (s->place <= WORD_PLACE_GAP)
        s->place = WORD_PLACE_TEXT;
}

static struct word token(enum word_kind kind)
{
    return (struct word){.kind = kind};
}

/* What was read leaves no trace; the scanner goes on by itself. */
static struct word nothing(void)
{
    return token(WORD_NOTHING);
}

static struct word literal_char(struct word_scanner *s, int c)
{
    begin_word(s);
    return (struct word){.kind = WORD_CHAR, .c = (char)c};
}

static struct word end(struct word_scanner *s)
{
    s->ended = true;
    return token(WORD_END);
}

static struct word unexpected_end(struct word_scanner *s)
{
    s->ended = true;
    return token(WORD_UNEXPECTED_END);
}

/* Does a `}` here close an alternative? */
static bool brace_closes(const struct word_scanner *s)
{
    if (s->place == WORD_PLACE_DOUBLE)
        return s->braces > s->quote_braces;
    return s->place <= WORD_PLACE_TEXT && s->braces > 0;
}

/* Behind a backslash: is it only there to make c literal?  Else both are text. */
static bool backslash_vanishes(const struct word_scanner *s, int c)
{
    switch (c) {
    case '"':
    case '\\':
    case '$':
    case '`':
        return true;
    case '#': /* kept in the middle of a word, a habit of 3.22 */
        return s->place <= WORD_PLACE_GAP;
    case '}':
        if (brace_closes(s))
            return true;
        break;
    }
    return s->place <= WORD_PLACE_TEXT;
}

static struct word after_backslash(struct word_scanner *s)
{
    int c = peek(s);

    if (c == END_OF_TEXT)
        return unexpected_end(s);
    s->at++;
    if (c == '\n')
        return nothing();
    if (backslash_vanishes(s, c))
        return literal_char(s, c);
    s->at--;
    s->kept_backslash = true;
    return literal_char(s, '\\');
}

/* The text between backquotes; a missing partner is made up for at the end of the text or, within
 * double quotes, at the next quote, which does not end them. */
static struct word command(struct word_scanner *s)
{
    bool in_double = s->place == WORD_PLACE_DOUBLE;
    struct word word = {.kind = WORD_COMMAND, .quoted = in_double};
    int c;

    buf_cut(&s->name, 0);
    while ((c = take(s)) != END_OF_TEXT && c != '`' && !(c == '"' && in_double)) {
        if (c == '\\') {
            c = take(s);
            if (c == '\n' || c == END_OF_TEXT)
                continue;
            if (!(c == '\\' || c == '$' || c == '`' || (c == '"' && in_double)))
                buf_add_byte(&s->name, '\\');
        }
        buf_add_byte(&s->name, (char)c);
    }
    word.name = buf_span(&s->name);
    return word;
}

static void read_name(struct word_scanner *s)
{
    buf_cut(&s->name, 0);
    while (is_name_char(peek(s)))
        buf_add_byte(&s->name, (char)take(s));
}

static struct word variable(struct word_scanner *s)
{
    struct word word = {.kind = WORD_VARIABLE, .quoted = s->place == WORD_PLACE_DOUBLE};

    word.name = buf_span(&s->name);
    return word;
}

static struct word bad_substitution(struct word_scanner *s)
{
    struct word word = {.kind = WORD_BAD_SUBSTITUTION};

    word.name = buf_span(&s->name);
    return word;
}

/* Behind `${`. */
static struct word braced(struct word_scanner *s)
{
    struct word word = {.kind = WORD_ALTERNATIVE};
    int c;

    read_name(s);
    c = take(s);
    if (s->name.n > 1 && is_digit(s->name.p[0]))
        return bad_substitution(s);
    if (c == '}') {
        word = variable(s);
        word.braced = true;
        return word;
    }
    if (c == ':') {
        word.if_empty = true;
        c = take(s);
    }
    if (c != '-' && c != '+')
        return bad_substitution(s);
    word.op = (char)c;
    word.quoted = s->place == WORD_PLACE_DOUBLE;
    word.name = buf_span(&s->name);
    s->braces++;
    return word;
}

/* Behind `$\`: a name, or the backslash is an ordinary one behind a lone `$`. */
static struct word escaped_name(struct word_scanner *s)
{
    struct word word;

    if (!is_name_char(peek(s))) {
        s->at--;
        return literal_char(s, '$');
    }
    read_name(s);
    begin_word(s);
    word = variable(s);
    word.literal = true;
    return word;
}

/* Behind `$`. */
static struct word dollar(struct word_scanner *s)
{
    int c = take(s);

    switch (c) {
    case END_OF_TEXT:
        return literal_char(s, '$');
    case '@':
        if (s->place == WORD_PLACE_DOUBLE)
            return token(WORD_ALL_ARGUMENTS);
        return literal_char(s, '@');
    case '{':
        return braced(s);
    case '\\':
        return escaped_name(s);
    }
    s->at--;
    if (is_digit(c) || (c && strchr("$?#=_-", c))) {
        s->at++;
        buf_cut(&s->name, 0);
        buf_add_byte(&s->name, (char)c);
        return variable(s);
    }
    if (!is_name_char(c))
        return literal_char(s, '$');
    read_name(s);
    return variable(s);
}

static struct word double_quote(struct word_scanner *s)
{
    switch (s->place) {
    case WORD_PLACE_SINGLE:
        return literal_char(s, '"');
    case WORD_PLACE_DOUBLE:
        if (s->quote_braces < s->braces) /* within ${…} it is text */
            return literal_char(s, '"');
        s->place = WORD_PLACE_TEXT;
        return nothing();
    default:
        s->quote_braces = s->braces;
        s->place = WORD_PLACE_DOUBLE;
        return token(WORD_QUOTE);
    }
}

static struct word single_quote(struct word_scanner *s)
{
    switch (s->place) {
    case WORD_PLACE_DOUBLE:
        return literal_char(s, '\'');
    case WORD_PLACE_SINGLE:
        s->place = WORD_PLACE_TEXT;
        return nothing();
    default:
        s->place = WORD_PLACE_SINGLE;
        return token(WORD_QUOTE);
    }
}

static struct word blank(struct word_scanner *s, int c)
{
    switch (s->place) {
    case WORD_PLACE_BEGIN:
    case WORD_PLACE_GAP:
        return nothing();
    case WORD_PLACE_TEXT:
        if (s->mode == WORD_VALUE)
            return end(s);
        s->place = WORD_PLACE_GAP;
        return token(WORD_BREAK);
    default:
        return literal_char(s, c);
    }
}

static struct word comment(struct word_scanner *s)
{
    int c;

    while ((c = take(s)) != END_OF_TEXT && c != '\n')
        ;
    return end(s);
}

static struct word unquoted(struct word_scanner *s, int c)
{
    switch (c) {
    case '\\':
        return after_backslash(s);
    case '`':
        return command(s);
    case '}':
        if (!brace_closes(s))
            break;
        s->braces--;
        return token(WORD_ALTERNATIVE_END);
    case '#':
        if (s->place <= WORD_PLACE_GAP)
            return comment(s);
        break;
    case '$':
        return dollar(s);
    }
    return literal_char(s, c);
}

static struct word step(struct word_scanner *s)
{
    int c;

    if (s->ended)
        return token(WORD_END);
    if (s->kept_backslash) {
        s->kept_backslash = false;
        return literal_char(s, take(s));
    }
    c = take(s);
    switch (c) {
    case END_OF_TEXT:
        if (s->mode != WORD_TEXT && s->place > WORD_PLACE_TEXT)
            return unexpected_end(s);
        return end(s);
    case '"':
        return double_quote(s);
    case '\'':
        return single_quote(s);
    case ' ':
    case '\t':
        return blank(s, c);
    case '\n':
        return s->place <= WORD_PLACE_TEXT ? end(s) : literal_char(s, c);
    }
    return s->place == WORD_PLACE_SINGLE ? literal_char(s, c) : unquoted(s, c);
}

struct word word_next(struct word_scanner *s)
{
    struct word word;

    do
        word = step(s);
    while (word.kind == WORD_NOTHING);
    return word;
}

size_t word_extent(struct span text, enum word_mode mode)
{
    struct word_scanner s;
    enum word_kind kind;

    word_scanner_init(&s, text, mode);
    do {
        kind = word_next(&s).kind;
        if (kind == WORD_VARIABLE || kind == WORD_COMMAND)
            begin_word(&s);
    } while (kind != WORD_END);
    word_scanner_free(&s);
    return s.at;
}
