/* Findings that come with edits, carried out; and the difference that makes. */
#include <stdlib.h>

#include "base/mem.h"
#include "check/check.h"

/* Each pass mends something, or is the last; one may do no more than bare the next of many layers.  The bytes
 * that are looked at in all bound their number, but for a few. */
enum { PASSES_LEAST = 50, BYTES_MOST = 1 << 25 };

struct taken {
    const struct check_edit **edits; /* sorted by offset, touching each other nowhere */
    size_t n, room;
};

/* Is there room between those that are taken?  Only the places near it can touch it. */
static bool touches(const struct taken *taken, const struct check_edit *edit)
{
    size_t low = 0, high = taken->n;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (taken->edits[middle]->offset < edit->offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < taken->n && taken->edits[low]->offset <= edit->offset + edit->removed + 1)
        return true;
    return low > 0 && taken->edits[low - 1]->offset + taken->edits[low - 1]->removed + 1 >= edit->offset;
}

static void take(struct taken *taken, const struct check_edit *edit)
{
    size_t at = taken->n;

    if (taken->n == taken->room) {
        taken->room = taken->room ? 2 * taken->room : 64;
        taken->edits = mem_realloc(taken->edits, taken->room * sizeof *taken->edits);
    }
    for (; at > 0 && taken->edits[at - 1]->offset > edit->offset; at--)
        taken->edits[at] = taken->edits[at - 1];
    taken->edits[at] = edit;
    taken->n++;
}

static bool take_all(struct taken *taken, const struct check_finding *finding)
{
    for (const struct check_edit *edit = finding->edits; edit; edit = edit->next)
        if (touches(taken, edit))
            return false;
    for (const struct check_edit *edit = finding->edits; edit; edit = edit->next)
        take(taken, edit);
    return finding->edits != NULL;
}

size_t check_mend(const struct check_result *result, struct buf *to)
{
    struct taken taken = {NULL, 0, 0};
    size_t mended = 0, at = 0;

    for (size_t i = 0; i < result->count; i++)
        mended += take_all(&taken, result->findings[i]);
    for (size_t i = 0; i < taken.n; i++) {
        buf_add(to, result->text.p + at, taken.edits[i]->offset - at);
        buf_add_text(to, taken.edits[i]->inserted);
        at = taken.edits[i]->offset + taken.edits[i]->removed;
    }
    buf_add_span(to, span_from(result->text, at));
    free(taken.edits);
    return mended;
}

size_t check_mend_all(const char *name, struct span text, const struct check_options *options, struct buf *to)
{
    size_t mended = 0, n = 1, looked_at = 0;

    buf_add_span(to, text);
    for (int pass = 0; n && (pass < PASSES_LEAST || looked_at < BYTES_MOST); pass++, looked_at += to->n) {
        struct check_result *result = check_run(name, buf_span(to), options);

        buf_cut(to, 0);
        n = check_mend(result, to);
        mended += n;
        check_free(result);
    }
    return mended;
}

/* ---- the difference */

static struct span take_line(struct span *rest)
{
    const char *newline = span_find_byte(*rest, '\n');
    struct span line = span_make(rest->p, newline ? (size_t)(newline - rest->p) + 1 : rest->n);

    *rest = span_from(*rest, line.n);
    return line;
}

static void print_line(char mark, struct span line, FILE *to)
{
    putc(mark, to);
    fwrite(line.p, 1, line.n, to);
    if (!line.n || line.p[line.n - 1] != '\n')
        fputs("\n\\ No newline at end of file\n", to);
}

static size_t count_lines(struct span text)
{
    size_t n = 0;

    while (text.n) {
        take_line(&text);
        n++;
    }
    return n;
}

/* How far both must be read on until they are alike again: edits are small, so it is near. */
static bool rejoin(struct span before, struct span after, size_t *removed, size_t *added)
{
    for (size_t sum = 1; sum < 64; sum++)
        for (size_t out = 0; out <= sum; out++) {
            struct span a = before, b = after;

            for (size_t i = 0; i < out; i++)
                take_line(&a);
            for (size_t i = 0; i < sum - out; i++)
                take_line(&b);
            if ((a.n && b.n && span_eq(take_line(&a), take_line(&b))) || (!a.n && !b.n)) {
                *removed = out;
                *added = sum - out;
                return true;
            }
        }
    return false;
}

void check_print_difference(const char *name, struct span before, struct span after, FILE *to)
{
    size_t line_before = 1, line_after = 1;

    fprintf(to, "--- %s\n+++ %s\n", name, name);
    while (before.n || after.n) {
        struct span a = before, b = after;
        size_t removed, added;

        if (a.n && b.n && span_eq(take_line(&a), take_line(&b))) {
            before = a;
            after = b;
            line_before++;
            line_after++;
            continue;
        }
        if (!rejoin(before, after, &removed, &added)) {
            removed = count_lines(before);
            added = count_lines(after);
        }
        fprintf(to, "@@ -%zu,%zu +%zu,%zu @@\n", line_before - !removed, removed, line_after - !added, added);
        line_before += removed;
        line_after += added;
        while (removed--)
            print_line('-', take_line(&before), to);
        while (added--)
            print_line('+', take_line(&after), to);
    }
}
