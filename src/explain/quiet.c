/* The outcome alone, a line each. */
#include "explain/explain.h"

static void put_place(const struct explain_step *step, FILE *to)
{
    putc('\t', to);
    if (!step->file.n) {
        fputs("no recipe", to);
        return;
    }
    explain_put(step->file, to);
    fprintf(to, ":%u", step->line);
}

static void print_delivery(const struct explain_step *step, FILE *to)
{
    if (!step->matched)
        return;
    explain_put(step->subject, to);
    putc('\t', to);
    explain_put(step->text, to);
    put_place(step, to);
    fputs(step->assumed ? "\ttaken to succeed\n" : "\n", to);
}

static void print_way(const struct explain_step *step, FILE *to)
{
    fputs(step->matched ? "if\t" : "if not\t", to);
    explain_put(step->text, to);
    put_place(step, to);
    putc('\n', to);
}

static void print_recipient(const struct explain_step *step, FILE *to)
{
    fputs("for\t", to);
    explain_put(step->text, to);
    putc('\n', to);
}

static void print_recipient_end(const struct explain_step *step, FILE *to)
{
    fprintf(to, "recipient-exit\t%ld\n", step->number);
}

/* Of interest only beside others. */
static void print_copy_end(const struct explain_step *step, FILE *to)
{
    if (step->way)
        fprintf(to, "copy-exit\t%ld\n", step->number);
}

static void print_way_end(const struct explain_step *step, FILE *to)
{
    fprintf(to, step->copy ? "copy-exit\t%ld\n" : "exit\t%ld\n", step->number);
}

static void (*const printers[EXPLAIN_KINDS])(const struct explain_step *, FILE *) = {
    [EXPLAIN_DELIVERY] = print_delivery,
    [EXPLAIN_COPY_END] = print_copy_end,
    [EXPLAIN_WAY] = print_way,
    [EXPLAIN_WAY_END] = print_way_end,
    [EXPLAIN_RECIPIENT] = print_recipient,
    [EXPLAIN_RECIPIENT_END] = print_recipient_end,
};

void explain_quiet(const struct explain *explain, FILE *to)
{
    for (const struct explain_step *step = explain->first; step; step = step->next)
        if (printers[step->kind])
            printers[step->kind](step, to);
    fprintf(to, "exit\t%d\n", explain->status);
}
