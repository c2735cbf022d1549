#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

enum { BLOCK_SIZE = 8192 };

struct block {
    struct block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) char data[];
};

struct arena {
    struct block *blocks; /* the one in use first */
};

struct arena *arena_new(void)
{
    return mem_alloc(sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    for (struct block *b = arena->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(arena);
}

static struct block *block_add(struct arena *arena, size_t n)
{
    size_t size = n > BLOCK_SIZE ? n : BLOCK_SIZE;
    struct block *b;

    if (size > (size_t)-1 - sizeof *b)
        err_out_of_memory();
    b = mem_realloc(NULL, sizeof *b + size);
    *b = (struct block){.size = size};
    if (n > BLOCK_SIZE && arena->blocks) { /* keep filling the block in use */
        b->next = arena->blocks->next;
        arena->blocks->next = b;
    } else {
        b->next = arena->blocks;
        arena->blocks = b;
    }
    return b;
}

void *arena_alloc(struct arena *arena, size_t n)
{
    const size_t align = alignof(max_align_t);
    struct block *b = arena->blocks;
    void *p;

    if (n > (size_t)-1 - align)
        err_out_of_memory();
    n = (n + align - 1) / align * align;
    if (!b || b->size - b->used < n)
        b = block_add(arena, n);
    p = b->data + b->used;
    b->used += n;
    return memset(p, 0, n);
}

char *arena_strndup(struct arena *arena, const char *p, size_t n)
{
    char *copy = arena_alloc(arena, n + 1);

    if (n)
        memcpy(copy, p, n);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

struct span arena_span(struct arena *arena, struct span s)
{
    return span_make(arena_strndup(arena, s.p, s.n), s.n);
}
