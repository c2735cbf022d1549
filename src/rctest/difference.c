#include "rctest/difference.h"

#include <stdlib.h>

#include "base/mem.h"
#include "rctest/escape.h"
#include "rctest/rctest.h"

enum {
    CONTEXT = 2,
    LINES_MAX = 1500, /* per text, for the exact comparison: its cost is their product */
    SHOWN_MAX = 60,   /* lines of output */
    WIDTH_MAX = 200,
};

struct text {
    struct span *line;
    size_t count;
    bool open_end; /* no newline behind the last line */
};

static struct text text_split(struct span s)
{
    struct text text = {.open_end = s.n && s.p[s.n - 1] != '\n'};
    struct span rest = s, line;

    while (rctest_next_line(&rest, &line))
        text.count++;
    text.line = mem_alloc_array(text.count + 1, sizeof *text.line);
    for (size_t i = 0; rctest_next_line(&s, &line); i++)
        text.line[i] = line;
    return text;
}

static bool same_line(const struct text *a, size_t i, const struct text *b, size_t j)
{
    bool a_open = a->open_end && i + 1 == a->count, b_open = b->open_end && j + 1 == b->count;

    return a_open == b_open && span_eq(a->line[i], b->line[j]);
}

/* Common subsequence lengths of the tails: cell (i, j) is for a from i and b from j. */
static unsigned short *common_table(const struct text *a, const struct text *b)
{
    size_t width = b->count + 1;
    unsigned short *table = mem_alloc_array((a->count + 1) * width, sizeof *table);

    for (size_t i = a->count; i-- > 0;)
        for (size_t j = b->count; j-- > 0;) {
            unsigned short down = table[(i + 1) * width + j], right = table[i * width + j + 1];

            table[i * width + j] = same_line(a, i, b, j)
                                       ? (unsigned short)(table[(i + 1) * width + j + 1] + 1)
                                   : down > right ? down
                                                  : right;
        }
    return table;
}

struct printer {
    struct buf *to;
    size_t shown;
    struct span pending[CONTEXT]; /* context not yet shown */
    size_t pending_count, skipped;
    size_t after; /* context lines still to be shown behind a change */
};

static void print_line(struct printer *printer, char mark, struct span line, bool open)
{
    if (printer->shown++ >= SHOWN_MAX)
        return;
    buf_add_byte(printer->to, mark);
    escape_print(printer->to, span_make(line.p, line.n > WIDTH_MAX ? WIDTH_MAX : line.n));
    if (line.n > WIDTH_MAX)
        buf_printf(printer->to, "... (%zu more)", line.n - WIDTH_MAX);
    buf_add_text(printer->to, open ? "\\ (no newline)\n" : "\n");
}

static void print_same(struct printer *printer, struct span line)
{
    if (printer->after) {
        printer->after--;
        print_line(printer, ' ', line, false);
        return;
    }
    if (printer->pending_count == CONTEXT) {
        printer->skipped++;
        memmove(printer->pending, printer->pending + 1, (CONTEXT - 1) * sizeof *printer->pending);
        printer->pending_count--;
    }
    printer->pending[printer->pending_count++] = line;
}

static void print_change(struct printer *printer, char mark, const struct text *text, size_t i)
{
    if (printer->skipped && printer->shown < SHOWN_MAX)
        buf_printf(printer->to, "@@ line %zu @@\n",
                   i + 1 - (i < printer->pending_count ? i : printer->pending_count));
    printer->skipped = 0;
    for (size_t k = 0; k < printer->pending_count; k++)
        print_line(printer, ' ', printer->pending[k], false);
    printer->pending_count = 0;
    print_line(printer, mark, text->line[i], text->open_end && i + 1 == text->count);
    printer->after = CONTEXT;
}

static void print_exact(struct printer *printer, const struct text *a, const struct text *b)
{
    unsigned short *table = common_table(a, b);
    size_t width = b->count + 1, i = 0, j = 0;

    while (i < a->count || j < b->count) {
        if (i < a->count && j < b->count && same_line(a, i, b, j)) {
            print_same(printer, a->line[i]);
            i++, j++;
        } else if (j == b->count ||
                   (i < a->count && table[(i + 1) * width + j] >= table[i * width + j + 1])) {
            print_change(printer, '-', a, i++);
        } else {
            print_change(printer, '+', b, j++);
        }
    }
    free(table);
}

/* Texts too long for the table: line by line from the first difference. */
static void print_rough(struct printer *printer, const struct text *a, const struct text *b)
{
    size_t i = 0;

    while (i < a->count && i < b->count && same_line(a, i, b, i))
        print_same(printer, a->line[i++]);
    if (i < a->count)
        print_change(printer, '-', a, i);
    if (i < b->count)
        print_change(printer, '+', b, i);
    buf_printf(printer->to, "(%zu and %zu lines; nothing behind line %zu is compared)\n", a->count, b->count,
               i + 1);
}

void difference_print(struct buf *to, struct span a, struct span b)
{
    struct printer printer = {.to = to};
    struct text x, y;

    if (span_eq(a, b))
        return;
    x = text_split(a);
    y = text_split(b);
    if (x.count > LINES_MAX || y.count > LINES_MAX)
        print_rough(&printer, &x, &y);
    else
        print_exact(&printer, &x, &y);
    if (printer.shown > SHOWN_MAX)
        buf_printf(to, "(%zu more lines)\n", printer.shown - SHOWN_MAX);
    free(x.line);
    free(y.line);
}
