/*
 * How much went where, and when: a row for each folder, and one for each text of a fault.
 *
 * The memory this takes grows with the number of rows, not with the log, and both rows and times are
 * bounded: names beyond 64 MiB are counted under one, and where there are too many days in a row, all
 * rows count by weeks, then by longer times.
 */
#ifndef MAILWEIR_STAT_TALLY_H
#define MAILWEIR_STAT_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "stat/reader.h"

struct tally_cell {
    int day; /* the first of them */
    int64_t count, bytes;
};

struct tally_row {
    struct span name;
    bool fault;
    bool bare;
    int64_t count, bytes;
    struct tally_cell *cells; /* by day; what has no date is in none */
    size_t cell_count, cell_room;
    char key[]; /* what is sorted by */
};

struct tally;

struct tally *tally_new(void);
void tally_free(struct tally *tally);

void tally_add(struct tally *tally, const struct stat_entry *entry);

/* All rows as sort(1) orders them in this locale.  Good until the next tally_add(). */
struct tally_row *const *tally_rows(struct tally *tally, size_t *count);

int tally_days(const struct tally *tally); /* in a cell: 1, 7, 28 or 364 */

/* For tests: as if names had room for so many bytes, and rows for so many cells. */
void tally_limit(struct tally *tally, size_t bytes, size_t cells);

/* Numbers that stop at the largest there is. */
int64_t tally_sum(int64_t a, int64_t b);

#endif
