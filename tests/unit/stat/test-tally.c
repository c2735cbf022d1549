#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "stat/tally.h"

static void add(struct tally *tally, const char *name, int64_t size, int day)
{
    const struct stat_entry entry = {.name = span_of(name), .size = size, .day = day};

    tally_add(tally, &entry);
}

static void add_fault(struct tally *tally, const char *text)
{
    const struct stat_entry entry = {.name = span_of(text), .day = STAT_UNDATED, .fault = true, .bare = true};

    tally_add(tally, &entry);
}

static const struct tally_row *row_of(struct tally *tally, const char *name)
{
    size_t count;
    struct tally_row *const *rows = tally_rows(tally, &count);

    for (size_t i = 0; i < count; i++)
        if (span_eq_text(rows[i]->name, name))
            return rows[i];
    return NULL;
}

Test(tally, adds_up)
{
    struct tally *tally = tally_new();
    const struct tally_row *row;
    size_t count;

    add(tally, "b", 5, 10);
    add(tally, "a", 7, 10);
    add(tally, "b", 6, 12);
    add(tally, "b", 1, 10);
    add(tally, "b", 1, STAT_UNDATED);
    add(tally, "b", 1, 11);
    row = tally_rows(tally, &count)[1];
    cr_assert_eq(count, 2);
    cr_assert(span_eq_text(row->name, "b"));
    cr_assert_eq(row->count, 5);
    cr_assert_eq(row->bytes, 14);
    cr_assert_eq(row->cell_count, 3);
    cr_assert_eq(row->cells[0].day, 10);
    cr_assert_eq(row->cells[0].count, 2);
    cr_assert_eq(row->cells[0].bytes, 6);
    cr_assert_eq(row->cells[1].day, 11);
    cr_assert_eq(row->cells[2].day, 12);
    tally_free(tally);
}

Test(tally, sorts_as_with_the_tab_behind)
{
    static const char *const order[] = {"a", " ## f", "a\x01", "a b", "", "\x01"};
    static const char *const expected[] = {"\x01", "", " ## f", "a\x01", "a", "a b"};
    struct tally *tally = tally_new();
    struct tally_row *const *rows;
    size_t count;

    for (size_t i = 0; i < 6; i++)
        if (*order[i] == ' ')
            add_fault(tally, order[i]);
        else
            add(tally, order[i], 1, STAT_UNDATED);
    rows = tally_rows(tally, &count);
    cr_assert_eq(count, 6);
    for (size_t i = 0; i < count; i++)
        cr_assert(span_eq_text(rows[i]->name, expected[i]), "%zu: '%s'", i, rows[i]->key);
    tally_free(tally);
}

Test(tally, sums_stop_at_the_largest)
{
    struct tally *tally = tally_new();

    add(tally, "a", INT64_MAX, 1);
    add(tally, "a", INT64_MAX, 1);
    add(tally, "b", INT64_MIN, 1);
    add(tally, "b", INT64_MIN, 1);
    cr_assert_eq(row_of(tally, "a")->bytes, INT64_MAX);
    cr_assert_eq(row_of(tally, "a")->cells[0].bytes, INT64_MAX);
    cr_assert_eq(row_of(tally, "b")->bytes, INT64_MIN);
    tally_free(tally);
}

Test(tally, too_many_names_become_one)
{
    struct tally *tally = tally_new();
    const struct tally_row *rest;
    char name[20];
    size_t count;

    tally_limit(tally, 10000, 100);
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "folder %d", i);
        add(tally, name, 2, 1);
    }
    add(tally, "folder 0", 2, 1);
    rest = row_of(tally, " ## more names than can be told apart ##");
    cr_assert_not_null(rest);
    tally_rows(tally, &count);
    cr_assert_lt(count, 200);
    cr_assert_eq(rest->count, 5000 - (int64_t)(count - 1));
    cr_assert_eq(row_of(tally, "folder 0")->count, 2);
    tally_free(tally);
}

Test(tally, too_many_days_become_weeks_and_more)
{
    struct tally *tally = tally_new();
    int64_t count = 0, bytes = 0;
    const struct tally_row *row;

    tally_limit(tally, 1 << 20, 50);
    add(tally, "other", 3, 9);
    for (int day = 0; day < 10000; day++) { /* up and down, a stranger's dates */
        add(tally, "a", 2, day % 2 ? day : 10000 - day);
        cr_assert_leq(row_of(tally, "a")->cell_count, 50);
    }
    cr_assert_eq(tally_days(tally), 364);
    row = row_of(tally, "a");
    for (size_t i = 0; i < row->cell_count; i++) {
        cr_assert_eq(row->cells[i].day % 364, 0);
        cr_assert(!i || row->cells[i].day > row->cells[i - 1].day);
        count += row->cells[i].count;
        bytes += row->cells[i].bytes;
    }
    cr_assert_eq(count, 10000);
    cr_assert_eq(bytes, 20000);
    cr_assert_eq(row_of(tally, "other")->cells[0].day, 0);
    tally_free(tally);
}
