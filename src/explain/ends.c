#include "explain/ends.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { STATUS_MAX = 255, SIGNAL_MAX = 64 };

static bool status_of(const char *text, int *status)
{
    char *end;
    long value;

    if (!strcmp(text, "unread")) {
        *status = ENDS_UNREAD;
        return true;
    }
    value = strtol(text, &end, 10);
    *status = (int)value;
    return (*text == '-' || (*text >= '0' && *text <= '9')) && end != text && !*end && value >= -SIGNAL_MAX &&
           value <= STATUS_MAX;
}

bool ends_add(struct ends *ends, const char *text)
{
    const char *equals = strrchr(text, '=');
    struct ends_entry entry = {.place = text, .place_length = equals ? (size_t)(equals - text) : 0};

    if (equals == text || !status_of(equals ? equals + 1 : text, &entry.status))
        return false;
    ends->entries = mem_realloc(ends->entries, (ends->count + 1) * sizeof entry);
    ends->entries[ends->count++] = entry;
    return true;
}

void ends_free(struct ends *ends)
{
    free(ends->entries);
    *ends = (struct ends){0};
}

static bool is_place(const struct ends_entry *entry, const struct trace_place *place)
{
    size_t n = strlen(place->file);
    char line[16];

    snprintf(line, sizeof line, ":%u", place->line);
    return entry->place_length == n + strlen(line) && !strncmp(entry->place, place->file, n) &&
           !strncmp(entry->place + n, line, strlen(line));
}

/* The first that was not used yet, or the last. */
static struct ends_entry *find(struct ends *ends, const struct trace_place *place)
{
    struct ends_entry *found = NULL;

    for (size_t i = 0; i < ends->count; i++) {
        struct ends_entry *entry = &ends->entries[i];

        if (place ? !is_place(entry, place) : entry->place_length > 0)
            continue;
        found = entry;
        if (!entry->used)
            break;
    }
    return found;
}

bool ends_next(struct ends *ends, const struct trace_place *place, int *status)
{
    struct ends_entry *entry = place->file ? find(ends, place) : NULL;

    if (!entry)
        entry = find(ends, NULL);
    if (!entry)
        return false;
    entry->used = true;
    *status = entry->status;
    return true;
}
