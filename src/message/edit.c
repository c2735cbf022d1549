#include "message/edit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "message/from-line.h"

/* ---- reading edits */

static const struct {
    const char *name;
    enum edit_act act;
} acts[] = {
    {"del", EDIT_DELETE},
    {"set", EDIT_SET},
    {"add", EDIT_ADD},
    {"rename", EDIT_RENAME},
};

/* RFC 5322 section 3.6.8: printable US-ASCII without the colon. */
static size_t name_length(struct span text)
{
    size_t n = 0;

    while (n < text.n && text.p[n] > ' ' && text.p[n] < 127 && text.p[n] != ':')
        n++;
    return n;
}

/* `Name` or `Name:`. */
static bool read_name(const char *word, struct span *name)
{
    struct span text = span_of(word);

    *name = span_make(word, name_length(text));
    text = span_from(text, name->n);
    return name->n > 0 && (text.n == 0 || span_eq_text(text, ":"));
}

/* Every line but the first continues the field, and there is something in each. */
static bool is_folded_well(struct span text)
{
    const char *newline;

    while ((newline = span_find_byte(text, '\n')) != NULL) {
        text = span_from(text, (size_t)(newline - text.p) + 1);
        if (text.n == 0 || span_skip_blanks(text).n == text.n || strchr("\r\n", *span_skip_blanks(text).p))
            return false;
    }
    return true;
}

static bool read_field(const char *word, struct edit *edit)
{
    struct span text = span_of(word);

    edit->text = text;
    edit->name = span_make(word, name_length(text));
    return edit->name.n > 0 && edit->name.n < text.n && word[edit->name.n] == ':' && is_folded_well(text);
}

static const char *const *read_edit(struct edit *edit, const char *const *words, enum edit_parsed *parsed)
{
    size_t i = 0;

    while (i < sizeof acts / sizeof *acts && strcmp(acts[i].name, *words))
        i++;
    *parsed = EDIT_UNKNOWN;
    if (i == sizeof acts / sizeof *acts)
        return words;
    edit->act = acts[i].act;
    *parsed = EDIT_INCOMPLETE;
    if (!words[1] || (edit->act == EDIT_RENAME && !words[2]))
        return words;
    words++;
    *parsed = EDIT_NO_FIELD;
    if (edit->act == EDIT_SET || edit->act == EDIT_ADD) {
        if (!read_field(*words, edit))
            return words;
    } else {
        *parsed = EDIT_NO_NAME;
        if (!read_name(*words, &edit->name))
            return words;
        if (edit->act == EDIT_RENAME && !read_name(*++words, &edit->text))
            return words;
    }
    *parsed = EDIT_PARSED;
    return words + 1;
}

enum edit_parsed edits_parse(struct edits *edits, const char *const *words, const char **wrong)
{
    enum edit_parsed parsed = EDIT_PARSED;
    size_t n = 0;

    while (words[n])
        n++;
    *edits = (struct edits){.list = mem_alloc_array(n + 1, sizeof *edits->list)};
    while (*words) {
        words = read_edit(&edits->list[edits->n], words, &parsed);
        if (parsed != EDIT_PARSED) {
            *wrong = *words;
            return parsed;
        }
        edits->n++;
    }
    return EDIT_PARSED;
}

void edits_free(struct edits *edits)
{
    free(edits->list);
    *edits = (struct edits){0};
}

/* ---- the header in pieces */

struct piece {
    struct span name; /* empty: no field, left alone */
    struct span text; /* behind the name; an added one has no newline */
    bool added;
    bool deleted;
};

struct pieces {
    struct piece *list;
    size_t n, room;
};

static struct piece *add_piece(struct pieces *pieces)
{
    if (pieces->n == pieces->room) {
        pieces->room = pieces->room ? pieces->room * 2 : 64;
        pieces->list = mem_realloc(pieces->list, pieces->room * sizeof *pieces->list);
    }
    pieces->list[pieces->n] = (struct piece){0};
    return &pieces->list[pieces->n++];
}

static struct span take(struct span *text, size_t n)
{
    struct span taken = span_make(text->p, n);

    *text = span_from(*text, n);
    return taken;
}

static size_t line_length(struct span text)
{
    const char *newline = span_find_byte(text, '\n');

    return newline ? (size_t)(newline - text.p) + 1 : text.n;
}

static bool is_blank(struct span text)
{
    return text.n > 0 && (*text.p == ' ' || *text.p == '\t');
}

static bool is_end(struct span text)
{
    return span_starts(text, "\n") || span_starts(text, "\r\n");
}

/* One line, and those that continue it. */
static void add_field(struct pieces *pieces, struct span *rest)
{
    struct piece *piece = add_piece(pieces);
    size_t n = line_length(*rest), name = name_length(*rest);
    size_t colon = name;

    while (n < rest->n && is_blank(span_from(*rest, n)))
        n += line_length(span_from(*rest, n));
    while (colon < n && is_blank(span_from(*rest, colon))) /* an old custom */
        colon++;
    if (colon < n && rest->p[colon] == ':')
        piece->name = take(rest, name);
    piece->text = take(rest, n - piece->name.n);
}

/* ---- the edits */

static bool names(const struct piece *piece, struct span name)
{
    return !piece->deleted && piece->name.n == name.n && name.n && strncasecmp(piece->name.p, name.p, name.n) == 0;
}

static void put(struct piece *piece, const struct edit *edit)
{
    *piece = (struct piece){.name = edit->name, .text = span_from(edit->text, edit->name.n), .added = true};
}

/* What the edit makes of one field that it is for; `first`: none came before. */
static void change(struct piece *piece, const struct edit *edit, bool first)
{
    if (edit->act == EDIT_RENAME)
        piece->name = edit->text;
    else if (edit->act == EDIT_SET && first)
        put(piece, edit);
    else
        piece->deleted = true;
}

static void apply(struct pieces *pieces, const struct edit *edit)
{
    bool found = false;

    for (size_t i = 0; i < pieces->n && edit->act != EDIT_ADD; i++)
        if (names(&pieces->list[i], edit->name)) {
            change(&pieces->list[i], edit, !found);
            found = true;
        }
    if (edit->act == EDIT_ADD || (edit->act == EDIT_SET && !found))
        put(add_piece(pieces), edit);
}

/* The text begins at `begun`. */
static void print(const struct pieces *pieces, const char *line_end, struct buf *out, size_t begun)
{
    for (size_t i = 0; i < pieces->n; i++) {
        const struct piece *piece = &pieces->list[i];

        if (piece->deleted)
            continue;
        if (out->n > begun && out->p[out->n - 1] != '\n') /* the header ends in the middle of a line */
            buf_add_text(out, line_end);
        buf_add_span(out, piece->name);
        buf_add_span(out, piece->text);
        if (piece->added)
            buf_add_text(out, line_end);
    }
}

void edits_apply(const struct edits *edits, struct span text, struct buf *out)
{
    struct pieces pieces = {0};
    size_t first, begun = out->n;
    bool crlf;

    while (span_starts(text, "\n"))
        buf_add_span(out, take(&text, 1));
    if (from_line_is(text))
        do
            buf_add_span(out, take(&text, line_length(text)));
        while (span_starts(text, ">From "));
    first = line_length(text);
    crlf = first >= 2 && text.p[first - 2] == '\r' && text.p[first - 1] == '\n';
    while (text.n && !is_end(text))
        add_field(&pieces, &text);
    for (size_t i = 0; i < edits->n; i++)
        apply(&pieces, &edits->list[i]);
    print(&pieces, crlf ? "\r\n" : "\n", out, begun);
    buf_add_span(out, text);
    free(pieces.list);
}
