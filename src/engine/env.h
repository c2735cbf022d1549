/*
 * The variables of a run, all of them exported to programs.  What setting one of them does
 * beside is in engine/effect.c.
 */
#ifndef MAILWEIR_ENGINE_ENV_H
#define MAILWEIR_ENGINE_ENV_H

#include <stdbool.h>

#include "base/span.h"

struct env;

struct env *env_new(void);
void env_free(struct env *env);

/* Values are borrowed: good until the variable changes.  NULL: not set. */
const char *env_get(const struct env *env, const char *name);
const char *env_get_span(const struct env *env, struct span name);

/* All variables together, in bytes.  A program can be started with far less. */
enum { ENV_SIZE_MAX = 16 << 20 };

/* A NUL byte in the value ends it.  False: there is no room for it, and the variable stays as it was. */
bool env_set(struct env *env, const char *name, struct span value);
void env_unset(struct env *env, const char *name);

/* `NAME=value` strings, NULL-terminated, for execve(2); good until a variable changes. */
const char *const *env_list(struct env *env);

#endif
