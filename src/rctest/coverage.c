#include "rctest/coverage.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recipe/rc.h"
#include "rctest/escape.h"
#include "rctest/sandbox.h"
#include "rctest/source.h"

/* ---- what could be taken */

static const struct rc_item *item_after(const struct rc_item *item)
{
    if (item->block)
        return item->block;
    while (item && !item->next)
        item = item->parent;
    return item ? item->next : NULL;
}

static size_t count_points(const struct rc *rc)
{
    size_t count = 0;

    for (const struct rc_item *item = rc->items; item; item = item_after(item)) {
        count += item->kind == RC_RECIPE;
        for (const struct rc_condition *c = item->conditions; c; c = c->next)
            count++;
    }
    return count;
}

static void add_points(struct coverage_file *file, const struct rc_item *item)
{
    if (item->kind != RC_RECIPE)
        return;
    file->points[file->count++] =
        (struct coverage_point){.recipe = true, .line = item->place.line, .column = item->place.column};
    for (const struct rc_condition *c = item->conditions; c; c = c->next)
        file->points[file->count++] =
            (struct coverage_point){.line = c->place.line, .column = c->place.column};
}

static void find_points(struct coverage *coverage, struct coverage_file *file)
{
    struct rc *rc = rc_parse(file->file, file->text);

    file->points = arena_alloc(coverage->arena, (count_points(rc) + 1) * sizeof *file->points);
    for (const struct rc_item *item = rc->items; item; item = item_after(item))
        add_points(file, item);
    rc_free(rc);
}

static struct coverage_file *file_find(const struct coverage *coverage, const char *name, unsigned first)
{
    struct coverage_file *file = coverage->files;

    while (file && (file->first != first || strcmp(file->file, name)))
        file = file->next;
    return file;
}

static struct coverage_file *file_add(struct coverage *coverage, const char *name, unsigned first,
                                      struct span text, struct span escaped)
{
    struct coverage_file *file = file_find(coverage, name, first);

    if (file)
        return file;
    file = arena_alloc(coverage->arena, sizeof *file);
    *file = (struct coverage_file){
        .file = arena_strdup(coverage->arena, name), .first = first, .text = text, .escaped = escaped};
    find_points(coverage, file);
    *coverage->end = file;
    coverage->end = &file->next;
    return file;
}

static struct coverage_file *section_add(struct coverage *coverage, const struct rctest *test,
                                         const struct rctest_section *section)
{
    return file_add(coverage, test->file, section->line, section->text,
                    section->escaped ? section->source : SPAN_NULL);
}

static void add_rc_file(struct coverage *coverage, const struct rctest *test,
                        const struct rctest_section *section)
{
    char path[PATH_MAX];
    struct buf text;

    if (sandbox_source(test, section, path, sizeof path, NULL) || file_find(coverage, path, 0) ||
        source_read_file(path, &text)) /* the test has said so */
        return;
    file_add(coverage, path, 0, arena_span(coverage->arena, buf_span(&text)), SPAN_NULL);
    buf_free(&text);
}

static void add_test(struct coverage *coverage, const struct rctest *test)
{
    for (const struct rctest_section *s = test->sections; s; s = s->next) {
        if (s->kind == RCTEST_RC)
            section_add(coverage, test, s);
        else if (s->kind == RCTEST_RC_FILE)
            add_rc_file(coverage, test, s);
    }
}

/* ---- what was taken */

static struct coverage_file *file_of_section(struct coverage *coverage, struct rctest *const *tests,
                                             size_t count, const char *name, unsigned first)
{
    struct coverage_file *file = file_find(coverage, name, first);

    for (size_t i = 0; !file && i < count; i++)
        for (const struct rctest_section *s = tests[i]->sections; s; s = s->next)
            if (s->line == first && !strcmp(tests[i]->file, name))
                return section_add(coverage, tests[i], s);
    return file;
}

static void count_event(struct coverage_file *file, char kind, unsigned line, unsigned column)
{
    bool recipe = kind == 'R' || kind == 'T';

    for (size_t i = 0; i < file->count; i++) {
        struct coverage_point *point = &file->points[i];

        if (point->recipe != recipe || point->line != line || point->column != column)
            continue;
        point->reached += kind != 'T';
        point->taken += kind == 'T' || kind == 'Y';
        return;
    }
}

int coverage_read(struct coverage *coverage, struct rctest *const *tests, size_t count, int fd,
                  struct err *err)
{
    char *line = NULL;
    size_t room = 0;
    FILE *counts;

    *coverage = (struct coverage){.arena = arena_new()};
    coverage->end = &coverage->files;
    for (size_t i = 0; i < count; i++)
        add_test(coverage, tests[i]);
    if (lseek(fd, 0, SEEK_SET) < 0 || !(counts = fdopen(dup(fd), "r")))
        return err_set_errno(err, ERR_OSERR, "cannot read back what was counted");
    while (getline(&line, &room, counts) > 0) {
        char kind, name[PATH_MAX];
        unsigned row, column, first;
        struct coverage_file *file;

        if (sscanf(line, "%c\t%u\t%u\t%u\t%4095[^\n]", &kind, &row, &column, &first, name) != 5)
            continue;
        file = file_of_section(coverage, tests, count, name, first);
        if (file)
            count_event(file, kind, row, column);
    }
    free(line);
    fclose(counts);
    return 0;
}

void coverage_free(struct coverage *coverage)
{
    arena_free(coverage->arena);
}

unsigned coverage_line(const struct coverage_file *file, unsigned line)
{
    return file->first + (file->escaped.n ? escape_line(file->escaped, line) : line);
}

const char *coverage_missing(const struct coverage_point *point)
{
    if (!point->reached)
        return "never reached";
    if (!point->taken)
        return point->recipe ? "never taken" : "never held";
    return !point->recipe && point->taken == point->reached ? "never failed" : NULL;
}

struct coverage_sum coverage_sum(const struct coverage_file *file)
{
    struct coverage_sum sum = {0};

    for (size_t i = 0; i < file->count; i++) {
        const struct coverage_point *point = &file->points[i];

        if (point->recipe) {
            sum.recipes++;
            sum.recipes_taken += point->taken > 0;
        } else {
            sum.conditions++;
            sum.conditions_held += point->taken > 0;
        }
    }
    sum.percent =
        file->count ? (unsigned)((sum.recipes_taken + sum.conditions_held) * 100 / file->count) : 100;
    return sum;
}
