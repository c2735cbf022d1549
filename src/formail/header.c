#include "formail/formail-private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "message/from-line.h"

static const char old_prefix[] = "Old-";

void header_init(struct header *header)
{
    *header = (struct header){.arena = arena_new()};
}

void header_clear(struct header *header)
{
    header->fields.n = header->past.n = 0;
    arena_free(header->arena);
    header->arena = arena_new();
}

void header_free(struct header *header)
{
    field_list_free(&header->fields);
    field_list_free(&header->past);
    arena_free(header->arena);
}

bool header_starts_with_from(const struct header *header)
{
    return header->fields.n && from_line_is(field_span(&header->fields.fields[0]));
}

static void add_line(struct header *header, struct buf *line, size_t name)
{
    field_list_add_named(&header->fields, header->arena, buf_span(line), name);
    buf_cut(line, 0);
}

void header_add_from_line(struct header *header, struct formail_source *source, struct buf *line)
{
    while (source_peek(source) == '>')
        source_line(source, line);
    add_line(header, line, strlen("From "));
}

bool header_read(struct header *header, struct formail_source *source, struct buf *line)
{
    size_t name;
    int c;

    buf_cut(line, 0);
    source_line(source, line);
    if (!field_name(buf_span(line), &name))
        return false;
    if (name == strlen("From ") && from_line_is(buf_span(line))) {
        if (header->fields.n)
            return false; /* there is but one */
        header_add_from_line(header, source, line);
        return true;
    }
    while ((c = source_peek(source)) == ' ' || c == '\t')
        source_line(source, line);
    add_line(header, line, name);
    return true;
}

/* ---- -R and the renaming of -i */

/* The continuations of a From_ line look different from those of other fields.  A NUL ends them. */
static void continuations_replace(struct field *field, const char *from, char to)
{
    char *end = field->text + strnlen(field->text, field->size - 1);

    for (char *p = field->text; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
        if (p[1] && strchr(from, p[1]))
            p[1] = to;
}

static void field_rename(struct field *field, size_t old, struct span name, bool whole, struct arena *arena)
{
    if (from_line_is(field_span(field)))
        continuations_replace(field, ">", ' ');
    if (span_eq_text(name, "From ")) {
        continuations_replace(field, " \t", '>');
        whole = true;
    }
    field_replace(field, whole ? field->name : old, name, arena);
}

/* ---- -u and -U */

/* Fields that count as the same one: those of one option with a whole name, or of one name. */
struct alike {
    const struct field *option;
    struct span name;
    size_t at; /* in the list */
};

static int alike_compare(const struct alike *a, const struct alike *b)
{
    if (a->option != b->option)
        return a->option < b->option ? -1 : 1;
    if (a->name.n != b->name.n)
        return a->name.n < b->name.n ? -1 : 1;
    return a->name.n ? strncasecmp(a->name.p, b->name.p, a->name.n) : 0;
}

static int alike_order(const void *va, const void *vb)
{
    const struct alike *a = va, *b = vb;
    int order = alike_compare(a, b);

    return order ? order : a->at < b->at ? -1 : a->at > b->at;
}

/* All fields that one of the options names, those alike together, in the order of the header. */
static struct alike *alike_sorted(const struct field_list *fields, const struct field_list *options,
                                  size_t *n)
{
    struct alike *all = mem_alloc_array(fields->n + 1, sizeof *all);

    *n = 0;
    for (size_t i = 0; i < fields->n; i++) {
        struct span name = field_name_span(&fields->fields[i]);
        const struct field *option = field_list_find(options, name);

        if (option)
            all[(*n)++] = (struct alike){option, name.n > option->name ? name : SPAN_NULL, i};
    }
    qsort(all, *n, sizeof *all, alike_order);
    return all;
}

enum fate { KEEP, KEEP_FIRST, DROP };

static void mark_first(enum fate *fates, const struct field_list *fields, const struct field_list *options)
{
    size_t n;
    struct alike *all = alike_sorted(fields, options, &n);

    for (size_t i = 0; i < n; i++)
        fates[all[i].at] = i && alike_compare(&all[i - 1], &all[i]) == 0 ? DROP : KEEP_FIRST;
    free(all);
}

/* The first of -u is left out of it. */
static void mark_last(enum fate *fates, const struct field_list *fields, const struct field_list *options)
{
    size_t n, last = SIZE_MAX;
    struct alike *all = alike_sorted(fields, options, &n);

    for (size_t i = n; i-- > 0;) {
        bool later;

        if (fates[all[i].at] == KEEP_FIRST)
            continue;
        later = last != SIZE_MAX && alike_compare(&all[i], &all[last]) == 0;
        fates[all[i].at] = later ? DROP : KEEP;
        last = i;
    }
    free(all);
}

/* `past` are fields of an earlier round, which count as seen for -u. */
static void make_unique(struct header *header, const struct formail *formail)
{
    const struct field_list *first = &formail->lists[FORMAIL_FIRST], *last = &formail->lists[FORMAIL_LAST];
    struct field_list all = {0};
    size_t past = header->past.n, kept = 0;
    enum fate *fates;

    if (!first->n && !last->n)
        return;
    all.n = past + header->fields.n;
    all.fields = mem_alloc_array(all.n + 1, sizeof *all.fields);
    if (past)
        memcpy(all.fields, header->past.fields, past * sizeof *all.fields);
    if (header->fields.n)
        memcpy(all.fields + past, header->fields.fields, header->fields.n * sizeof *all.fields);
    fates = mem_alloc_array(all.n + 1, sizeof *fates);
    mark_first(fates, &all, first);
    mark_last(fates + past, &header->fields, last);
    for (size_t i = 0; i < header->fields.n; i++)
        if (fates[past + i] != DROP)
            header->fields.fields[kept++] = header->fields.fields[i];
    header->fields.n = kept;
    field_list_free(&header->past);
    header->past = all;
    free(fates);
}

/* ---- all of it */

/* Changes the field; false: it goes. */
static bool edit_field(struct field *field, const struct formail *formail, bool before, struct arena *arena)
{
    const struct field_list *lists = formail->lists;
    const struct field *option;
    struct span name = field_name_span(field);

    option = before ? NULL : field_list_find(&lists[FORMAIL_RENAME_INSERT], name);
    if (option && !(formail->reply && !field_is_filled(option))) {
        field_rename(field, 0, span_of(old_prefix), false, arena);
        return true;
    }
    option = field_list_find(&lists[FORMAIL_DELETE_INSERT], name);
    if (option && !(before && field_is_filled(option)))
        return false;
    option = field_list_find(&lists[FORMAIL_RENAME], name);
    if (option) {
        struct span both = field_span(option);
        bool whole = both.n && both.p[both.n - 1] == ':';

        field_rename(field, option->name, span_from(both, option->name), whole, arena);
    }
    return true;
}

void header_edit(struct header *header, const struct formail *formail, bool before)
{
    size_t kept = 0;

    for (size_t i = 0; i < header->fields.n; i++) {
        struct field field = header->fields.fields[i];

        if (edit_field(&field, formail, before, header->arena))
            header->fields.fields[kept++] = field;
    }
    header->fields.n = kept;
    make_unique(header, formail);
}

/* -z; false: there is nothing in the field. */
static bool zap(struct field *field, struct arena *arena)
{
    struct span content = field_content(field);

    if (!field->name || field->text[field->name - 1] != ':')
        return true;
    if (content.n > 1 && *content.p != ' ' && *content.p != '\t') {
        field_insert_blank(field, arena);
        return true;
    }
    return content.n > 2;
}

void header_polish(struct header *header, const struct formail *formail)
{
    size_t kept = 0;

    for (size_t i = 0; i < header->fields.n; i++) {
        struct field field = header->fields.fields[i];

        if (formail->zap && !zap(&field, header->arena))
            continue;
        if (formail->concatenate)
            field_concatenate(&field);
        header->fields.fields[kept++] = field;
    }
    header->fields.n = kept;
}
