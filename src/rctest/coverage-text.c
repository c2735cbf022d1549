/* The coverage for a terminal: a line for each point, then what no test saw of them. */
#include "rctest/coverage.h"

static void print_point(const struct coverage_file *file, const struct coverage_point *point, FILE *to)
{
    fprintf(to, "%s:%u: %s reached %lu, %s %lu\n", file->file, coverage_line(file, point->line),
            point->recipe ? "recipe" : "  condition", point->reached, point->recipe ? "taken" : "held",
            point->taken);
}

static void print_missing(const struct coverage_file *file, FILE *to)
{
    for (size_t i = 0; i < file->count; i++) {
        const struct coverage_point *point = &file->points[i];
        const char *missing = coverage_missing(point);

        if (missing)
            fprintf(to, "%s:%u: %s %s\n", file->file, coverage_line(file, point->line),
                    point->recipe ? "recipe" : "condition", missing);
    }
}

static void print_file(const struct coverage_file *file, FILE *to)
{
    struct coverage_sum sum = coverage_sum(file);

    for (size_t i = 0; i < file->count; i++)
        print_point(file, &file->points[i], to);
    print_missing(file, to);
    fprintf(to, "%s", file->file);
    if (file->first)
        fprintf(to, ":%u", file->first);
    fprintf(to, ": %zu of %zu recipes taken, %zu of %zu conditions held, %u%%\n", sum.recipes_taken,
            sum.recipes, sum.conditions_held, sum.conditions, sum.percent);
}

void coverage_text(const struct coverage *coverage, FILE *to)
{
    for (const struct coverage_file *file = coverage->files; file; file = file->next)
        print_file(file, to);
}
