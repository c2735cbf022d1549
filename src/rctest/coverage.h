/*
 * What all tests together took of the rc files: which recipes and conditions were reached, how often,
 * and what came of them.
 */
#ifndef MAILWEIR_RCTEST_COVERAGE_H
#define MAILWEIR_RCTEST_COVERAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "rctest/rctest.h"

struct coverage_point {
    bool recipe; /* else a condition */
    unsigned line, column;
    unsigned long reached, taken; /* a condition is looked at, and holds */
};

/* One rc: a section of a test file, or a file of its own. */
struct coverage_file {
    const char *file;
    unsigned first; /* line of the section's head; 0: the whole file */
    struct span text;
    struct span escaped;           /* of a section with escapes: as it stands in the file; else empty */
    struct coverage_point *points; /* in the order of the text */
    size_t count;
    struct coverage_file *next;
};

struct coverage {
    struct arena *arena;
    struct coverage_file *files, **end;
};

/* Reads what the tests added to the descriptor (counted.h).  Every rc of the tests is in it, those
 * that nothing reached, too; files that are included only once something in them was reached. */
int coverage_read(struct coverage *coverage, struct rctest *const *tests, size_t count, int fd,
                  struct err *err);
void coverage_free(struct coverage *coverage);

/* The line of the file in which people find this line of its text. */
unsigned coverage_line(const struct coverage_file *file, unsigned line);

/* What tests did not see of a point: "never reached"; NULL: it was taken, and a condition failed, too. */
const char *coverage_missing(const struct coverage_point *point);

/* How much of a file, in percent, rounded down; 100 where there is nothing to take. */
struct coverage_sum {
    size_t recipes, recipes_taken, conditions, conditions_held;
    unsigned percent;
};

struct coverage_sum coverage_sum(const struct coverage_file *file);

void coverage_text(const struct coverage *coverage, FILE *to);
void coverage_html(const struct coverage *coverage, FILE *to);

#endif
