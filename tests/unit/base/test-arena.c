#include <criterion/criterion.h>

#include "base/arena.h"

Test(arena, pieces_are_zeroed_and_apart)
{
    struct arena *arena = arena_new();
    char *small = arena_alloc(arena, 3);
    char *large = arena_alloc(arena, 100000);
    char *next = arena_alloc(arena, 5);

    for (size_t i = 0; i < 100000; i++)
        cr_assert_eq(large[i], 0);
    memset(small, 1, 3);
    memset(large, 2, 100000);
    memset(next, 3, 5);
    cr_assert_eq(small[2], 1);
    cr_assert_eq(large[99999], 2);
    cr_assert_eq(next[4], 3);
    arena_free(arena);
    arena_free(NULL);
}

Test(arena, copies_end_in_nul)
{
    struct arena *arena = arena_new();
    struct span s = arena_span(arena, span_make("ab\0c", 4));

    cr_assert_eq(s.n, 4);
    cr_assert_arr_eq(s.p, "ab\0c", 5);
    cr_assert_str_eq(arena_strdup(arena, "text"), "text");
    arena_free(arena);
}
