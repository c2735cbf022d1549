/*
 * The head of a message: read, changed, looked up and written.
 */
#include "formail/formail-private.h"

#include <stdlib.h>
#include <string.h>

#include "message/from-line.h"

enum {
    STATUS_NEW = 1, /* -D: not a duplicate */
    SUBJECT_MAX = 78,
    SIZE_COLUMN = 72,
    TAB = 8,
};

/* ---- reading */

static bool extracts(const struct formail *formail)
{
    return formail->lists[FORMAIL_CONTENT].n || formail->lists[FORMAIL_WHOLE].n;
}

static bool wants_body(const struct formail *formail)
{
    return formail->keep_body || (!formail->reply && !extracts(formail));
}

/* The last of each name counts. */
static void save(struct run *run)
{
    const struct {
        const char *name;
        struct span *content;
    } wanted[] = {
        {"Subject:", &run->saved.subject},
        {"References:", &run->saved.references},
        {"Message-ID:", &run->saved.message_id},
        {"Date:", &run->saved.date},
    };

    memset(&run->saved, 0, sizeof run->saved);
    for (size_t i = 0; i < run->header.fields.n; i++)
        for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
            const struct field *field = &run->header.fields.fields[i];

            if (field_is(field, wanted[w].name) && field_is_filled(field))
                *wanted[w].content = field_content(field);
        }
}

/* `Article ` becomes a field, and in a BABYL file `Mail-from: From ` a From_ line. */
static void mend_first_field(struct run *run)
{
    static const char article[] = "Article ", mail_from[] = "Mail-from:";
    struct field *field = run->header.fields.fields;
    struct span line;

    if (!run->header.fields.n)
        return;
    line = field_span(field);
    if (span_starts(line, article)) {
        field->text[strlen(article) - 1] = ':';
        return;
    }
    if (!run->formail->babyl || run->formail->force || !span_starts(line, mail_from))
        return;
    line = span_skip_blanks(span_from(line, strlen(mail_from)));
    if (!from_line_is(line))
        return;
    field->text += field->size - line.n;
    field->size = line.n;
    field->name = strlen("From ");
}

/* The first fields of it may be there already. */
static void read_header(struct run *run)
{
    struct header *header = &run->header;

    if (header->fields.n || header_read(header, run->source, &run->line) ||
        (run->formail->digest && header_add_article(header, buf_span(&run->line))))
        while (header_read(header, run->source, &run->line))
            ;
    for (size_t i = 0; i < header->fields.n; i++)
        field_tidy(&header->fields.fields[i]);
    mend_first_field(run);
}

/* How much of the body Content-Length vouches for. */
static long vouched_for(const struct run *run)
{
    const struct formail *formail = run->formail;
    const struct field_list *whole = &formail->lists[FORMAIL_WHOLE];
    const struct span name = span_of("Content-Length:");
    const struct field *field;

    if (formail->digest || formail->berkeley)
        return 0;
    if (formail->keep_body && (formail->reply || (whole->n && !field_list_find(whole, name))))
        return 0;
    field = field_list_find(&run->header.fields, name);
    return field && field->name == name.n ? strtol(field->text + name.n, NULL, 10) : 0;
}

/* ---- -D */

/* What is looked up: the message-id, or with -r the sender. */
static struct span key_of(const struct run *run)
{
    struct span key = run->saved.message_id;

    if (run->formail->reply)
        key = run->sender.found ? buf_span(&run->sender.name) : SPAN_NULL;
    else if (key.n)
        key.n = strnlen(key.p, key.n - 1);
    while (key.n && *key.p == ' ')
        key = span_from(key, 1);
    return key;
}

static bool is_duplicate(struct run *run)
{
    struct span key = key_of(run);
    bool seen = false;

    if (!key.p)
        return false;
    if (seen_before(run->cache, run->formail->cache_size, key, &seen))
        run_say_about(run, "Couldn't use \"", span_of(run->formail->cache),
                      "\": what it keeps may be incomplete");
    if (seen && run->formail->loud)
        run_say_about(run, "Duplicate key found:", key, "");
    return seen;
}

/* ---- output */

static void put_field(struct run *run, const struct field *field)
{
    const struct field_list *lists = run->formail->lists;
    struct span name = field_name_span(field), content = field_content(field);

    if (extracts(run->formail) && field_list_find(&lists[FORMAIL_CONTENT], name)) {
        content.n--;
        if (run->formail->zap)
            content = span_trim_end(span_skip_blanks(content));
        output_raw(&run->out, content);
        output_raw(&run->out, span_of("\n"));
    } else if (!extracts(run->formail) || field_list_find(&lists[FORMAIL_WHOLE], name)) {
        output_text(&run->out, field_span(field));
    }
}

static void put_list(struct run *run, const struct field_list *list, bool filled_only)
{
    for (size_t i = 0; i < list->n; i++)
        if (!filled_only || field_is_filled(&list->fields[i]))
            put_field(run, &list->fields[i]);
}

static void put_header(struct run *run, const struct field_list *added)
{
    const struct field_list *lists = run->formail->lists;

    put_list(run, &run->header.fields, false);
    put_list(run, added, false);
    put_list(run, &lists[FORMAIL_ADD], true);
    put_list(run, &lists[FORMAIL_RENAME_INSERT], true);
    put_list(run, &lists[FORMAIL_DELETE_INSERT], true);
    if (run->formail->keep_body || !extracts(run->formail))
        output_text(&run->out, span_of("\n"));
}

/* ---- -l */

/* `Folder: name`, tabs, the size in seven columns. */
void head_log_size(struct run *run)
{
    size_t column;
    struct buf line;

    if (!run->formail->log)
        return;
    buf_init(&line, BUF_UNLIMITED);
    buf_printf(&line, "  Folder: %s", run->formail->log);
    column = line.n - line.n % TAB;
    do
        buf_add_byte(&line, '\t');
    while ((column += TAB) < SIZE_COLUMN);
    buf_printf(&line, "%7zu\n", run->out.total);
    output_raw(&run->out, buf_span(&line));
    buf_free(&line);
}

/* The From_ line, and the subject with everything a terminal would act upon made blank. */
static void log_header(struct run *run)
{
    struct field_list *fields = &run->header.fields;
    struct field *subject = field_list_find(fields, span_of("Subject:"));
    struct buf line;

    if (!run->formail->log)
        return;
    if (header_starts_with_from(&run->header))
        output_raw(&run->out, field_span(&fields->fields[0]));
    if (!subject)
        return;
    field_concatenate(subject);
    buf_init(&line, BUF_UNLIMITED);
    buf_add_byte(&line, ' ');
    buf_add(&line, subject->text, subject->size - 1 < SUBJECT_MAX ? subject->size - 1 : SUBJECT_MAX);
    for (char *p = line.p; (p = strpbrk(p, "\t\n\v\f\r"));)
        *p = ' ';
    buf_add_byte(&line, '\n');
    output_raw(&run->out, buf_span(&line));
    buf_free(&line);
}

/* ---- all of it */

enum message_end head_run(struct run *run, long *vouched)
{
    const struct formail *formail = run->formail;
    struct field_list added = {0};
    bool had_from_line;

    run->out.total = 0;
    read_header(run);
    had_from_line = !formail->force && header_starts_with_from(&run->header);
    header_edit(&run->header, formail, formail->reply);
    header_polish(&run->header, formail);
    if (formail->reply || !header_starts_with_from(&run->header)) /* else nobody asks */
        sender_find(&run->sender, &run->header, formail);
    save(run);
    if (run->cache >= 0) {
        bool seen = is_duplicate(run);

        if (!formail->split) {
            run->status = seen ? 0 : STATUS_NEW;
            return MESSAGE_FATAL;
        }
        if (seen && run_close(run))
            return MESSAGE_FATAL;
    }
    *vouched = vouched_for(run);
    compose(run, had_from_line);
    compose_missing(run, &added);
    log_header(run);
    put_header(run, &added);
    field_list_free(&added);
    if (wants_body(formail))
        return MESSAGE_NEXT;
    head_log_size(run);
    if (!formail->split)
        return MESSAGE_LAST;
    return run_close(run) ? MESSAGE_FATAL : MESSAGE_NEXT;
}
