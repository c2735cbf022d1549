#include "check/check-private.h"

#include "recipe/word.h"

struct reader {
    struct span text;
    size_t at;
    bool after_item; /* an operator is one here */
};

static const char *const macro_names[] = {"^FROM_DAEMON", "^FROM_MAILER", "^TO_", "^TO"};

/* A continued line goes on behind its blanks. */
static void skip_continuation(struct reader *r)
{
    while (r->at + 1 < r->text.n && r->text.p[r->at] == '\\' && r->text.p[r->at + 1] == '\n')
        for (r->at += 2; r->at < r->text.n && (r->text.p[r->at] == ' ' || r->text.p[r->at] == '\t'); r->at++)
            ;
}

static size_t macro_length(struct span s)
{
    for (size_t i = 0; i < sizeof macro_names / sizeof *macro_names; i++)
        if (span_starts(s, macro_names[i]))
            return strlen(macro_names[i]);
    return 0;
}

/* From the opening bracket to the closing one. */
static size_t set_length(struct span s, bool *unclosed)
{
    size_t n = 1;

    if (n < s.n && s.p[n] == '^')
        n++;
    if (n < s.n && s.p[n] == ']')
        n++;
    while (n < s.n && s.p[n] != ']')
        n++;
    *unclosed = n == s.n;
    return n + (n < s.n);
}

static struct piece escaped(struct span rest)
{
    struct piece piece = {.kind = PIECE_BYTE, .escaped = true, .raw = {rest.p, 2}};

    piece.byte = (unsigned char)rest.p[1];
    if (piece.byte == '<' || piece.byte == '>')
        piece.kind = PIECE_WORD;
    else if (piece.byte == '/')
        piece.kind = PIECE_SPLIT;
    return piece;
}

static enum piece_kind kind_of(char c, bool after_item)
{
    switch (c) {
    case '.':
        return PIECE_ANY;
    case '^':
    case '$':
        return PIECE_NEWLINE;
    case '(':
        return PIECE_OPEN;
    case ')':
        return PIECE_CLOSE;
    case '|':
        return PIECE_OR;
    case '*':
    case '+':
    case '?':
        return after_item ? PIECE_REPEAT : PIECE_BYTE;
    }
    return PIECE_BYTE;
}

static struct piece plain(struct reader *r, struct span rest)
{
    struct piece piece = {.raw = {rest.p, 1}, .byte = (unsigned char)*rest.p};
    size_t macro = macro_length(rest);

    if (macro) {
        piece.kind = PIECE_MACRO;
        piece.raw.n = macro;
    } else if (span_starts(rest, "^^")) {
        piece.kind = PIECE_EDGE;
        piece.raw.n = 2;
    } else if (*rest.p == '[') {
        piece.kind = PIECE_SET;
        piece.raw.n = set_length(rest, &piece.unclosed);
    } else {
        piece.kind = kind_of(*rest.p, r->after_item);
    }
    return piece;
}

static bool makes_item(enum piece_kind kind)
{
    return kind != PIECE_OPEN && kind != PIECE_OR && kind != PIECE_REPEAT && kind != PIECE_SPLIT;
}

struct pieces pieces_read(struct arena *arena, struct span text)
{
    struct reader r = {.text = text};
    struct pieces pieces = {.at = arena_alloc(arena, (text.n + 1) * sizeof *pieces.at)};

    pieces.lost_backslash = text.n > 1 && text.p[0] == '\\' && text.p[1] != '\n';
    if (pieces.lost_backslash)
        r.at++;
    for (skip_continuation(&r); r.at < text.n; skip_continuation(&r)) {
        struct span rest = span_from(text, r.at);
        struct piece piece = *rest.p == '\\' && rest.n > 1 ? escaped(rest) : plain(&r, rest);

        r.after_item = makes_item(piece.kind);
        r.at += piece.raw.n;
        pieces.at[pieces.n++] = piece;
    }
    return pieces;
}

bool piece_is_byte(const struct pieces *pieces, size_t i, const char *any_of)
{
    const struct piece *piece = pieces->at + i;

    return i < pieces->n && piece->kind == PIECE_BYTE && !piece->escaped && piece->byte &&
           strchr(any_of, piece->byte);
}

bool piece_is_letter(const struct pieces *pieces, size_t i)
{
    const struct piece *piece = pieces->at + i;

    return i < pieces->n && piece->kind == PIECE_BYTE && !piece->escaped &&
           word_is_name_start((char)piece->byte) && piece->byte != '_';
}

bool piece_is_alnum(const struct pieces *pieces, size_t i)
{
    const struct piece *piece = pieces->at + i;

    return i < pieces->n && piece->kind == PIECE_BYTE && !piece->escaped &&
           word_is_name_char((char)piece->byte) && piece->byte != '_';
}

static bool set_has(struct span raw, unsigned char c)
{
    const unsigned char *p = (const unsigned char *)raw.p;
    size_t i = 1, end = raw.n - 1;
    bool negated = i < raw.n && p[i] == '^', has = false;

    if (negated)
        i++;
    for (size_t first = i; i < end || i == first; i++) {
        if (i >= raw.n)
            break;
        if (i + 2 < end && p[i + 1] == '-') {
            has = has || (c >= p[i] && c <= p[i + 2]) || c == p[i] || c == p[i + 2];
            i += 2;
        } else {
            has = has || c == p[i];
        }
    }
    return has != negated;
}

bool piece_can_be(const struct piece *piece, unsigned char c)
{
    switch (piece->kind) {
    case PIECE_ANY:
        return true;
    case PIECE_SET:
        return set_has(piece->raw, c);
    case PIECE_WORD:
        return !word_is_name_char((char)c);
    case PIECE_BYTE:
        return piece->byte == c;
    default:
        return false;
    }
}
