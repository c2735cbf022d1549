#include "folder/uidlist.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum { FIRST_ROOM = 64 }; /* records; doubled when it is full */

void uidlist_init(struct uidlist *list)
{
    *list = (struct uidlist){.next = 1, .arena = arena_new()};
}

void uidlist_free(struct uidlist *list)
{
    arena_free(list->arena);
    free(list->records);
}

void uidlist_clear(struct uidlist *list)
{
    uidlist_free(list);
    uidlist_init(list);
}

static struct uid_record *record_new(struct uidlist *list)
{
    size_t count = list->count;

    if (count == 0 || (count >= FIRST_ROOM && (count & (count - 1)) == 0)) {
        size_t room = count ? 2 * count : FIRST_ROOM;

        list->records = mem_realloc(list->records, room * sizeof *list->records);
    }
    list->records[count] = (struct uid_record){0};
    list->count++;
    return &list->records[count];
}

/* ---- reading */

/* A word up to a blank, taken off the line. */
static struct span word_take(struct span *line)
{
    const char *blank = span_find_byte(*line, ' ');
    size_t n = blank ? (size_t)(blank - line->p) : line->n;
    struct span word = span_make(line->p, n);

    *line = span_from(*line, blank ? n + 1 : n);
    return word;
}

/* A decimal number from 1 to 2^32 - 1; 0: it is none. */
static uint32_t uid_parse(struct span text)
{
    uint64_t number;

    span_number(text, UINT32_MAX, &number);
    return (uint32_t)number;
}

static void guid_parse(struct uidlist *list, struct span value)
{
    if (value.n == UIDLIST_GUID)
        memcpy(list->guid, value.p, UIDLIST_GUID);
}

static bool head_parse(struct uidlist *list, struct span line)
{
    while (line.n > 0) {
        struct span word = word_take(&line), value = span_from(word, 1);

        switch (word.n ? word.p[0] : 0) {
        case 'V':
            list->validity = uid_parse(value);
            break;
        case 'N':
            list->next = uid_parse(value);
            break;
        case 'G':
            guid_parse(list, value);
            break;
        default: /* a later version's */
            break;
        }
    }
    return list->validity > 0 && list->next > 0;
}

/* `1 VALIDITY NEXT`: the first version, which is Courier's, too. */
static bool old_head_parse(struct uidlist *list, struct span line)
{
    list->validity = uid_parse(word_take(&line));
    list->next = uid_parse(word_take(&line));
    return list->validity > 0 && list->next > 0 && line.n == 0;
}

struct span uidlist_key(struct span name)
{
    for (size_t i = 1; i + 2 < name.n; i++)
        if (name.p[i] == ':' && (name.p[i + 1] == '2' || name.p[i + 1] == '1') && name.p[i + 2] == ',')
            return span_make(name.p, i);
    return name;
}

/* Fields, then `:` and the name; in the first version the name alone. */
static bool record_parse(struct uidlist *list, struct span line, bool old)
{
    struct uid_record record = {.uid = uid_parse(word_take(&line))};
    const char *fields = line.p;

    while (!old && line.n > 0 && line.p[0] != ':')
        word_take(&line);
    record.fields = span_trim_end(span_make(fields, (size_t)(line.p - fields)));
    record.key = uidlist_key(old ? line : span_from(line, 1));
    if (record.uid == 0 || record.uid == UINT32_MAX || record.key.n == 0)
        return false;
    if (list->count && record.uid <= list->records[list->count - 1].uid)
        return false;
    if (record.uid >= list->next)
        list->next = record.uid + 1;
    record.key = arena_span(list->arena, record.key);
    record.fields = arena_span(list->arena, record.fields);
    *record_new(list) = record;
    return true;
}

/* A line with its newline, taken off the text; false at the end and where the newline is missing. */
static bool line_take(struct span *text, struct span *line)
{
    const char *end = span_find_byte(*text, '\n');

    if (!end)
        return false;
    *line = span_make(text->p, (size_t)(end - text->p));
    *text = span_from(*text, line->n + 1);
    return true;
}

int uidlist_parse(struct uidlist *list, struct span text, struct err *err)
{
    struct span line;
    size_t number = 1;
    bool old, good;

    if (!line_take(&text, &line))
        return err_set(err, ERR_DATA, "line 1: no list of UIDs");
    old = span_starts(line, "1 ");
    if (!old && !span_starts(line, "3 "))
        return err_set(err, ERR_DATA, "line 1: neither version 1 nor 3");
    good = old ? old_head_parse(list, span_from(line, 2)) : head_parse(list, span_from(line, 2));
    for (; good && line_take(&text, &line); number++)
        good = record_parse(list, line, old);
    return good ? 0 : err_set(err, ERR_DATA, "line %zu: not what a list of UIDs has there", number);
}

/* ---- changing */

static void guid_make(char *guid)
{
    unsigned char bytes[UIDLIST_GUID / 2];

    if (getentropy(bytes, sizeof bytes) < 0)
        err_bug("no random bytes");
    for (size_t i = 0; i < sizeof bytes; i++)
        sprintf(guid + 2 * i, "%02x", bytes[i]);
}

void uidlist_begin(struct uidlist *list, uint32_t now, uint32_t least)
{
    uidlist_clear(list);
    list->validity = now > least || least == UINT32_MAX ? now : least + 1;
    guid_make(list->guid);
}

struct uid_record *uidlist_add(struct uidlist *list, struct span key)
{
    struct uid_record *record;

    if (list->next == UINT32_MAX)
        return NULL;
    record = record_new(list);
    record->uid = list->next++;
    record->key = arena_span(list->arena, key);
    return record;
}

struct span uid_field(const struct uid_record *record, char letter)
{
    struct span fields = record->fields;

    while (fields.n > 0) {
        struct span word = word_take(&fields);

        if (word.n && word.p[0] == letter)
            return span_from(word, 1);
    }
    return SPAN_NULL;
}

void uid_field_add(struct uidlist *list, struct uid_record *record, char letter, const char *value)
{
    struct buf fields;

    buf_init(&fields, BUF_UNLIMITED);
    buf_add_span(&fields, record->fields);
    buf_printf(&fields, "%s%c%s", fields.n ? " " : "", letter, value);
    record->fields = arena_span(list->arena, buf_span(&fields));
    buf_free(&fields);
}

/* ---- writing */

void uid_record_print(const struct uid_record *record, struct buf *to)
{
    buf_printf(to, "%" PRIu32 " ", record->uid);
    buf_add_span(to, record->fields);
    buf_add_text(to, record->fields.n ? " :" : ":");
    buf_add_span(to, record->key);
    buf_add_byte(to, '\n');
}

void uidlist_print(const struct uidlist *list, struct buf *to)
{
    buf_printf(to, "3 V%" PRIu32 " N%" PRIu32, list->validity, list->next);
    if (list->guid[0])
        buf_printf(to, " G%s", list->guid);
    buf_add_byte(to, '\n');
    for (size_t i = 0; i < list->count; i++)
        uid_record_print(&list->records[i], to);
}
