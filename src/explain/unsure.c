/* Variables whose value would be what a program prints that was not run. */
#include "explain/explain.h"

struct explain_unsure {
    struct explain_unsure *next;
    struct span name;
    bool unsure;
};

static struct explain_unsure *find(const struct explain *explain, struct span name)
{
    struct explain_unsure *entry = explain->unsure_names;

    while (entry && !span_eq(entry->name, name))
        entry = entry->next;
    return entry;
}

bool explain_is_unsure(const struct explain *explain, struct span name)
{
    const struct explain_unsure *entry = find(explain, name);

    return entry && entry->unsure;
}

/* Only those that were so once are kept: there are few. */
void explain_set_unsure(struct explain *explain, struct span assignment, bool unsure)
{
    const char *equals = span_find_byte(assignment, '=');
    struct span name = span_make(assignment.p, equals ? (size_t)(equals - assignment.p) : assignment.n);
    struct explain_unsure *entry = find(explain, name);

    if (!entry && unsure) {
        entry = arena_alloc(explain->arena, sizeof *entry);
        *entry = (struct explain_unsure){explain->unsure_names, explain_keep(explain, name), false};
        explain->unsure_names = entry;
    }
    if (entry)
        entry->unsure = unsure;
}
