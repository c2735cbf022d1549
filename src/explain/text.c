/* The explanation for people at a terminal. */
#include "explain/explain.h"

#include <ctype.h>

#include "base/escape.h"

enum colour { PLAIN, GOOD, BAD, MARK, MISS, DIM, BOLD };

struct out {
    FILE *to;
    bool colour;
};

static void paint(const struct out *out, enum colour colour)
{
    static const char *const codes[] = {
        [PLAIN] = "0", [GOOD] = "32", [BAD] = "31", [MARK] = "1;30;43",
        [MISS] = "33", [DIM] = "2",   [BOLD] = "1",
    };

    if (out->colour)
        fprintf(out->to, "\033[%sm", codes[colour]);
}

void explain_put(struct span s, FILE *to)
{
    while (s.n) {
        size_t n = utf8_length(s);
        unsigned char c = (unsigned char)*s.p;

        if (c == '\n')
            fputs("\n        ", to);
        else if (!n || (c < 0x20 && c != '\t') || c == 0x7f ||
                 (n == 2 && c == 0xc2 && (unsigned char)s.p[1] < 0xa0))
            putc('?', to);
        else
            fwrite(s.p, 1, n, to);
        s = span_from(s, n ? n : 1);
    }
}

static void put(const struct out *out, struct span s)
{
    explain_put(s, out->to);
}

static void put_painted(const struct out *out, enum colour colour, struct span s)
{
    paint(out, colour);
    put(out, s);
    paint(out, PLAIN);
}

static void put_hit(const struct out *out, const struct explain_step *step)
{
    if (!step->hit.n)
        return;
    fputs("        ", out->to);
    put(out, step->before);
    if (!out->colour)
        fputs(">>", out->to);
    put_painted(out, MARK, step->hit);
    if (!out->colour)
        fputs("<<", out->to);
    put(out, step->after);
    putc('\n', out->to);
}

/* Why it does not hold; of no interest where it is not to match. */
static void put_miss(const struct out *out, const struct explain_step *step)
{
    if (!step->has_miss || step->matched)
        return;
    fputs("        ", out->to);
    put_painted(out, MISS, step->miss);
    putc('\n', out->to);
}

static void print_condition(const struct out *out, const struct explain_step *step)
{
    fprintf(out->to, "%5u * ", step->line);
    put(out, step->raw);
    putc('\n', out->to);
    if (step->more.n) {
        fputs("        expanded: ", out->to);
        put(out, step->more);
        putc('\n', out->to);
    }
    put_hit(out, step);
    put_miss(out, step);
    if (step->sized)
        fprintf(out->to, "        the size is %ld\n", step->total);
    if (step->match.n) {
        fputs("        MATCH=", out->to);
        put(out, step->match);
        putc('\n', out->to);
    }
    fputs("        ", out->to);
    if (step->both) {
        fputs("unknown: no command was run, so both ways follow\n", out->to);
        return;
    }
    if (step->settled) {
        fputs("not looked at: the score is as high as it can be\n", out->to);
        return;
    }
    paint(out, step->matched ? GOOD : BAD);
    if (step->weighted)
        fprintf(out->to, "score %+g, so far %g", step->added, step->score);
    else
        fputs(step->matched ? "holds" : "does not hold", out->to);
    paint(out, PLAIN);
    fputs(step->unknown && !(step->asked && step->way) ? " (unknown: no command was run)\n" : "\n", out->to);
}

static void print_place(const struct out *out, const struct explain_step *step)
{
    put(out, step->file);
    fprintf(out->to, ":%u: ", step->line);
}

static void print_rcfile(const struct out *out, const struct explain_step *step)
{
    put_painted(out, BOLD, step->text);
    putc('\n', out->to);
}

static void print_assign(const struct out *out, const struct explain_step *step)
{
    fprintf(out->to, step->line ? "%5u   " : "%8.0u", step->line);
    put(out, step->text);
    putc('\n', out->to);
}

static void print_recipe(const struct out *out, const struct explain_step *step)
{
    putc('\n', out->to);
    paint(out, BOLD);
    print_place(out, step);
    putc(':', out->to);
    put(out, step->text);
    paint(out, PLAIN);
    putc('\n', out->to);
}

static void print_passed(const struct out *out, const struct explain_step *step)
{
    put_painted(out, DIM, span_of("        passed: "));
    put_painted(out, DIM, span_of(explain_why_passed(step->text)));
    putc('\n', out->to);
}

static void print_action(const struct out *out, const struct explain_step *step)
{
    paint(out, GOOD);
    fputs("        carried out", out->to);
    paint(out, PLAIN);
    if (step->raw.n) {
        fputs(": ", out->to);
        put(out, step->raw);
    }
    if (step->text.n && !span_eq(step->text, step->raw)) {
        fputs("\n        expanded: ", out->to);
        put(out, step->text);
    }
    fputs(step->both ? "\n        whether it succeeds is unknown, so both ways follow\n" : "\n", out->to);
}

static const struct {
    const char *kind, *text;
} deliveries[] = {
    {"mbox", "would be added to the mbox"},
    {"maildir", "would go to the Maildir"},
    {"mh", "would go to the MH folder"},
    {"directory", "would go to the directory"},
    {"discard", "would be thrown away:"},
    {"stdout", "would go to standard output:"},
    {"program", "would be given to the program"},
    {"forward", "would be sent on by"},
    {"link", "would be linked to"},
};

/* Of a program that takes it. */
static void print_failure(const struct out *out, const struct explain_step *step)
{
    if (step->number)
        fprintf(out->to, "', which would end with %ld", step->number);
    else
        fputs(step->unread ? "', which would not read all" : "'", out->to);
    if (!step->matched)
        fputs(": that fails", out->to);
}

static bool is_program(const struct explain_step *step)
{
    return span_eq_text(step->subject, "program") || span_eq_text(step->subject, "forward");
}

static void print_delivery(const struct out *out, const struct explain_step *step)
{
    const char *text = "";

    for (size_t i = 0; i < sizeof deliveries / sizeof *deliveries; i++)
        if (span_eq_text(step->subject, deliveries[i].kind))
            text = deliveries[i].text;
    paint(out, step->matched ? GOOD : BAD);
    fprintf(out->to, "     => %s '", text);
    put(out, step->text);
    if (is_program(step))
        print_failure(out, step);
    else
        fputs(step->matched ? "'" : "', but that would fail", out->to);
    if (step->matched && !step->exists &&
        (span_eq_text(step->subject, "mbox") || span_eq_text(step->subject, "maildir")))
        fputs(", which would be made", out->to);
    paint(out, PLAIN);
    putc('\n', out->to);
}

static void print_command(const struct out *out, const struct explain_step *step)
{
    fputs("        ", out->to);
    put(out, step->subject);
    fputs(": '", out->to);
    put(out, step->text);
    if (step->unknown) {
        fputs(span_eq_text(step->subject, "condition") ? "' not run\n"
              : span_eq_text(step->subject, "filter")  ? "' not run: the message is taken as it was\n"
                                                       : "' not run: unknown, taken as empty\n",
              out->to);
        return;
    }
    fprintf(out->to, "' exit status %ld\n", step->number);
    if (step->more.n) {
        fputs("        ", out->to);
        put_painted(out, DIM, step->more);
        putc('\n', out->to);
    }
}

static void print_note(const struct out *out, const struct explain_step *step)
{
    fputs(step->logged ? "        would be logged: " : "        ", out->to);
    put_painted(out, DIM, step->text);
    putc('\n', out->to);
}

static void print_recipient(const struct out *out, const struct explain_step *step)
{
    fputs("\n==== for ", out->to);
    put(out, step->text);
    putc('\n', out->to);
}

static void print_recipient_end(const struct out *out, const struct explain_step *step)
{
    fprintf(out->to, "==== the exit status for this recipient: %ld\n", step->number);
}

static void print_copy(const struct out *out, const struct explain_step *step)
{
    fprintf(out->to, "\n---- a copy (%u) goes on here\n", step->copy);
}

static void print_copy_end(const struct out *out, const struct explain_step *step)
{
    fprintf(out->to, "---- the copy (%u) ends with exit status %ld\n", step->copy, step->number);
}

static void print_way(const struct out *out, const struct explain_step *step)
{
    fprintf(out->to, "\n==== way %u", step->way);
    if (step->total)
        fprintf(out->to, ", from way %ld on", step->total);
    fputs(": if '", out->to);
    put(out, step->text);
    fputs(step->matched ? "' succeeds\n" : "' fails\n", out->to);
}

static void print_way_end(const struct out *out, const struct explain_step *step)
{
    fprintf(out->to, "==== the way ends with exit status %ld\n", step->number);
}

static void print_end(const struct out *out, const struct explain_step *step)
{
    fprintf(out->to, "\nNo further recipe is looked at: %s\n", explain_why_ended(step->text));
}

static void (*const printers[EXPLAIN_KINDS])(const struct out *, const struct explain_step *) = {
    [EXPLAIN_RCFILE] = print_rcfile,
    [EXPLAIN_ASSIGN] = print_assign,
    [EXPLAIN_RECIPE] = print_recipe,
    [EXPLAIN_CONDITION] = print_condition,
    [EXPLAIN_PASSED] = print_passed,
    [EXPLAIN_ACTION] = print_action,
    [EXPLAIN_DELIVERY] = print_delivery,
    [EXPLAIN_COMMAND] = print_command,
    [EXPLAIN_NOTE] = print_note,
    [EXPLAIN_COPY] = print_copy,
    [EXPLAIN_COPY_END] = print_copy_end,
    [EXPLAIN_END] = print_end,
    [EXPLAIN_WAY] = print_way,
    [EXPLAIN_WAY_END] = print_way_end,
    [EXPLAIN_RECIPIENT] = print_recipient,
    [EXPLAIN_RECIPIENT_END] = print_recipient_end,
};

void explain_text(const struct explain *explain, const struct explain_page *page, FILE *to)
{
    struct out out = {to, page->colour};

    for (const struct explain_step *step = explain->first; step; step = step->next)
        printers[step->kind](&out, step);
    fprintf(to, "Exit status: %d\n", explain->status);
}
