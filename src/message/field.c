#include "message/field.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "message/from-line.h"

enum { FROM_LINE_NAME = 5 /* `From ` */ };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Of ASCII alone, whatever the locale. */
static bool is_control(char c)
{
    return (unsigned char)c < ' ' || c == 0x7f;
}

/* At a blank behind at least one byte of a name: only blanks may follow, then the colon. */
static bool name_before_blank(struct span text, size_t at, size_t *n)
{
    struct span rest = span_skip_blanks(span_from(text, at));

    if (rest.n && *rest.p == ':') {
        *n = text.n - rest.n + 1;
        return true;
    }
    if (from_line_is(text)) {
        *n = FROM_LINE_NAME;
        return true;
    }
    *n = at + 1;
    return false;
}

bool field_name(struct span text, size_t *n)
{
    size_t at;

    for (at = 0; at < text.n; at++) {
        if (text.p[at] == ':') {
            *n = at ? at + 1 : 0;
            return at > 0;
        }
        if (at && is_blank(text.p[at]))
            return name_before_blank(text, at, n);
        if (is_blank(text.p[at]) || is_control(text.p[at]))
            break;
    }
    *n = at;
    return false;
}

bool field_name_begins(struct span whole, struct span name)
{
    return whole.n >= name.n && (name.n == 0 || strncasecmp(whole.p, name.p, name.n) == 0);
}

bool field_is(const struct field *field, const char *name)
{
    return ((field->text[0] ^ name[0]) | 0x20) == 0x20 && strlen(name) == field->name && field_name_begins(field_name_span(field), span_of(name));
}

void field_tidy(struct field *field)
{
    size_t end = field->name, bare;

    if (end < 2 || field->text[end - 1] != ':')
        return;
    for (bare = end - 1; bare > 0 && is_blank(field->text[bare - 1]); bare--)
        ;
    if (bare == end - 1)
        return;
    end -= bare + 1; /* blanks */
    memmove(field->text + end, field->text, bare);
    field->text += end;
    field->size -= end;
    field->name = bare + 1;
}

void field_replace(struct field *field, size_t old, struct span name, struct arena *arena)
{
    size_t kept = field->size - old;
    char *text = arena_alloc(arena, name.n + kept + 1);

    if (name.n)
        memcpy(text, name.p, name.n);
    memcpy(text + name.n, field->text + old, kept);
    field->text = text;
    field->size = name.n + kept;
    field->name = field->name - old + name.n;
}

void field_insert_blank(struct field *field, struct arena *arena)
{
    char *text = arena_alloc(arena, field->size + 2);

    memcpy(text, field->text, field->name);
    text[field->name] = ' ';
    memcpy(text + field->name + 1, field->text + field->name, field->size - field->name);
    field->text = text;
    field->size++;
}

void field_concatenate(struct field *field)
{
    char *end = field->text + field->size - 1;

    if (from_line_is(field_span(field)))
        return;
    for (char *p = field->text; p < end && (p = memchr(p, '\n', (size_t)(end - p)));)
        *p++ = ' ';
}

struct field *field_list_add(struct field_list *list, struct arena *arena, struct span text)
{
    size_t name;

    field_name(text, &name);
    return field_list_add_named(list, arena, text, name);
}

struct field *field_list_add_named(struct field_list *list, struct arena *arena, struct span text, size_t name)
{
    struct field *field;

    if (list->n == list->room) {
        list->room = list->room ? list->room * 2 : 16;
        list->fields = mem_realloc(list->fields, list->room * sizeof *list->fields);
    }
    field = &list->fields[list->n++];
    field->text = arena_strndup(arena, text.p, text.n);
    field->size = text.n;
    field->name = name;
    return field;
}

void field_list_free(struct field_list *list)
{
    free(list->fields);
    *list = (struct field_list){0};
}

struct field *field_list_find(const struct field_list *list, struct span whole)
{
    for (size_t i = 0; i < list->n; i++)
        if (field_name_begins(whole, field_name_span(&list->fields[i])))
            return &list->fields[i];
    return NULL;
}
