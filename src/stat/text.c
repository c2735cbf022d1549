/* The report of mailstat(1). */
#include <inttypes.h>
#include <ctype.h>

#include "stat/report.h"

struct sums {
    int64_t count, bytes;
};

static int64_t average(int64_t bytes, int64_t count)
{
    return count ? bytes / count : 0;
}

static void print_name(struct span name, bool plain, FILE *to)
{
    for (size_t i = 0; i < name.n; i++)
        putc(plain && iscntrl((unsigned char)name.p[i]) ? '?' : name.p[i], to);
    putc('\n', to);
}

static void print_numbers(int64_t bytes, int64_t count, bool averages, FILE *to)
{
    fprintf(to, "%7" PRId64, bytes);
    if (averages)
        fprintf(to, " %7" PRId64, average(bytes, count));
    fprintf(to, " %7" PRId64, count);
}

static void print_head(bool averages, FILE *to)
{
    fputs(averages ? "\n  Total Average  Number Folder\n  ----- -------  ------ ------\n"
                   : "\n  Total  Number Folder\n  -----  ------ ------\n",
          to);
}

static void print_sums(const struct sums *sums, bool averages, FILE *to)
{
    fputs(averages ? "  ----- -------  ------\n" : "  -----  ------\n", to);
    print_numbers(sums->bytes, sums->count, averages, to);
    putc('\n', to);
}

void report_text(struct tally *tally, const struct report_options *options, FILE *to)
{
    size_t count;
    struct tally_row *const *rows = tally_rows(tally, &count);
    struct sums sums = {0, 0};

    if (!options->terse)
        print_head(options->averages, to);
    for (size_t i = 0; i < count; i++) {
        const struct tally_row *row = rows[i];

        sums.count = tally_sum(sums.count, row->count);
        sums.bytes = tally_sum(sums.bytes, row->bytes);
        if (!row->name.n) /* 3.22 counts a folder without a name, and does not show it */
            continue;
        print_numbers(row->bytes, row->count, options->averages, to);
        putc(' ', to);
        print_name(row->name, options->plain, to);
    }
    if (!options->terse)
        print_sums(&sums, options->averages, to);
}
