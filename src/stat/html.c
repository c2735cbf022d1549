/* The report as a page: nothing is loaded, nothing is run. */
#include <inttypes.h>

#include "base/escape.h"
#include "stat/report.h"
#include "stat/stat-private.h"

static const char style[] =
    "<style>\n"
    ":root { --s0: #2166ac; --s1: #b2182b; --s2: #1b7837; --s3: #e08214; --s4: #762a83; --s5: #01929b;\n"
    "  --s6: #8c510a; --s7: #c51b7d; --s8: #777; --text: #222; --back: #fff; --line: #bbb; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  :root { --s0: #6baed6; --s1: #f4796b; --s2: #74c476; --s3: #fdae6b; --s4: #bc8bd0; --s5: #5fd3d8;\n"
    "    --s6: #c9a26a; --s7: #f28ec0; --s8: #aaa; --text: #ddd; --back: #1a1a1a; --line: #555; } }\n"
    "body { font: 15px/1.4 sans-serif; color: var(--text); background: var(--back); max-width: 60em;\n"
    "  margin: 2em auto; padding: 0 1em; }\n"
    "svg { width: 100%; } text { font-size: 11px; fill: var(--text); }\n"
    ".axis { stroke: var(--line); fill: none; }\n"
    ".legend { list-style: none; padding: 0; } .legend li { display: inline-block; margin-right: 1.2em; }\n"
    ".legend svg { width: .8em; height: .8em; margin-right: .4em; }\n"
    "table { border-collapse: collapse; } th, td { text-align: right; padding: .2em .8em;\n"
    "  border-bottom: 1px solid var(--line); white-space: nowrap; }\n"
    "th:last-child, td:last-child { text-align: left; white-space: pre-wrap; overflow-wrap: anywhere; }\n"
    "h1 { overflow-wrap: anywhere; }\n"
    ".s0 { fill: var(--s0); } .s1 { fill: var(--s1); } .s2 { fill: var(--s2); } .s3 { fill: var(--s3); }\n"
    ".s4 { fill: var(--s4); } .s5 { fill: var(--s5); } .s6 { fill: var(--s6); } .s7 { fill: var(--s7); }\n"
    ".s8 { fill: var(--s8); }\n"
    "@media (max-width: 600px) { text { font-size: 22px; } table { width: 100%; }\n"
    "  tr { display: grid; grid-template-columns: 1fr 1.5fr 1.5fr; border-bottom: 1px solid var(--line); }\n"
    "  th, td { border: 0; padding: .1em 0; } th:last-child, td:last-child { grid-area: 1 / 1 / 2 / 4; } }\n"
    "</style>\n";

static void print_title(const char *log, FILE *to)
{
    fputs("<title>Mail", to);
    if (log) {
        fputs(" in ", to);
        html_text(span_of(log), to);
    }
    fputs("</title>\n", to);
    fputs(style, to);
    fputs("<h1>Mail by folder", to);
    if (log) {
        fputs(", from <bdi>", to);
        html_text(span_of(log), to);
        fputs("</bdi>", to);
    }
    fputs("</h1>\n", to);
}

static void print_row(const struct tally_row *row, FILE *to)
{
    fprintf(to, "<tr><td>%" PRId64 "<td>%" PRId64 "<td>%" PRId64 "<td><bdi>", row->count, row->bytes,
            row->count ? row->bytes / row->count : 0);
    html_text(row->name, to);
    fputs("</bdi></tr>\n", to);
}

static void print_fault(const struct tally_row *row, FILE *to)
{
    fprintf(to, "<tr><td>%" PRId64 "<td><bdi>", row->count);
    html_text(span_starts(row->name, " ## ") ? span_from(row->name, 4) : row->name, to);
    fputs("</bdi></tr>\n", to);
}

static void print_table(struct tally *tally, bool faults, const char *head,
                        void (*print)(const struct tally_row *, FILE *), FILE *to)
{
    size_t count, printed = 0;
    struct tally_row *const *rows = tally_rows(tally, &count);

    for (size_t i = 0; i < count; i++) {
        if (rows[i]->fault != faults)
            continue;
        if (!printed++)
            fprintf(to, "<table>\n<tr>%s</tr>\n", head);
        print(rows[i], to);
    }
    if (printed)
        fputs("</table>\n", to);
    else if (!faults)
        fputs("<p>No mail.</p>\n", to);
}

void report_html(struct tally *tally, const char *log, FILE *to)
{
    fputs(html_head, to);
    print_title(log, to);
    print_table(tally, false, "<th>Messages<th>Bytes<th>Average<th>Folder", print_row, to);
    chart_print(tally, to);
    print_table(tally, true, "<th>Lines<th>Diagnostic messages", print_fault, to);
    fputs("</html>\n", to);
}
