/*
 * The fields of a header, as bytes: `Name: content`, the lines that continue it, the newline at its end.
 *
 * A name reaches up to and including its colon; blanks may stand before that.  The From_ line counts as
 * a field whose name is `From ` and which is continued by lines that begin with `>`.
 * A partial name is the beginning of a name, without colon; it stands for all names that begin so.
 * The texts belong to an arena and may be written to.
 */
#ifndef MAILWEIR_MESSAGE_FIELD_H
#define MAILWEIR_MESSAGE_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"

struct field {
    char *text;  /* a NUL behind it */
    size_t size; /* with the newline at the end */
    size_t name; /* bytes of it that are the name, colon included */
};

struct field_list {
    struct field *fields;
    size_t n;
    size_t room;
};

/* Does `text` begin with a whole name?  *n is its length then; otherwise that of the beginning that
 * could be one, and equal to text.n when all of it is a partial name. */
bool field_name(struct span text, size_t *n);

static inline struct span field_span(const struct field *field)
{
    return span_make(field->text, field->size);
}

static inline struct span field_name_span(const struct field *field)
{
    return span_make(field->text, field->name);
}

/* Behind the name; with the newline at the end. */
static inline struct span field_content(const struct field *field)
{
    return span_make(field->text + field->name, field->size - field->name);
}

/* Does it have content, be it a blank? */
static inline bool field_is_filled(const struct field *field)
{
    return field->size > field->name + 1;
}

/* Is `name`, with its colon or in part, the beginning of `whole`?  Case is ignored. */
bool field_name_begins(struct span whole, struct span name);

/* The field's whole name is this one; case is ignored. */
bool field_is(const struct field *field, const char *name);

/* Removes the blanks before the colon. */
void field_tidy(struct field *field);

/* Puts `name` in the place of the first `old` bytes. */
void field_replace(struct field *field, size_t old, struct span name, struct arena *arena);

/* Between name and content. */
void field_insert_blank(struct field *field, struct arena *arena);

/* Puts the field on one line: newlines become blanks.  A From_ line stays as it is. */
void field_concatenate(struct field *field);

/* A copy of `text`, whose name has that length, in the arena at the end of the list. */
struct field *field_list_add_named(struct field_list *list, struct arena *arena, struct span text, size_t name);

/* The same, for one whose name is not known yet. */
struct field *field_list_add(struct field_list *list, struct arena *arena, struct span text);
void field_list_free(struct field_list *list); /* an empty list again */

/* The first field in the list whose name, maybe partial, is the beginning of `whole`. */
struct field *field_list_find(const struct field_list *list, struct span whole);

#endif
