/* The explanation as a page: the message beside the recipes, what matched lit up, with links both ways. */
#include "explain/explain.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"

static const char style[] =
    "<style>\n"
    ":root{--ink:#1c2430;--paper:#fff;--side:#f4f6f8;--line:#c9d1d9;--good:#0a6b2d;--bad:#a3201a;--mark:#"
    "ffe27a}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#e4e8ee;--paper:#12161c;--side:#1b212a;--line:#3a4350;"
    "--good:#6fdc8c;--bad:#ff8a80;--mark:#6b5500}}\n"
    "body{margin:0;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}\n"
    "main{display:grid;grid-template-columns:1fr;gap:1rem;padding:1rem;max-width:100rem;margin:auto}\n"
    "@media (min-width:60rem){main{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}"
    "#message{position:sticky;top:1rem;max-height:calc(100vh - 2rem);overflow:auto}}\n"
    "h1{font-size:1.3rem;margin:0}h2{font-size:1rem;margin:0 0 .5rem}header,footer{padding:1rem 1rem 0}\n"
    "article:empty{display:none}"
    "section,article{background:var(--side);border:1px solid var(--line);border-radius:6px;padding:.75rem;"
    "min-width:0;margin-bottom:.75rem}\n"
    "pre,code,.c{font:13px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:0}\n"
    "mark{background:var(--mark);color:inherit}"
    "mark.n{background:none;border-bottom:2px dashed var(--bad)}mark:target{outline:2px solid var(--ink)}\n"
    ".c{border-left:3px solid var(--line);padding-left:.6rem;margin:.4rem 0}.g{color:var(--good)}"
    ".b{color:var(--bad)}a{color:inherit}\n"
    "</style>\n";

static const char *area_part(const struct explain_step *step)
{
    return span_eq_text(step->subject, "B") ? "body" : "head";
}

/* What matched, or came nearest to it where that is why the condition does not hold. */
static struct span lit_text(const struct explain_step *step)
{
    return step->has_miss && !step->matched ? step->got : step->hit;
}

static size_t lit_at(const struct explain_step *step)
{
    return step->has_miss ? step->got_at : step->hit_at;
}

/* Can the page show it in the message? */
static bool is_lit(const struct explain_step *step, const char *part, size_t n)
{
    return step->kind == EXPLAIN_CONDITION && lit_text(step).n &&
           (span_eq_text(step->subject, "H") || span_eq_text(step->subject, "B") ||
            span_eq_text(step->subject, "HB")) &&
           *area_part(step) == *part && lit_at(step) + lit_text(step).n <= n;
}

/* A text to be lit, of the step of that number. */
struct lit {
    const struct explain_step *step;
    unsigned number;
};

static int lit_compare(const void *a, const void *b)
{
    const struct lit *left = a, *right = b;
    size_t here = lit_at(left->step), there = lit_at(right->step);

    if (here != there)
        return here < there ? -1 : 1;
    return left->number < right->number ? -1 : 1;
}

/* All that are to be lit in a part of the message, in its order; their number in *count. */
static struct lit *lits_of(const struct explain *explain, const char *part, size_t n, size_t *count)
{
    unsigned number = 0;
    struct lit *lits;

    *count = 0;
    for (const struct explain_step *step = explain->first; step; step = step->next)
        *count += is_lit(step, part, n);
    lits = mem_alloc_array(*count + 1, sizeof *lits);
    *count = 0;
    for (const struct explain_step *step = explain->first; step; step = step->next, number++)
        if (is_lit(step, part, n))
            lits[(*count)++] = (struct lit){step, number};
    qsort(lits, *count, sizeof *lits, lit_compare);
    return lits;
}

/* html_text() with lines kept. */
static void print_lines(struct span text, FILE *to)
{
    const char *newline;

    while ((newline = span_find_byte(text, '\n'))) {
        size_t n = (size_t)(newline - text.p);

        html_text(span_make(text.p, n), to);
        putc('\n', to);
        text = span_from(text, n + 1);
    }
    html_text(text, to);
}

static void print_lit(const struct lit *lit, FILE *to)
{
    fprintf(to, "<a href=\"#s%u\"><mark%s id=\"m%u\">", lit->number,
            lit->step->has_miss ? " class=\"n\"" : "", lit->number);
    print_lines(lit_text(lit->step), to);
    fputs("</mark></a>", to);
}

/* Others that begin within what is lit already are not lit: their links lead there, too. */
static void print_part(const struct explain *explain, const char *part, struct span text, FILE *to)
{
    size_t count, at = 0;
    struct lit *lits = lits_of(explain, part, text.n, &count);

    fprintf(to, "<pre>");
    for (size_t i = 0, next; i < count; i = next) {
        size_t from = lit_at(lits[i].step), end = from + lit_text(lits[i].step).n;

        print_lines(span_make(text.p + at, from - at), to);
        for (next = i + 1; next < count && lit_at(lits[next].step) < end; next++)
            fprintf(to, "<span id=\"m%u\"></span>", lits[next].number);
        print_lit(&lits[i], to);
        at = end;
    }
    print_lines(span_from(text, at), to);
    fputs("</pre>\n", to);
    free(lits);
}

static void print_text(const char *before, struct span text, const char *after, FILE *to)
{
    fputs(before, to);
    print_lines(text, to);
    fputs(after, to);
}

static void print_verdict(const struct explain_step *step, FILE *to)
{
    if (step->both) {
        fputs("unknown: no command was run, so both ways follow</div>\n", to);
        return;
    }
    fprintf(to, "<span class=\"%s\">", step->matched ? "g" : "b");
    if (step->weighted)
        fprintf(to, "score %+g, so far %g", step->added, step->score);
    else
        fputs(step->settled ? "not looked at" : step->matched ? "holds" : "does not hold", to);
    fputs(step->unknown && !(step->asked && step->way) ? " (unknown: no command was run)</span></div>\n"
                                                       : "</span></div>\n",
          to);
}

/* Does the page show it in the message, so that a link leads there? */
static bool is_linked(const struct explain_step *step, const struct explain_page *page)
{
    const char *part = area_part(step);

    return is_lit(step, part, *part == 'b' ? page->body.n : page->head.n);
}

static void print_hit(const struct explain_step *step, unsigned n, const struct explain_page *page, FILE *to)
{
    bool linked = is_linked(step, page);

    print_text("<br>", step->before, "", to);
    if (linked)
        fprintf(to, "<a href=\"#m%u\">", n);
    print_text("<mark>", step->hit, linked ? "</mark></a>" : "</mark>", to);
    html_text(step->after, to);
}

static void print_miss(const struct explain_step *step, unsigned n, const struct explain_page *page, FILE *to)
{
    bool linked = is_linked(step, page);

    fputs("<br>", to);
    if (linked)
        fprintf(to, "<a href=\"#m%u\">", n);
    print_text("", step->miss, linked ? "</a>" : "", to);
}

static void print_condition(const struct explain_step *step, unsigned n, const struct explain_page *page,
                            FILE *to)
{
    fprintf(to, "<div class=\"c\" id=\"s%u\">%u * ", n, step->line);
    html_text(step->raw, to);
    if (step->more.n)
        print_text("<br>expanded: ", step->more, "", to);
    if (step->hit.n)
        print_hit(step, n, page, to);
    if (step->has_miss && !step->matched)
        print_miss(step, n, page, to);
    if (step->match.n)
        print_text("<br>MATCH=", step->match, "", to);
    fputs("<br>", to);
    print_verdict(step, to);
}

static void print_delivery(const struct explain_step *step, FILE *to)
{
    fprintf(to, "<p class=\"%s\">&#8658; ", step->matched ? "g" : "b");
    print_text("", step->subject, ": <code>", to);
    print_text("", step->text, step->matched ? "</code>" : "</code> would fail", to);
    if (step->number)
        fprintf(to, " with exit status %ld", step->number);
    fputs(step->unread ? ": not all was read</p>\n" : "</p>\n", to);
}

static void print_action(const struct explain_step *step, FILE *to)
{
    print_text("<div class=\"c g\">carried out: ", step->raw, "", to);
    if (step->text.n && !span_eq(step->text, step->raw))
        print_text("<br>expanded: ", step->text, "", to);
    fputs(step->both ? "<br>whether it succeeds is unknown, so both ways follow</div>\n" : "</div>\n", to);
}

static void print_command(const struct explain_step *step, FILE *to)
{
    print_text("<div class=\"c\">", step->subject, ": ", to);
    html_text(step->text, to);
    if (step->unknown)
        fputs("<br>not run", to);
    else
        fprintf(to, "<br>exit status %ld", step->number);
    if (step->more.n)
        print_text("<br>", step->more, "", to);
    fputs("</div>\n", to);
}

static void print_way(const struct explain_step *step, FILE *to)
{
    fprintf(to, "</article><article><h2>Way %u", step->way);
    if (step->total)
        fprintf(to, ", from way %ld on", step->total);
    print_text(": if <code>", step->text, step->matched ? "</code> succeeds</h2>\n" : "</code> fails</h2>\n",
               to);
}

static void print_step(const struct explain_step *step, unsigned n, const struct explain_page *page, FILE *to)
{
    switch (step->kind) {
    case EXPLAIN_RECIPE:
        print_text("</article><article><h2>", step->file, "", to);
        fprintf(to, ":%u ", step->line);
        print_text("<code>:", step->text, "</code></h2>\n", to);
        break;
    case EXPLAIN_CONDITION:
        print_condition(step, n, page, to);
        break;
    case EXPLAIN_DELIVERY:
        print_delivery(step, to);
        break;
    case EXPLAIN_ACTION:
        print_action(step, to);
        break;
    case EXPLAIN_COMMAND:
        print_command(step, to);
        break;
    case EXPLAIN_PASSED:
        print_text("<p>Passed: ", span_of(explain_why_passed(step->text)), "</p>\n", to);
        break;
    case EXPLAIN_END:
        print_text("</article><article><p>No further recipe is looked at: ",
                   span_of(explain_why_ended(step->text)), "</p>\n", to);
        break;
    case EXPLAIN_COPY:
        fprintf(to, "</article><article><p>A copy (%u) goes on here</p>\n", step->copy);
        break;
    case EXPLAIN_WAY:
        print_way(step, to);
        break;
    case EXPLAIN_WAY_END:
        fprintf(to, "<p>Way %u ends with exit status %ld</p></article><article>", step->way, step->number);
        break;
    case EXPLAIN_COPY_END:
        fprintf(to, "<p>The copy (%u) ends with exit status %ld</p></article><article>", step->copy,
                step->number);
        break;
    case EXPLAIN_RECIPIENT:
        print_text("</article><article><h2>For ", step->text, "</h2>\n", to);
        break;
    case EXPLAIN_RECIPIENT_END:
        fprintf(to, "<p>The exit status for this recipient: %ld</p></article><article>", step->number);
        break;
    default:
        print_text(step->logged ? "<div class=\"c\">would be logged: " : "<div class=\"c\">", step->text,
                   "</div>\n", to);
    }
}

void explain_html(const struct explain *explain, const struct explain_page *page, FILE *to)
{
    unsigned n = 0;

    fprintf(to, "%s<title>What becomes of a message</title>\n%s", html_head, style);
    fprintf(to,
            "<header><h1>What becomes of the message</h1><p>%zu bytes; exit status %d</p></header>\n<main>\n",
            page->size, explain->status);
    fputs("<section id=\"message\" aria-label=\"message\">\n", to);
    print_part(explain, "head", page->head, to);
    print_part(explain, "body", page->body, to);
    fputs("</section>\n<div id=\"recipes\"><article>", to);
    for (const struct explain_step *step = explain->first; step; step = step->next)
        print_step(step, n++, page, to);
    fputs("</article></div>\n</main>\n</html>\n", to);
}
