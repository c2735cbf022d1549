#include <criterion/criterion.h>
#include <stdio.h>

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
