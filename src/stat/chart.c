/* Bars over time, one part for each of the folders that have most; SVG within the page. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "stat/stat-private.h"

enum {
    SERIES = 8, /* folders with a colour of their own; one more for all others */
    COLUMNS = 60,
    WIDTH = 720,
    HEIGHT = 160,
    LEFT = 24,
    TOP = 30, /* room for a number of any length, above the axis */
    BOTTOM = 32,
};

struct chart {
    const struct tally_row *series[SERIES];
    size_t series_count;
    int first, days; /* of a column */
    size_t columns;
    int64_t count[SERIES + 1][COLUMNS], bytes[SERIES + 1][COLUMNS];
};

static bool is_dated(const struct tally_row *row)
{
    return row->cell_count > 0;
}

/* The rows with most messages, the first of them first. */
static void choose_series(struct chart *chart, struct tally_row *const *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = chart->series_count;

        if (!is_dated(rows[i]))
            continue;
        while (at && chart->series[at - 1]->count < rows[i]->count)
            at--;
        if (at == SERIES)
            continue;
        if (chart->series_count < SERIES)
            chart->series_count++;
        for (size_t k = chart->series_count - 1; k > at; k--)
            chart->series[k] = chart->series[k - 1];
        chart->series[at] = rows[i];
    }
}

static size_t series_of(const struct chart *chart, const struct tally_row *row)
{
    size_t i = 0;

    while (i < chart->series_count && chart->series[i] != row)
        i++;
    return i < chart->series_count ? i : SERIES;
}

static void choose_columns(struct chart *chart, const struct tally *tally, struct tally_row *const *rows,
                           size_t count)
{
    int first = INT_MAX, last = INT_MIN, each = tally_days(tally), columns;

    for (size_t i = 0; i < count; i++) {
        const struct tally_row *row = rows[i];

        if (!is_dated(row))
            continue;
        first = row->cells[0].day < first ? row->cells[0].day : first;
        last = row->cells[row->cell_count - 1].day > last ? row->cells[row->cell_count - 1].day : last;
    }
    if (first > last)
        return;
    columns = (last - first) / each + 1;
    chart->first = first;
    chart->days = each * ((columns + COLUMNS - 1) / COLUMNS);
    chart->columns = (size_t)((last - first) / chart->days + 1);
}

static void fill(struct chart *chart, const struct tally_row *row)
{
    size_t series = series_of(chart, row);

    for (size_t i = 0; i < row->cell_count; i++) {
        size_t column = (size_t)((row->cells[i].day - chart->first) / chart->days);
        int64_t bytes = row->cells[i].bytes < 0 ? 0 : row->cells[i].bytes;

        chart->count[series][column] = tally_sum(chart->count[series][column], row->cells[i].count);
        chart->bytes[series][column] = tally_sum(chart->bytes[series][column], bytes);
    }
}

static int64_t highest(const struct chart *chart, int64_t values[SERIES + 1][COLUMNS])
{
    int64_t most = 1;

    for (size_t column = 0; column < chart->columns; column++) {
        int64_t sum = 0;

        for (size_t i = 0; i <= SERIES; i++)
            sum = tally_sum(sum, values[i][column]);
        most = sum > most ? sum : most;
    }
    return most;
}

static void print_name(const struct chart *chart, size_t series, FILE *to)
{
    if (series < SERIES)
        html_text(chart->series[series]->name, to);
    else
        fputs("other folders", to);
}

static void print_column(const struct chart *chart, int64_t values[SERIES + 1][COLUMNS], size_t column,
                         double scale, FILE *to)
{
    double width = (double)WIDTH / (double)chart->columns, y = TOP + HEIGHT;
    struct date_text date;

    for (size_t i = 0; i <= SERIES; i++) {
        double height = (double)values[i][column] * scale;

        if (!values[i][column])
            continue;
        y -= height;
        fprintf(to, "<rect class=\"s%zu\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s ", i,
                LEFT + (double)column * width, y, width > 3 ? width - 1 : width, height,
                date_text(chart->first + (int)column * chart->days, &date));
        print_name(chart, i, to);
        fprintf(to, ": %" PRId64 "</title></rect>\n", values[i][column]);
    }
}

static void print_axes(const struct chart *chart, int64_t most, FILE *to)
{
    struct date_text first, last;

    fprintf(to, "<path class=\"axis\" d=\"M%d %dV%dH%d\"/>\n", LEFT, TOP, TOP + HEIGHT, LEFT + WIDTH);
    fprintf(to, "<text x=\"%d\" y=\"%d\">%" PRId64 "</text>\n", LEFT, TOP - 8, most);
    fprintf(to, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>\n", LEFT - 6, TOP + HEIGHT);
    fprintf(to, "<text x=\"%d\" y=\"%d\">%s</text>\n", LEFT, TOP + HEIGHT + 22,
            date_text(chart->first, &first));
    if (chart->columns > 1)
        fprintf(to, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", LEFT + WIDTH,
                TOP + HEIGHT + 22, date_text(chart->first + (int)(chart->columns - 1) * chart->days, &last));
}

static void print_bars(const struct chart *chart, const char *title, int64_t values[SERIES + 1][COLUMNS],
                       FILE *to)
{
    int64_t most = highest(chart, values);

    fprintf(to, "<h2>%s</h2>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s over time\">\n", title,
            LEFT + WIDTH + 10, TOP + HEIGHT + BOTTOM, title);
    for (size_t column = 0; column < chart->columns; column++)
        print_column(chart, values, column, HEIGHT / (double)most, to);
    print_axes(chart, most, to);
    fputs("</svg>\n", to);
}

static bool has_others(const struct chart *chart)
{
    for (size_t column = 0; column < chart->columns; column++)
        if (chart->count[SERIES][column])
            return true;
    return false;
}

static void print_legend(const struct chart *chart, FILE *to)
{
    fputs("<ul class=\"legend\">\n", to);
    for (size_t i = 0; i <= SERIES; i++) {
        if (i >= chart->series_count && (i < SERIES || !has_others(chart)))
            continue;
        fprintf(to, "<li><svg viewBox=\"0 0 1 1\"><rect class=\"s%zu\" width=\"1\" height=\"1\"/></svg><bdi>",
                i);
        print_name(chart, i, to);
        fputs("</bdi></li>\n", to);
    }
    fprintf(to, "</ul>\n<p>Each bar: %d day%s.</p>\n", chart->days, chart->days == 1 ? "" : "s");
}

void chart_print(struct tally *tally, FILE *to)
{
    struct chart *chart = mem_alloc(sizeof *chart);
    size_t count;
    struct tally_row *const *rows = tally_rows(tally, &count);

    choose_series(chart, rows, count);
    choose_columns(chart, tally, rows, count);
    if (chart->columns) {
        for (size_t i = 0; i < count; i++)
            fill(chart, rows[i]);
        print_legend(chart, to);
        print_bars(chart, "Messages", chart->count, to);
        print_bars(chart, "Bytes", chart->bytes, to);
    }
    free(chart);
}
