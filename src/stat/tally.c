#include "stat/tally.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

enum {
    NAME_BYTES = 64 << 20,
    ROW_CELLS = 4096, /* eleven years of days */
    WIDTHS = 4,
};

static const int widths[WIDTHS] = {1, 7, 28, 364};
static const char too_many[] = " ## more names than can be told apart ##";

struct tally {
    void *tree; /* of rows, by key: no stranger can choose names that make it slow */
    struct tally_row **rows;
    size_t count, room;
    size_t bytes, bytes_max;
    size_t cells_max;
    int width; /* index */
};

struct tally *tally_new(void)
{
    struct tally *tally = mem_alloc(sizeof *tally);

    tally->bytes_max = NAME_BYTES;
    tally->cells_max = ROW_CELLS;
    return tally;
}

void tally_limit(struct tally *tally, size_t bytes, size_t cells)
{
    tally->bytes_max = bytes;
    tally->cells_max = cells;
}

int64_t tally_sum(int64_t a, int64_t b)
{
    int64_t sum;

    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return a < 0 ? INT64_MIN : INT64_MAX;
}

int tally_days(const struct tally *tally)
{
    return widths[tally->width];
}

/* ---- rows */

static int by_name(const void *left, const void *right)
{
    const struct tally_row *a = left, *b = right;
    size_t n = a->name.n < b->name.n ? a->name.n : b->name.n;
    int order = memcmp(a->name.p, b->name.p, n);

    return order ? order : (a->name.n > b->name.n) - (a->name.n < b->name.n);
}

static struct tally_row *find(const struct tally *tally, struct span name)
{
    const struct tally_row wanted = {.name = name};
    void *found = tfind(&wanted, &tally->tree, by_name);

    return found ? *(struct tally_row **)found : NULL;
}

/* Lines are sorted with the tab that is behind the name. */
static struct tally_row *add_row(struct tally *tally, struct span name, bool fault, bool bare)
{
    struct tally_row *row = mem_alloc(sizeof *row + name.n + 2);

    memcpy(row->key, name.p, name.n);
    if (!bare)
        row->key[name.n] = '\t';
    row->name = span_make(row->key, name.n);
    row->fault = fault;
    row->bare = bare;
    if (!tsearch(row, &tally->tree, by_name))
        err_out_of_memory();
    if (tally->count == tally->room) {
        tally->room = tally->room * 2 + 64;
        tally->rows = mem_realloc(tally->rows, tally->room * sizeof(*tally->rows));
    }
    tally->rows[tally->count++] = row;
    tally->bytes += sizeof *row + name.n;
    return row;
}

static struct tally_row *get_row(struct tally *tally, const struct stat_entry *entry)
{
    struct tally_row *row = find(tally, entry->name);

    if (row)
        return row;
    if (tally->bytes + entry->name.n <= tally->bytes_max)
        return add_row(tally, entry->name, entry->fault, entry->bare);
    row = find(tally, span_of(too_many));
    return row ? row : add_row(tally, span_of(too_many), true, true);
}

static int as_sorted(const void *left, const void *right)
{
    const struct tally_row *a = *(struct tally_row *const *)left, *b = *(struct tally_row *const *)right;
    int order = strcoll(a->key, b->key);

    return order ? order : by_name(a, b);
}

struct tally_row *const *tally_rows(struct tally *tally, size_t *count)
{
    if (tally->count)
        qsort(tally->rows, tally->count, sizeof(*tally->rows), as_sorted);
    *count = tally->count;
    return tally->rows;
}

/* ---- times */

static int first_of(const struct tally *tally, int day)
{
    return day - day % widths[tally->width];
}

/* Where the cell of that day is, or is to be. */
static size_t place_of(const struct tally_row *row, int day)
{
    size_t low = 0, high = row->cell_count;

    if (high && row->cells[high - 1].day == day) /* a log goes on with time */
        return high - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (row->cells[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct tally_cell *get_cell(struct tally_row *row, int day)
{
    size_t at = place_of(row, day);

    if (at < row->cell_count && row->cells[at].day == day)
        return &row->cells[at];
    if (row->cell_count == row->cell_room) {
        row->cell_room = row->cell_room * 2 + 8;
        row->cells = mem_realloc(row->cells, row->cell_room * sizeof *row->cells);
    }
    memmove(row->cells + at + 1, row->cells + at, (row->cell_count - at) * sizeof *row->cells);
    row->cells[at] = (struct tally_cell){.day = day};
    row->cell_count++;
    return &row->cells[at];
}

static void join_cells(const struct tally *tally, struct tally_row *row)
{
    size_t kept = 0;

    for (size_t i = 0; i < row->cell_count; i++) {
        struct tally_cell cell = row->cells[i];

        cell.day = first_of(tally, cell.day);
        if (kept && row->cells[kept - 1].day == cell.day) {
            row->cells[kept - 1].count = tally_sum(row->cells[kept - 1].count, cell.count);
            row->cells[kept - 1].bytes = tally_sum(row->cells[kept - 1].bytes, cell.bytes);
        } else {
            row->cells[kept++] = cell;
        }
    }
    row->cell_count = kept;
}

static void widen(struct tally *tally)
{
    tally->width++;
    for (size_t i = 0; i < tally->count; i++)
        join_cells(tally, tally->rows[i]);
}

void tally_add(struct tally *tally, const struct stat_entry *entry)
{
    struct tally_row *row = get_row(tally, entry);
    struct tally_cell *cell;

    row->count = tally_sum(row->count, 1);
    row->bytes = tally_sum(row->bytes, entry->size);
    if (entry->day == STAT_UNDATED || row->fault)
        return;
    while (row->cell_count >= tally->cells_max && tally->width + 1 < WIDTHS)
        widen(tally);
    cell = get_cell(row, first_of(tally, entry->day));
    cell->count = tally_sum(cell->count, 1);
    cell->bytes = tally_sum(cell->bytes, entry->size);
}

void tally_free(struct tally *tally)
{
    for (size_t i = 0; i < tally->count; i++) {
        tdelete(tally->rows[i], &tally->tree, by_name);
        free(tally->rows[i]->cells);
        free(tally->rows[i]);
    }
    free(tally->rows);
    free(tally);
}
