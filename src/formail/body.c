/*
 * The body of a message, and where it ends.  What cannot be the beginning of the next message is passed on
 * as it comes; what can be is read as the header that it would be.
 */
#include "formail/formail-private.h"

#include <stdio.h>
#include <string.h>

#include "message/from-line.h"

enum { MIN_FIELDS = 2, NAME_AHEAD = 64, BABYL_END = '\037' };

struct body {
    struct run *run;
    bool behind_empty; /* the line before was empty: here a message may begin */
    bool babyl_ended;  /* in a BABYL file: so it did, by its separator */
};

static const char newline[] = "\n";

static bool escapes_all(const struct formail *formail)
{
    return formail->reply && !formail->no_escape;
}

static void put(struct body *body, struct span text)
{
    output_text(&body->run->out, text);
}

static void put_prefix(struct body *body)
{
    put(body, span_of(body->run->formail->prefix));
}

/* ---- bytes that Content-Length vouches for */

static void say_too_long(struct run *run, long missing)
{
    char text[128];

    snprintf(text, sizeof text, "Content-Length: field exceeds actual length by %ld bytes", missing);
    if (run->formail->loud && missing > 0)
        run_say(run, text);
}

static void put_vouched(struct body *body, long vouched)
{
    struct formail_source *source = body->run->source;
    struct buf *line = &body->run->line;
    char last = '\n';
    struct span piece;

    if (line->n) {
        put(body, buf_span(line));
        vouched -= (long)line->n;
        buf_cut(line, 0);
        body->behind_empty = false;
    }
    while (vouched > 0 && (piece = source_ahead(source, 1)).n) {
        if (piece.n > (size_t)vouched)
            piece.n = (size_t)vouched;
        put(body, piece);
        if (piece.n > 1)
            last = piece.p[piece.n - 2];
        body->behind_empty = last == '\n' && piece.p[piece.n - 1] == '\n';
        last = piece.p[piece.n - 1];
        vouched -= (long)piece.n;
        source_skip(source, piece.n);
    }
    if (source_peek(source) == '\n' && last != '\n') {
        put(body, span_of(newline));
        source_skip(source, 1);
    }
    say_too_long(body->run, vouched - 1);
}

/* ---- text */

/* One line of any length. */
static void put_line(struct body *body)
{
    struct formail_source *source = body->run->source;
    struct span piece = source_ahead(source, 1);

    body->behind_empty = *piece.p == '\n';
    for (; piece.n; piece = source_ahead(source, 1)) {
        const char *end = span_find_byte(piece, '\n');

        if (end)
            piece.n = (size_t)(end - piece.p) + 1;
        put(body, piece);
        source_skip(source, piece.n);
        if (end)
            return;
    }
    put(body, span_of(newline));
}

/* Whole lines, up to a From_ line behind the first of them. */
static void put_lines(struct body *body)
{
    struct span lines = source_ahead(body->run->source, 1);
    const char *from = span_find(lines, span_of("\nFrom "));
    const char *end = from ? from : memrchr(lines.p, '\n', lines.n);

    if (!end) {
        put_line(body);
        return;
    }
    lines.n = (size_t)(end - lines.p) + 1;
    put(body, lines);
    body->behind_empty = *end == '\n' && (lines.n == 1 || end[-1] == '\n');
    source_skip(body->run->source, lines.n);
}

static void put_text(struct body *body)
{
    const struct formail *formail = body->run->formail;
    struct span ahead = source_ahead(body->run->source, NAME_AHEAD);

    if (from_line_is(ahead) && !formail->no_escape)
        put_prefix(body);
    if (escapes_all(formail) && *ahead.p != '\n')
        put_prefix(body);
    if (escapes_all(formail) || formail->digest)
        put_line(body);
    else
        put_lines(body);
}

/* What was read as a field and is none of a new message. */
static void put_fields(struct body *body)
{
    struct header *header = &body->run->header;

    for (size_t i = 0; i < header->fields.n; i++) {
        struct span rest = field_span(&header->fields.fields[i]);

        while (escapes_all(body->run->formail) && rest.n) {
            const char *end = span_find_byte(rest, '\n');
            size_t n = end ? (size_t)(end - rest.p) + 1 : rest.n;

            put_prefix(body);
            put(body, span_make(rest.p, n));
            rest = span_from(rest, n);
        }
        put(body, rest);
    }
    header_clear(header);
}

static void put_read_line(struct body *body)
{
    struct buf *line = &body->run->line;

    if (escapes_all(body->run->formail) && line->n > 1)
        put_prefix(body);
    put(body, buf_span(line));
    buf_cut(line, 0);
}

/* ---- does a message begin here? */

static bool may_split(const struct body *body)
{
    const struct formail *formail = body->run->formail;

    return formail->split && (body->behind_empty || formail->every);
}

/* Worth reading the line as a field?  In a BABYL file every line is. */
static bool may_begin(const struct body *body)
{
    const struct formail *formail = body->run->formail;
    struct span ahead;

    if (formail->babyl)
        return true;
    if (!may_split(body))
        return false;
    ahead = source_ahead(body->run->source, NAME_AHEAD);
    return formail->digest ? header_may_be_known(ahead) : from_line_is(ahead);
}

/* `From sender date`: there must be something behind the sender. */
static bool is_postmark(const struct field *field)
{
    struct span rest = span_skip_blanks(span_from(field_span(field), strlen("From ")));
    size_t n = 0;

    while (n < rest.n && rest.p[n] && !strchr(" \t\n", rest.p[n]))
        n++;
    rest = span_skip_blanks(span_from(rest, n));
    return n && (!rest.n || *rest.p != '\n');
}

/* Reads on: are there as many fields as a header has? */
static bool has_enough_fields(struct run *run)
{
    long missing = run->formail->min_fields ? run->formail->min_fields : MIN_FIELDS;

    while (--missing && header_read(&run->header, run->source, &run->line) &&
           header_looks_known(&run->header))
        ;
    return missing == 0;
}

/* With a field in the header, or a line. */
static bool begins(struct body *body)
{
    struct run *run = body->run;
    struct field_list *fields = &run->header.fields;

    if (run->formail->babyl && !body->babyl_ended)
        return false;
    if (!fields->n && from_line_is(buf_span(&run->line)))
        header_add_from_line(&run->header, run->source, &run->line);
    if (header_starts_with_from(&run->header)) {
        if (may_split(body) && is_postmark(&fields->fields[0]))
            return has_enough_fields(run);
        if (!run->formail->no_escape)
            put_prefix(body);
        return false;
    }
    if (!may_split(body) || !run->formail->digest)
        return false;
    if (fields->n)
        return header_looks_known(&run->header) && has_enough_fields(run);
    if (!header_add_article(&run->header, buf_span(&run->line)))
        return false;
    buf_cut(&run->line, 0);
    return has_enough_fields(run);
}

/* ---- BABYL */

/* Behind the header there is a second one, for the reader of the file. */
static void skip_babyl_header(struct run *run)
{
    int c, last = 0;

    while ((c = source_peek(run->source)) >= 0 && (c != '\n' || last != '\n')) {
        last = c;
        source_skip(run->source, 1);
    }
}

/* 0, or -1 when the message that ends here could not be written. */
static int look_for_babyl_end(struct body *body)
{
    struct run *run = body->run;

    if (!run->formail->babyl || !run->line.n || *run->line.p != BABYL_END)
        return 0;
    body->babyl_ended = true;
    return run_close(run);
}

/* ---- all of it */

enum body_end body_run(struct run *run, long vouched)
{
    struct body body = {.run = run, .behind_empty = true};
    struct buf *line = &run->line;

    header_clear(&run->header);
    if (line->n == 1)
        buf_cut(line, 0); /* the empty line behind the header, which was written already */
    if (run->formail->babyl)
        skip_babyl_header(run);
    if (vouched > 0)
        put_vouched(&body, vouched);
    while (line->n || !body.behind_empty || source_peek(run->source) >= 0) {
        if (!line->n) {
            if (source_peek(run->source) < 0)
                break;
            if (!may_begin(&body)) {
                put_text(&body);
                continue;
            }
            header_read(&run->header, run->source, line);
        }
        if (begins(&body)) {
            if (!body.behind_empty)
                put(&body, span_of(newline));
            return BODY_NEXT;
        }
        body.behind_empty = line->n == 1;
        if (look_for_babyl_end(&body))
            return BODY_FATAL;
        if (run->header.fields.n)
            put_fields(&body);
        else
            put_read_line(&body);
    }
    if (!body.behind_empty)
        put(&body, span_of(newline));
    return BODY_LAST;
}
