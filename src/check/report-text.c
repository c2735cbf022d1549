/* Findings for people: the place, the line, a mark under it, why, and what to do. */
#include "base/excerpt.h"
#include "check/check.h"

struct style {
    const char *bold, *severity[3], *faint, *end;
};

static const struct style plain = {"", {"", "", ""}, "", ""};
static const struct style coloured = {
    "\033[1m", {"\033[1;31m", "\033[1;35m", "\033[1;36m"}, "\033[2m", "\033[0m"};

static void print_source(const struct check_result *result, const struct check_finding *finding,
                         const struct style *style, struct buf *to)
{
    const struct excerpt_style excerpt = {style->faint, style->severity[finding->rule->severity], style->end};

    excerpt_print(to, result->text, finding->offset, finding->length, finding->line, &excerpt);
}

static void print_finding(const struct check_result *result, const struct check_finding *f,
                          const struct style *style, struct buf *to)
{
    buf_printf(to, "%s%s:%u:%u:%s %s%s:%s ", style->bold, result->name, f->line, f->column, style->end,
               style->severity[f->rule->severity], check_severity_name(f->rule->severity), style->end);
    excerpt_line(to, span_of(f->text));
    buf_printf(to, " %s[%s]%s\n", style->faint, f->rule->id, style->end);
    print_source(result, f, style, to);
    buf_printf(to, "       = why: %s\n       = mend: %s%s\n", f->rule->why, f->rule->remedy,
               f->edits ? " (--fix does)" : "");
}

void check_print_text(const struct check_result *result, bool colour, FILE *to)
{
    struct buf text;

    buf_init(&text, BUF_UNLIMITED);
    for (size_t i = 0; i < result->count; i++) {
        print_finding(result, result->findings[i], colour ? &coloured : &plain, &text);
        fwrite(text.p, 1, text.n, to);
        buf_cut(&text, 0);
    }
    buf_free(&text);
}
