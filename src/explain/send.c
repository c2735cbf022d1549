/* Steps of a copy of the process, on their way to the one that explains. */
#include "explain/explain.h"

#include <string.h>

#include "base/buf.h"
#include "base/io.h"

static const size_t spans[] = {
    offsetof(struct explain_step, file),    offsetof(struct explain_step, text),
    offsetof(struct explain_step, raw),     offsetof(struct explain_step, more),
    offsetof(struct explain_step, subject), offsetof(struct explain_step, expression),
    offsetof(struct explain_step, before),  offsetof(struct explain_step, hit),
    offsetof(struct explain_step, after),   offsetof(struct explain_step, match),
    offsetof(struct explain_step, got),     offsetof(struct explain_step, instead),
    offsetof(struct explain_step, wanted),  offsetof(struct explain_step, miss),
    offsetof(struct explain_step, told),
};

enum { SPANS = sizeof spans / sizeof *spans };

static struct span *span_at(struct explain_step *step, size_t i)
{
    return (struct span *)((char *)step + spans[i]);
}

int explain_send(const struct explain_step *from, int fd)
{
    struct buf all;
    int failed;

    buf_init(&all, BUF_UNLIMITED);
    for (; from; from = from->next) {
        struct explain_step step = *from;

        buf_add(&all, &step, sizeof step);
        for (size_t i = 0; i < SPANS; i++)
            buf_add_span(&all, *span_at(&step, i));
    }
    failed = io_write(fd, all.p, all.n);
    buf_free(&all);
    return failed ? -1 : 0;
}

static bool read_whole(int fd, struct buf *all)
{
    enum { PIECE = 1 << 16 };
    ssize_t got;

    while ((got = io_read(fd, buf_reserve(all, PIECE), PIECE)) > 0)
        buf_commit(all, (size_t)got);
    return got == 0;
}

/* The first step in `*rest`, its texts copied; false: it is not whole. */
static bool take_step(struct explain *explain, struct span *rest)
{
    struct explain_step sent, *step;

    if (rest->n < sizeof sent)
        return false;
    memcpy(&sent, rest->p, sizeof sent);
    if ((unsigned)sent.kind >= EXPLAIN_KINDS)
        return false;
    *rest = span_from(*rest, sizeof sent);
    for (size_t i = 0; i < SPANS; i++) {
        struct span *s = span_at(&sent, i);
        struct span text = span_make(rest->p, s->n);

        if (s->n > rest->n)
            return false;
        *rest = span_from(*rest, s->n);
        *s = explain_keep(explain, text);
    }
    step = explain_add(explain, sent.kind, NULL);
    sent.next = NULL;
    *step = sent;
    return true;
}

int explain_receive(struct explain *explain, int fd)
{
    struct buf all;
    struct span rest;
    bool whole;

    buf_init(&all, BUF_UNLIMITED);
    whole = read_whole(fd, &all);
    rest = buf_span(&all);
    while (whole && rest.n)
        whole = take_step(explain, &rest);
    for (struct explain_step *step = explain->first; step; step = step->next) {
        if (step->copy > explain->copies)
            explain->copies = step->copy;
        if (step->way > explain->ways)
            explain->ways = step->way;
        explain->timed_out |= step->late;
    }
    buf_free(&all);
    return whole ? 0 : -1;
}
