/* What several rules ask. */
#include "check/check-private.h"

#include "recipe/word.h"

struct span one_byte(const char *p)
{
    return span_make(p, 1);
}

bool span_has(struct span s, const char *text)
{
    return span_find(s, span_of(text)) != NULL;
}

bool span_has_word(struct span s, const char *word)
{
    size_t n = strlen(word);
    const char *p;

    for (struct span rest = s; (p = span_find(rest, span_of(word)));
         rest = span_from(rest, (size_t)(p - rest.p) + 1)) {
        const char *end = p + n;

        if ((p == s.p || !(word_is_name_char(p[-1]) || p[-1] == '-' || p[-1] == '.')) &&
            (end == s.p + s.n || !(word_is_name_char(*end) || *end == '-')))
            return true;
    }
    return false;
}

struct span command_at(const struct check *c)
{
    if (c->node == NODE_CONDITION)
        return c->condition.kind == CONDITION_PROGRAM ? c->condition_text : span_make(c->condition_text.p, 0);
    return c->command;
}

struct span head_lock_text(const struct rc_item *recipe)
{
    struct span head = recipe->head;

    for (size_t i = 0; i < head.n && head.p[i] != '#'; i++)
        if (head.p[i] == ':') {
            struct span lock = span_from(head, i);

            while (lock.n && strchr("\n \t", lock.p[lock.n - 1]))
                lock.n--;
            return lock;
        }
    return span_make(head.p + head.n, 0);
}

struct span head_flags_text(const struct rc_item *recipe)
{
    struct span head = recipe->head, lock = head_lock_text(recipe);
    const char *comment = span_find_byte(head, '#');

    if (lock.n)
        head.n = (size_t)(lock.p - head.p);
    else if (comment)
        head.n = (size_t)(comment - head.p);
    while (head.n && strchr("\n \t", head.p[head.n - 1]))
        head.n--;
    return head;
}

bool recipe_is_chained(const struct head *head)
{
    return head->flags & (HEAD_A | HEAD_a | HEAD_E | HEAD_e);
}

bool recipe_delivers(const struct rc_item *recipe, const struct head *head)
{
    if (recipe->name.n || head->flags & HEAD_c)
        return false;
    if (recipe->action == RC_FOLDER)
        return true;
    return (recipe->action == RC_PIPE || recipe->action == RC_FORWARD) && !(head->flags & HEAD_f);
}

/* ---- values and paths */

static const char *variable_known(const struct check *c, struct span name)
{
    const struct name *known = names_find(&c->variables, name);

    if (known && known->assignments)
        return known->value;
    return span_eq_text(name, "HOME") || span_eq_text(name, "MAILDIR") ? c->options->home : NULL;
}

const char *value_known(struct check *c, struct span raw)
{
    struct word_scanner scanner;
    struct buf value;
    struct word word;
    bool known = true;
    const char *result = NULL;

    buf_init(&value, BUF_UNLIMITED);
    word_scanner_init(&scanner, raw, WORD_VALUE);
    while (known && (word = word_next(&scanner)).kind != WORD_END) {
        const char *part = word.kind == WORD_VARIABLE && !word.literal ? variable_known(c, word.name) : NULL;

        if (word.kind == WORD_CHAR)
            buf_add_byte(&value, word.c);
        else if (part)
            buf_add_text(&value, part);
        else
            known = word.kind == WORD_QUOTE;
        if (part && scanner.place <= WORD_PLACE_GAP)
            word_set_place(&scanner, WORD_PLACE_TEXT);
    }
    if (known)
        result = arena_strndup(c->arena, value.p ? value.p : "", value.n);
    word_scanner_free(&scanner);
    buf_free(&value);
    return result;
}

const char *path_known(struct check *c, const char *name)
{
    const char *directory = *name == '/' ? "" : variable_known(c, span_of("MAILDIR"));
    struct buf path;
    const char *result;

    if (!directory || (*name != '/' && *directory != '/'))
        return NULL;
    buf_init(&path, BUF_UNLIMITED);
    buf_printf(&path, "%s%s%s", directory, *name == '/' ? "" : "/", name);
    result = arena_strdup(c->arena, path.p);
    buf_free(&path);
    return result;
}

/* ---- conditions around */

enum { ANCESTORS = 32 }; /* as far as anybody reads */

static bool looks_at(const struct rc_item *recipe, struct span name)
{
    for (const struct rc_condition *k = recipe->conditions; k; k = k->next) {
        const char *at = span_find(k->text, name);
        struct span rest = at ? span_from(k->text, (size_t)(at - k->text.p) + name.n) : SPAN_NULL;

        if (at && span_starts(span_skip_blanks(rest), "??") && !span_has(rest, "\\/"))
            return true;
    }
    return false;
}

bool variable_is_guarded(const struct check *c, struct span name)
{
    const struct rc_item *recipe = c->item;

    for (int i = 0; recipe && i < ANCESTORS; i++, recipe = recipe->parent)
        if (looks_at(recipe, name))
            return true;
    return false;
}
