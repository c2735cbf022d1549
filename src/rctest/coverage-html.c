/* The coverage as one page: each rc with marks beside its lines. */
#include "base/escape.h"
#include "rctest/coverage.h"

static const char style[] =
    "<title>Coverage of recipes</title>\n"
    "<style>\n"
    ":root { --text: #222; --back: #fff; --line: #ddd; --dim: #666; --good: #e3f4e3; --half: #fdf1cf; --bad: "
    "#fbe0df; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  :root { --text: #ddd; --back: #1a1a1a; --line: #3a3a3a; --dim: #aaa; --good: #1d3a22; --half: "
    "#453a12; --bad: #4c2222; "
    "} }\n"
    "body { font: 15px/1.4 sans-serif; color: var(--text); background: var(--back); max-width: 70em;\n"
    "  margin: 1.5em auto; padding: 0 .8em; }\n"
    "h2 { font-size: 1.1em; overflow-wrap: anywhere; margin: 2em 0 .3em; }\n"
    "p { margin: .3em 0; color: var(--dim); }\n"
    "table { border-collapse: collapse; width: 100%; font: 13px/1.5 monospace; }\n"
    "td { padding: 0 .5em; vertical-align: top; border-bottom: 1px solid var(--line); }\n"
    "td:first-child, td:nth-child(2) { text-align: right; color: var(--dim); white-space: nowrap; width: 1%; "
    "}\n"
    "td:nth-child(2) { min-width: 3.5em; }\n"
    "td:last-child { white-space: pre-wrap; overflow-wrap: anywhere; }\n"
    ".good { background: var(--good); } .half { background: var(--half); } .bad { background: var(--bad); }\n"
    "p span { color: var(--text); padding: 0 .3em; }\n"
    ".bad td:nth-child(2) { color: var(--text); font-weight: bold; }\n"
    "</style>\n"
    "<h1>Coverage of recipes</h1>\n"
    "<p>Beside each recipe and condition: how often it was taken, or held, of how often it was reached.\n"
    "<p><span class=good>Taken</span>, <span class=half>held, but never failed</span>, "
    "<span class=bad>not taken</span>.\n";

static const struct coverage_point *point_at(const struct coverage_file *file, unsigned line)
{
    for (size_t i = 0; i < file->count; i++)
        if (file->points[i].line == line)
            return &file->points[i];
    return NULL;
}

static void print_count(const struct coverage_point *point, FILE *to)
{
    if (!point->reached)
        fputs("never", to);
    else
        fprintf(to, "%lu/%lu", point->taken, point->reached);
}

/* A condition that never failed was seen from one side only. */
static void print_line(const struct coverage_file *file, unsigned number, struct span text, FILE *to)
{
    const struct coverage_point *point = point_at(file, number);
    const char *missing = point ? coverage_missing(point) : NULL;

    if (point)
        fprintf(to, "<tr class=%s", !missing ? "good" : point->taken ? "half" : "bad");
    else
        fputs("<tr", to);
    if (missing)
        fprintf(to, " title=\"%s\"", missing);
    fprintf(to, "><td>%u<td>", coverage_line(file, number));
    if (point)
        print_count(point, to);
    fputs("<td>", to);
    html_text(text, to);
    fputs("</tr>\n", to);
}

static void print_file(const struct coverage_file *file, FILE *to)
{
    struct coverage_sum sum = coverage_sum(file);
    struct span rest = file->text, line;

    fputs("<h2><bdi>", to);
    html_text(span_of(file->file), to);
    fputs("</bdi>", to);
    if (file->first)
        fprintf(to, ", line %u", file->first);
    fprintf(to, "</h2>\n<p>%zu of %zu recipes taken, %zu of %zu conditions held: %u%%\n<table>\n",
            sum.recipes_taken, sum.recipes, sum.conditions_held, sum.conditions, sum.percent);
    for (unsigned number = 1; rctest_next_line(&rest, &line); number++)
        print_line(file, number, line, to);
    fputs("</table>\n", to);
}

void coverage_html(const struct coverage *coverage, FILE *to)
{
    fputs(html_head, to);
    fputs(style, to);
    for (const struct coverage_file *file = coverage->files; file; file = file->next)
        print_file(file, to);
    fputs("</html>\n", to);
}
