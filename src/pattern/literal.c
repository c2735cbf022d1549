#include "pattern/pattern-private.h"

#include <string.h>

enum {
    FAST_FROM = 64 * 1024, /* from this many bytes on machine code repays its making */
};

/* Of two bytes the one further behind is rarer in mail; what is not listed is rarest. */
static unsigned rareness(unsigned char c)
{
    static const char common[] = " etaonisrhldcmupfgywb\nvk.-:01,2345/6789=xjqz<>@_";
    const char *at = c ? memchr(common, c, sizeof common - 1) : NULL;

    return at ? (unsigned)(at - common) : (unsigned)sizeof common;
}

/* While the runs are collected. */
struct collector {
    struct literal *literal;
    uint32_t used;
    bool open;  /* the last run goes on */
    bool other; /* there was an item that is no byte */
    bool full;
};

static void add_byte(struct collector *c, unsigned char byte)
{
    struct literal *literal = c->literal;
    struct literal_run *run;

    if (c->used == LITERAL_BYTES || (!c->open && literal->count == LITERAL_RUNS))
        c->full = true;
    if (c->full)
        return;
    if (!c->open) {
        literal->leads |= literal->count == 0 && !c->other;
        literal->runs[literal->count++] = (struct literal_run){.at = (uint8_t)c->used};
        c->open = true;
    }
    run = &literal->runs[literal->count - 1];
    literal->bytes[c->used++] = byte;
    if (rareness(byte) > rareness(literal->bytes[run->at + run->rare]))
        run->rare = run->n;
    run->n++;
}

static void add_item(struct collector *c, const struct tree *tree, const struct node *node)
{
    switch (node->kind) {
    case NODE_EMPTY:
    case NODE_SPLIT:
        return;
    case NODE_BYTE:
        add_byte(c, node->byte);
        return;
    case NODE_PLUS:
        if (tree->nodes[node->first].kind == NODE_BYTE)
            add_byte(c, tree->nodes[node->first].byte);
        break;
    default:
        break;
    }
    c->open = false;
    c->other = true;
}

void literal_make(struct literal *literal, const struct tree *tree)
{
    const struct node *root = &tree->nodes[tree->root];
    struct collector c = {.literal = literal};

    *literal = (struct literal){.caseless = tree->caseless};
    if (root->kind != NODE_SEQUENCE)
        add_item(&c, tree, root);
    else
        for (uint32_t i = root->first; i != NONE && !c.full; i = tree->nodes[i].next)
            add_item(&c, tree, &tree->nodes[i]);
    literal->whole = literal->count == 1 && !c.other && !c.full;
}

void literal_free(struct literal *literal)
{
    for (unsigned i = 0; i < LITERAL_RUNS; i++)
        pcre_literal_free(literal->fast[i]);
}

static bool same(const unsigned char *p, const unsigned char *want, size_t n, bool caseless)
{
    if (!caseless)
        return memcmp(p, want, n) == 0;
    for (size_t i = 0; i < n; i++)
        if (byte_lower(p[i]) != want[i])
            return false;
    return true;
}

struct seeker {
    const unsigned char *bytes;
    struct literal_run run;
    bool caseless;
};

static const unsigned char *seek(const unsigned char *p, const unsigned char *end, unsigned char c)
{
    const unsigned char *at = p < end ? memchr(p, c, (size_t)(end - p)) : NULL;

    return at ? at : end;
}

/* The rarest byte of the run is looked for between p and end, in both cases at once. */
static const unsigned char *seek_block(const struct seeker *s, const unsigned char *p,
                                       const unsigned char *end)
{
    unsigned char rare = s->bytes[s->run.rare];
    unsigned char other = s->caseless ? byte_upper(rare) : rare;
    const unsigned char *a = seek(p, end, rare);
    const unsigned char *b = other != rare ? seek(p, end, other) : end;

    while (a < end || b < end) {
        const unsigned char *at = a < b ? a : b;

        if (same(at - s->run.rare, s->bytes, s->run.n, s->caseless))
            return at - s->run.rare;
        if (a < b)
            a = seek(a + 1, end, rare);
        else
            b = seek(b + 1, end, other);
    }
    return NULL;
}

static enum pcre_answer find_fast(struct literal *literal, unsigned number, struct span subject, size_t from,
                                  size_t *at)
{
    struct literal_run run = literal->runs[number];

    if (!literal->fast[number])
        literal->fast[number] =
            pcre_literal_new(span_make((const char *)literal->bytes + run.at, run.n), literal->caseless);
    return pcre_literal_find(literal->fast[number], subject, from, at);
}

/* By blocks, since a case that does not occur must not be looked for in all the rest each
 * time the other one is found. */
static size_t find_plainly(const struct literal *literal, struct literal_run run, struct span subject,
                           size_t from)
{
    enum { BLOCK = 4096 };
    struct seeker s = {literal->bytes + run.at, run, literal->caseless};
    const unsigned char *begin = (const unsigned char *)subject.p;
    const unsigned char *p = begin + from + run.rare;
    const unsigned char *end = begin + subject.n - run.n + run.rare + 1;

    while (p < end) {
        const unsigned char *block = end - p > BLOCK ? p + BLOCK : end;
        const unsigned char *found = seek_block(&s, p, block);

        if (found)
            return (size_t)(found - begin);
        p = block;
    }
    return SIZE_MAX;
}

static size_t find(struct literal *literal, unsigned number, struct span subject, size_t from)
{
    size_t at;

    if (subject.n - from >= FAST_FROM || literal->fast[number])
        switch (find_fast(literal, number, subject, from, &at)) {
        case PCRE_YES:
            return at;
        case PCRE_NO:
            return SIZE_MAX;
        case PCRE_UNKNOWN:
            break;
        }
    return find_plainly(literal, literal->runs[number], subject, from);
}

/* Piece by piece, each overlapping the next by what a run may begin with, and a rest after each. */
size_t literal_find(struct literal *literal, unsigned number, struct span subject, size_t from)
{
    struct literal_run run = literal->runs[number];

    while (subject.n >= run.n && from <= subject.n - run.n) {
        size_t n = subject.n - from < REST_AFTER ? subject.n - from : REST_AFTER;
        size_t at = find(literal, number, span_make(subject.p, from + n), from);

        rest_after(&literal->rest, at == SIZE_MAX ? n : at - from);
        if (at != SIZE_MAX)
            return at;
        from += n - run.n + 1;
    }
    return SIZE_MAX;
}

bool literal_all(struct literal *literal, struct span subject, size_t *from)
{
    size_t at = *from;

    for (unsigned i = 0; i < literal->count; i++) {
        at = literal_find(literal, i, subject, at);
        if (at == SIZE_MAX)
            return false;
        if (i == 0 && literal->leads)
            *from = at;
        at += literal->runs[i].n;
    }
    return true;
}
