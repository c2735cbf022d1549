/*
 * What differs between two runs of the same thing is replaced by common words: the
 * sandbox's path by $HOME, unique names by <unique>, a date of the run (ctime's 24
 * characters) by <now>, lock and temporary names by <temp>.  Of a log, the lines that
 * only tell pid and time are left out.
 */
#ifndef MAILWEIR_RCTEST_NORMAL_H
#define MAILWEIR_RCTEST_NORMAL_H

#include <stdbool.h>
#include <time.h>

#include "base/arena.h"
#include "base/span.h"
#include "rctest/rctest.h"

struct normal {
    const char *sandbox;
    const struct rctest *test; /* its `unique` sections: further prefixes of unique names */
    time_t began, ended;
};

struct span normal_text(const struct normal *normal, struct arena *arena, struct span text);

/* A path below the sandbox: only its last part is looked at. */
const char *normal_path(const struct normal *normal, struct arena *arena, const char *path);

/* Is this text a log, judged by its lines? */
bool normal_is_log(struct span text);

/*
 * A log as normal_text, and: without date lines; tabs and blanks before a size in `Folder:`
 * lines squeezed to one tab where the name was replaced (or everywhere: `squeeze`).
 * The program that executes says so itself while its parent goes on, so where such lines stand
 * means nothing: they are put behind the others, sorted.  With clones all lines are.
 */
struct span normal_log(const struct normal *normal, struct arena *arena, struct span text, bool squeeze);

#endif
