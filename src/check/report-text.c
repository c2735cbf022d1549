/* Findings for people: the place, the line, a mark under it, why, and what to do. */
#include "check/check.h"

enum { SHOWN = 120 }; /* columns of a line that are shown */

struct style {
    const char *bold, *severity[3], *faint, *end;
};

static const struct style plain = {"", {"", "", ""}, "", ""};
static const struct style coloured = {
    "\033[1m", {"\033[1;31m", "\033[1;35m", "\033[1;36m"}, "\033[2m", "\033[0m"};

/* What would move the cursor is shown as a question mark. */
static void print_line(struct span line, FILE *to)
{
    for (size_t i = 0; i < line.n; i++)
        putc((unsigned char)line.p[i] < 0x20 && line.p[i] != '\t' ? '?'
             : line.p[i] == 0x7f                                  ? '?'
                                                                  : line.p[i],
             to);
}

static struct span line_of(const struct check_result *result, size_t offset, size_t *column)
{
    const char *p = result->text.p, *end = p + result->text.n, *begin = p + offset, *stop;

    while (begin > p && begin[-1] != '\n')
        begin--;
    stop = memchr(begin, '\n', (size_t)(end - begin));
    *column = offset - (size_t)(begin - p);
    return span_make(begin, (size_t)((stop ? stop : end) - begin));
}

/* Tabs stay tabs, so that the mark is where it should be; a byte that continues a character has no width. */
static void print_mark(struct span line, size_t column, size_t length, FILE *to)
{
    for (size_t i = 0; i < column && i < line.n; i++)
        if (line.p[i] == '\t')
            putc('\t', to);
        else if (((unsigned char)line.p[i] & 0xc0) != 0x80)
            putc(' ', to);
    putc('^', to);
    for (size_t i = 1; i < length && column + i < line.n; i++)
        if (((unsigned char)line.p[column + i] & 0xc0) != 0x80)
            putc('~', to);
    putc('\n', to);
}

static void print_source(const struct check_result *result, const struct check_finding *finding,
                         const struct style *style, FILE *to)
{
    size_t column, from, length = finding->length;
    struct span line = line_of(result, finding->offset, &column);

    from = column > SHOWN / 2 && line.n > SHOWN ? column - SHOWN / 2 : 0;
    line = span_from(line, from);
    if (line.n > SHOWN)
        line.n = SHOWN;
    fprintf(to, "%s%6u |%s ", style->faint, finding->line, style->end);
    print_line(line, to);
    fprintf(to, "\n%s       |%s ", style->faint, style->end);
    fputs(style->severity[finding->rule->severity], to);
    print_mark(line, column - from, length, to);
    fputs(style->end, to);
}

void check_print_text(const struct check_result *result, bool colour, FILE *to)
{
    const struct style *style = colour ? &coloured : &plain;

    for (size_t i = 0; i < result->count; i++) {
        const struct check_finding *f = result->findings[i];

        fprintf(to, "%s%s:%u:%u:%s %s%s:%s ", style->bold, result->name, f->line, f->column, style->end,
                style->severity[f->rule->severity], check_severity_name(f->rule->severity), style->end);
        print_line(span_of(f->text), to);
        fprintf(to, " %s[%s]%s\n", style->faint, f->rule->id, style->end);
        print_source(result, f, style, to);
        fprintf(to, "       = why: %s\n       = mend: %s%s\n", f->rule->why, f->rule->remedy,
                f->edits ? " (--fix does)" : "");
    }
}
