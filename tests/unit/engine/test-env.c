#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/env.h"

Test(env, keeps_many_variables)
{
    struct env *env = env_new();
    char name[32];
    size_t n = 0;

    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "V%d", i);
        env_set(env, name, span_of(name));
    }
    for (int i = 0; i < 5000; i += 2) {
        snprintf(name, sizeof name, "V%d", i);
        env_unset(env, name);
    }
    cr_expect_null(env_get(env, "V4998"));
    cr_expect_str_eq(env_get(env, "V4999"), "V4999");
    for (const char *const *v = env_list(env); *v; v++)
        n++;
    cr_expect_eq(n, 2500);
    env_free(env);
}

Test(env, lists_in_the_order_of_assignment)
{
    struct env *env = env_new();

    env_set(env, "B", span_of("1"));
    env_set(env, "A", span_of("2"));
    env_set(env, "B", span_make("x\0y", 3));
    cr_expect_str_eq(env_list(env)[0], "A=2");
    cr_expect_str_eq(env_list(env)[1], "B=x");
    cr_expect_null(env_list(env)[2]);
    env_free(env);
}

Test(env, has_a_limit)
{
    struct env *env = env_new();
    size_t n = ENV_SIZE_MAX / 2;
    char *half = malloc(n);

    memset(half, 'x', n);
    cr_expect(env_set(env, "A", span_make(half, n - 10)));
    cr_expect(env_set(env, "B", span_make(half, n - 10)));
    cr_expect_not(env_set(env, "C", span_make(half, 100)));
    cr_expect_null(env_get(env, "C"));
    cr_expect_not(env_set(env, "B", span_make(half, n + 100)), "the old value counts until it is gone");
    cr_expect_eq(strlen(env_get(env, "B")), n - 10);
    cr_expect(env_set(env, "B", span_make(half, 10)));
    cr_expect(env_set(env, "C", span_make(half, 100)));
    env_unset(env, "A");
    cr_expect(env_set(env, "D", span_make(half, n)));
    free(half);
    env_free(env);
}

Test(env, takes_a_part_of_itself)
{
    struct env *env = env_new();

    env_set(env, "A", span_of("one two"));
    env_set(env, "A", span_of(env_get(env, "A") + 4));
    cr_expect_str_eq(env_get(env, "A"), "two");
    env_free(env);
}
