/* The report for programs. */
#include <inttypes.h>

#include "base/escape.h"
#include "stat/report.h"
#include "stat/stat-private.h"

static void print_cells(const struct tally_row *row, FILE *to)
{
    struct date_text date;

    fputs(", \"days\": [", to);
    for (size_t i = 0; i < row->cell_count; i++)
        fprintf(to, "%s{\"date\": \"%s\", \"messages\": %" PRId64 ", \"bytes\": %" PRId64 "}", i ? ", " : "",
                date_text(row->cells[i].day, &date), row->cells[i].count, row->cells[i].bytes);
    fputs("]", to);
}

static void print_folder(const struct tally_row *row, FILE *to)
{
    fputs("{\"folder\": ", to);
    json_string(row->name, to);
    fprintf(to, ", \"messages\": %" PRId64 ", \"bytes\": %" PRId64, row->count, row->bytes);
    print_cells(row, to);
    putc('}', to);
}

static void print_fault(const struct tally_row *row, FILE *to)
{
    fputs("{\"text\": ", to);
    json_string(span_starts(row->name, " ## ") ? span_from(row->name, 4) : row->name, to);
    fprintf(to, ", \"lines\": %" PRId64 "}", row->count);
}

static void print_rows(struct tally *tally, bool faults, void (*print)(const struct tally_row *, FILE *),
                       FILE *to)
{
    size_t count;
    struct tally_row *const *rows = tally_rows(tally, &count);
    const char *before = "\n    ";

    for (size_t i = 0; i < count; i++) {
        if (rows[i]->fault != faults)
            continue;
        fputs(before, to);
        print(rows[i], to);
        before = ",\n    ";
    }
}

static void print_sums(struct tally *tally, FILE *to)
{
    size_t count;
    struct tally_row *const *rows = tally_rows(tally, &count);
    int64_t messages = 0, bytes = 0, lines = 0;

    for (size_t i = 0; i < count; i++) {
        int64_t *sum = rows[i]->fault ? &lines : &messages;

        *sum = tally_sum(*sum, rows[i]->count);
        bytes = tally_sum(bytes, rows[i]->bytes);
    }
    fprintf(to, "  \"messages\": %" PRId64 ",\n  \"bytes\": %" PRId64 ",\n  \"fault_lines\": %" PRId64 ",\n",
            messages, bytes, lines);
}

void report_json(struct tally *tally, const char *log, FILE *to)
{
    fputs("{\n  \"format\": 1,\n  \"log\": ", to);
    if (log)
        json_string(span_of(log), to);
    else
        fputs("null", to);
    fputs(",\n", to);
    print_sums(tally, to);
    fprintf(to, "  \"days_each\": %d,\n  \"folders\": [", tally_days(tally));
    print_rows(tally, false, print_folder, to);
    fputs("\n  ],\n  \"faults\": [", to);
    print_rows(tally, true, print_fault, to);
    fputs("\n  ]\n}\n", to);
}
