/*
 * Whom to answer.  Each field that names a sender has a weight, which depends on whether the envelope or
 * the author is meant; an address that looks hard to reach loses more than any two fields are apart.
 */
#include "formail/formail-private.h"

#include <string.h>

#include "message/address.h"
#include "message/from-line.h"

enum { WEIGHT_STEP = 12, WEIGHT_NOBODY = 12, UUCP_CHAIN = 2 };

/* Weights for the envelope sender and the From_ line; for the author (-t); for the author with
 * Resent- fields (-a Resent-). */
static const struct source {
    const char *name;
    int envelope, author, resent;
} sources[] = {
    {"Reply-To:", 0, 8, 7},    {"From:", 1, 7, 6},
    {"Sender:", 2, 6, 5},      {"Resent-Reply-To:", 3, 0, 10},
    {"Resent-From:", 4, 0, 9}, {"Resent-Sender:", 5, 0, 8},
    {"Path:", 6, 1, 0},        {"Return-Receipt-To:", 7, 2, 1},
    {"Errors-To:", 8, 3, 2},   {"Return-Path:", 9, 5, 4},
    {"From ", 10, 4, 3},
};

static const struct source *source_of(const struct field *field)
{
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (field_is(field, sources[i].name))
            return &sources[i];
    return NULL;
}

static int weight_of(const struct source *source, const struct formail *formail)
{
    if (!formail->reply || !formail->trust)
        return source->envelope;
    return formail->resent ? source->resent : source->author;
}

/* What an address loses by its looks. */
static int penalty(const char *address)
{
    if (!strpbrk(address, "@!/"))
        return 4 * WEIGHT_STEP;
    if (strstr(address, ".UUCP"))
        return 3 * WEIGHT_STEP;
    if (strchr(address, '@') && !strchr(address, '.'))
        return 2 * WEIGHT_STEP;
    return strchr(address, '!') ? WEIGHT_STEP : 0;
}

/* ---- the From_ line and the lines `>From address date remote from host` behind it */

static struct span upto_nul(struct span text)
{
    return span_make(text.p, strnlen(text.p, text.n));
}

/* Goes on behind the first `byte`; false, and nothing done, when there is none. */
static bool move_behind(struct span *text, char byte)
{
    const char *at = span_find_byte(*text, byte);

    if (at)
        *text = span_from(*text, (size_t)(at - text->p) + 1);
    return at != NULL;
}

/* Where a word comes next, at or behind `from`; searched for once, however often it is asked for. */
struct word {
    struct span text;
    const char *at; /* NULL: no more */
};

static void word_seek(struct word *word, struct span lines)
{
    if (word->at && word->at < lines.p)
        word->at = span_find(lines, word->text);
}

/* To the host behind the first of these words. */
static bool next_host(struct span *lines, struct word *a, struct word *b)
{
    const struct word *first;

    word_seek(a, *lines);
    word_seek(b, *lines);
    if (!a->at && !b->at)
        return false;
    first = a->at && (!b->at || a->at < b->at) ? a : b;
    *lines = span_from(*lines, (size_t)(first->at - lines->p) + first->text.n);
    return true;
}

/* The hosts on the way, each with a `!`. */
static void route_add(struct buf *to, struct span lines)
{
    struct word remote = {.text = span_of(" remote from ")}, forwarded = {.text = span_of(" forwarded by ")};

    remote.at = span_find(lines, remote.text);
    forwarded.at = span_find(lines, forwarded.text);
    while (next_host(&lines, &remote, &forwarded)) {
        struct span host = lines;
        bool more = move_behind(&lines, '\n');

        if (more)
            host.n -= lines.n + 1;
        buf_add_span(to, host);
        buf_add_byte(to, '!');
        if (!more)
            return;
    }
}

/* Puts what the lines say as `<address` into *to; the text itself where they say it in no known way. */
static void from_line_address(struct span lines, struct buf *to)
{
    struct span last, next;
    const char *blank;

    if (lines.n && *lines.p == '\n')
        move_behind(&lines, ' ');
    last = next = lines;
    while (move_behind(&next, '\n') && move_behind(&next, ' '))
        last = next;
    blank = span_find_byte(last, ' ');
    if (blank) {
        last.n = (size_t)(blank - last.p);
        buf_add_byte(to, '<');
        if (!span_find_byte(last, '@'))
            route_add(to, lines);
    }
    buf_add_span(to, last);
}

/* ---- */

static void take(struct sender *sender, const char *name, int weight)
{
    sender->found = true;
    sender->weight = weight;
    buf_cut(&sender->name, 0);
    buf_add_text(&sender->name, name);
}

static void consider(struct sender *sender, const struct field *field, int weight)
{
    struct span content = upto_nul(span_make(field->text + field->name, field->size - field->name - 1));
    struct buf text, address;

    buf_init(&text, BUF_UNLIMITED);
    buf_init(&address, BUF_UNLIMITED);
    if (from_line_is(field_span(field))) {
        if (span_find_byte(content, '\n'))
            weight -= UUCP_CHAIN;
        from_line_address(content, &text);
        content = buf_span(&text);
    }
    if (address_find(content, &address)) {
        weight -= penalty(address.p);
        if (address.n && (!sender->found || weight > sender->weight))
            take(sender, address.p, weight);
        else if (!address.n && field_is(field, "Return-Path:"))
            take(sender, "<>", WEIGHT_NOBODY);
    }
    buf_free(&text);
    buf_free(&address);
}

void sender_find(struct sender *sender, const struct header *header, const struct formail *formail)
{
    sender->found = false;
    for (size_t i = 0; i < header->fields.n; i++) {
        const struct field *field = &header->fields.fields[i];
        const struct source *source = source_of(field);

        if (source && (i == 0 || !from_line_is(field_span(field))))
            consider(sender, field, weight_of(source, formail));
    }
}
