/* Names and what is known of them, found in constant time. */
#include "check/check-private.h"

#include <stdint.h>

void names_init(struct names *names, struct arena *arena, size_t expected)
{
    *names = (struct names){.arena = arena, .size = 64};
    while (names->size < expected)
        names->size *= 2;
    names->buckets = arena_alloc(arena, names->size * sizeof *names->buckets);
    names->end = &names->first;
}

static size_t bucket_of(const struct names *names, struct span text)
{
    uint64_t hash = 14695981039346656037u;

    for (size_t i = 0; i < text.n; i++)
        hash = (hash ^ (unsigned char)text.p[i]) * 1099511628211u;
    return (size_t)(hash % names->size);
}

struct name *names_find(const struct names *names, struct span text)
{
    for (struct name *name = names->buckets[bucket_of(names, text)]; name; name = name->next_in_bucket)
        if (span_eq(name->text, text))
            return name;
    return NULL;
}

struct name *names_get(struct names *names, struct span text)
{
    struct name *name = names_find(names, text);
    size_t bucket = bucket_of(names, text);

    if (name)
        return name;
    name = arena_alloc(names->arena, sizeof *name);
    name->text = arena_span(names->arena, text);
    name->next_in_bucket = names->buckets[bucket];
    names->buckets[bucket] = name;
    *names->end = name;
    names->end = &name->next;
    return name;
}
