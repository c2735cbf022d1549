#include "engine/env.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct variable {
    struct variable *next; /* in its bucket */
    char *text;            /* NAME=value */
    size_t name_n;
    size_t size;  /* of all of it */
    size_t order; /* in which the variables were made, for the list */
};

struct env {
    struct variable **buckets;
    size_t bucket_count; /* a power of two */
    size_t count;
    size_t made;
    size_t size; /* of all of them */
    const char **list;
};

enum { BUCKETS_FIRST = 64 };

struct env *env_new(void)
{
    struct env *env = mem_alloc(sizeof *env);

    env->bucket_count = BUCKETS_FIRST;
    env->buckets = mem_alloc_array(env->bucket_count, sizeof *env->buckets);
    return env;
}

static void variable_free(struct variable *v)
{
    free(v->text);
    free(v);
}

void env_free(struct env *env)
{
    if (!env)
        return;
    for (size_t i = 0; i < env->bucket_count; i++)
        for (struct variable *v = env->buckets[i], *next; v; v = next) {
            next = v->next;
            variable_free(v);
        }
    free(env->buckets);
    free(env->list);
    free(env);
}

static size_t hash(struct span name)
{
    size_t h = 5381;

    for (size_t i = 0; i < name.n; i++)
        h = h * 33 + (unsigned char)name.p[i];
    return h;
}

/* The link that points to the variable, or the one at which it would be put. */
static struct variable **find(const struct env *env, struct span name)
{
    struct variable **at = &env->buckets[hash(name) & (env->bucket_count - 1)];

    while (*at && !((*at)->name_n == name.n && memcmp((*at)->text, name.p, name.n) == 0))
        at = &(*at)->next;
    return at;
}

const char *env_get_span(const struct env *env, struct span name)
{
    struct variable *v = *find(env, name);

    return v ? v->text + v->name_n + 1 : NULL;
}

const char *env_get(const struct env *env, const char *name)
{
    return env_get_span(env, span_of(name));
}

static void grow(struct env *env)
{
    struct env wider = *env;

    wider.bucket_count *= 2;
    wider.buckets = mem_alloc_array(wider.bucket_count, sizeof *wider.buckets);
    for (size_t i = 0; i < env->bucket_count; i++)
        for (struct variable *v = env->buckets[i], *next; v; v = next) {
            struct variable **at = find(&wider, span_make(v->text, v->name_n));

            next = v->next;
            v->next = NULL;
            *at = v;
        }
    free(env->buckets);
    *env = wider;
}

static void list_forget(struct env *env)
{
    free(env->list);
    env->list = NULL;
}

static char *join(const char *name, size_t name_n, struct span value)
{
    char *text = mem_alloc(name_n + value.n + 2);

    memcpy(text, name, name_n);
    text[name_n] = '=';
    if (value.n)
        memcpy(text + name_n + 1, value.p, value.n);
    return text;
}

bool env_set(struct env *env, const char *name, struct span value)
{
    struct variable **at = find(env, span_of(name));
    size_t name_n = strlen(name), size = name_n + value.n + 2, before = *at ? (*at)->size : 0;
    char *text;

    if (size > before && size - before > ENV_SIZE_MAX - env->size)
        return false;
    text = join(name, name_n, value); /* which may be the old one, or a part of it */
    list_forget(env);
    if (!*at) {
        *at = mem_alloc(sizeof **at);
        (*at)->name_n = name_n;
        env->count++;
    }
    free((*at)->text);
    (*at)->text = text;
    (*at)->size = size;
    (*at)->order = env->made++;
    env->size += size - before;
    if (env->count > 2 * env->bucket_count)
        grow(env);
    return true;
}

void env_unset(struct env *env, const char *name)
{
    struct variable **at = find(env, span_of(name));
    struct variable *v = *at;

    if (!v)
        return;
    list_forget(env);
    *at = v->next;
    env->size -= v->size;
    variable_free(v);
    env->count--;
}

static int by_order(const void *a, const void *b)
{
    const struct variable *const *x = a, *const *y = b;

    return (*x)->order < (*y)->order ? -1 : (*x)->order > (*y)->order;
}

const char *const *env_list(struct env *env)
{
    struct variable **sorted;
    size_t n = 0;

    if (env->list)
        return env->list;
    sorted = mem_alloc_array(env->count, sizeof *sorted);
    for (size_t i = 0; i < env->bucket_count; i++)
        for (struct variable *v = env->buckets[i]; v; v = v->next)
            sorted[n++] = v;
    qsort(sorted, n, sizeof *sorted, by_order);
    env->list = mem_alloc_array(n + 1, sizeof *env->list);
    for (size_t i = 0; i < n; i++)
        env->list[i] = sorted[i]->text;
    free(sorted);
    return env->list;
}
