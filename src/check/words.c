#include "check/check-private.h"

#include "recipe/word.h"

/* ---- words */

struct gathering {
    struct arena *arena;
    struct word_scanner scanner;
    struct word_text *first, **end;
    struct buf text;
    const char *begin; /* of the word at hand, or NULL */
    bool plain;
};

static void end_word(struct gathering *g, const char *end)
{
    struct word_text *word;

    if (!g->begin)
        return;
    word = arena_alloc(g->arena, sizeof *word);
    word->raw = span_make(g->begin, (size_t)(end - g->begin));
    word->text = arena_span(g->arena, buf_span(&g->text));
    word->plain = g->plain;
    *g->end = word;
    g->end = &word->next;
    g->begin = NULL;
    g->plain = true;
    buf_cut(&g->text, 0);
}

static void add_token(struct gathering *g, struct word word, const char *from)
{
    const char *to = g->scanner.text.p + g->scanner.at;

    if (!g->begin) {
        while (from < to && (*from == ' ' || *from == '\t'))
            from++;
        g->begin = from;
    }
    switch (word.kind) {
    case WORD_CHAR:
        buf_add_byte(&g->text, word.c);
        break;
    case WORD_VARIABLE:
    case WORD_ALTERNATIVE:
        g->plain = false;
        buf_add_byte(&g->text, '$');
        buf_add_span(&g->text, word.name);
        break;
    case WORD_COMMAND:
        g->plain = false;
        buf_printf(&g->text, "`%.*s`", (int)word.name.n, word.name.p);
        break;
    case WORD_QUOTE:
        break;
    default:
        g->plain = false;
        break;
    }
    if (g->scanner.place <= WORD_PLACE_GAP)
        word_set_place(&g->scanner, WORD_PLACE_TEXT);
}

struct word_text *words_read(struct arena *arena, struct span raw)
{
    struct gathering g = {.arena = arena, .plain = true};
    const char *from = raw.p;

    g.end = &g.first;
    buf_init(&g.text, BUF_UNLIMITED);
    word_scanner_init(&g.scanner, raw, WORD_ARGUMENTS);
    for (;;) {
        struct word word = word_next(&g.scanner);

        if (word.kind == WORD_END || word.kind == WORD_UNEXPECTED_END)
            break;
        if (word.kind == WORD_BREAK)
            end_word(&g, g.scanner.text.p + g.scanner.at - 1);
        else
            add_token(&g, word, from);
        from = g.scanner.text.p + g.scanner.at;
    }
    {
        const char *end = g.begin ? raw.p + (g.scanner.at < raw.n ? g.scanner.at : raw.n) : raw.p;

        while (g.begin && end > g.begin && (end[-1] == '\n' || end[-1] == ' ' || end[-1] == '\t'))
            end--;
        end_word(&g, end);
    }
    word_scanner_free(&g.scanner);
    buf_free(&g.text);
    return g.first;
}

/* ---- variables */

static struct reference *reference_new(struct arena *arena, struct span name, struct span raw)
{
    struct reference *reference = arena_alloc(arena, sizeof *reference);

    reference->name = arena_span(arena, name);
    reference->raw = raw;
    return reference;
}

struct reference *references_read(struct arena *arena, struct span raw, bool in_quotes)
{
    struct reference *first = NULL, **end = &first;
    struct word_scanner scanner;
    size_t from = 0;

    word_scanner_init(&scanner, raw, in_quotes ? WORD_TEXT : WORD_ARGUMENTS);
    if (in_quotes)
        word_set_place(&scanner, WORD_PLACE_DOUBLE);
    for (;;) {
        struct word word = word_next(&scanner);
        bool variable = word.kind == WORD_VARIABLE || word.kind == WORD_ALTERNATIVE;

        if (word.kind == WORD_END)
            break;
        if (variable || word.kind == WORD_COMMAND) {
            size_t to = scanner.at < raw.n ? scanner.at : raw.n;

            while (from < to && raw.p[from] != '$' && raw.p[from] != '`')
                from++;
            *end = reference_new(arena, word.name, span_make(raw.p + from, to - from));
            (*end)->quoted = word.quoted || word.literal;
            (*end)->has_default = word.kind == WORD_ALTERNATIVE;
            (*end)->is_command = word.kind == WORD_COMMAND;
            end = &(*end)->next;
            if (scanner.place <= WORD_PLACE_GAP)
                word_set_place(&scanner, WORD_PLACE_TEXT);
        }
        from = scanner.at;
    }
    word_scanner_free(&scanner);
    return first;
}

struct reference *references_in_command(struct arena *arena, struct span command)
{
    struct reference *first = NULL, **end = &first;
    bool in_double = false, in_single = false;

    for (size_t i = 0; i < command.n; i++) {
        char c = command.p[i];
        size_t from = i, name, to;

        if (c == '\\' && !in_single)
            i++;
        else if (c == '"' && !in_single)
            in_double = !in_double;
        else if (c == '\'' && !in_double)
            in_single = !in_single;
        if (c != '$' || in_single)
            continue;
        name = i + 1 + (i + 1 < command.n && command.p[i + 1] == '{');
        for (to = name; to < command.n && word_is_name_char(command.p[to]); to++)
            ;
        if (to == name || !word_is_name_start(command.p[name]))
            continue;
        *end = reference_new(arena, span_make(command.p + name, to - name),
                             span_make(command.p + from, to - from));
        (*end)->quoted = in_double;
        end = &(*end)->next;
        i = to - 1;
    }
    return first;
}

const char *words_unclosed(struct span raw, char *quote)
{
    const char *opened = NULL;

    *quote = 0;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];

        if (c == '\\' && *quote != '\'')
            i++;
        else if (*quote == c) /* the partner */
            *quote = 0;
        else if (!*quote && (c == '"' || c == '\'' || c == '`')) {
            *quote = c;
            opened = raw.p + i;
        }
    }
    return *quote ? opened : NULL;
}
