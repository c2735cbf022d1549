/*
 * What is put into a header: a From_ line, the fields of a reply, message-ids.
 */
#include "formail/formail-private.h"

#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "message/from-line.h"

static const char nobody[] = "foo@bar"; /* whom formail(1) names where there is no sender */

enum { STATUS_NO_SENDER = 67 /* EX_NOUSER */ };

static struct span sender_name(const struct run *run)
{
    return run->sender.found ? buf_span(&run->sender.name) : span_of(nobody);
}

static void add_field(struct run *run, struct buf *text)
{
    field_list_add(&run->header.fields, run->header.arena, buf_span(text));
    buf_cut(text, 0);
}

/* A content, with a blank in front of it. */
static void add_content(struct buf *to, struct span content)
{
    if (*content.p != ' ' && *content.p != '\t')
        buf_add_byte(to, ' ');
    buf_add_span(to, content);
}

/* ---- the From_ line */

/* `-a "From "` asks for one; otherwise it is made where there was none, and none is meant to go. */
static bool wants_from_line(const struct run *run, bool had_one)
{
    const struct field_list *lists = run->formail->lists;
    const struct span name = span_of("From ");
    const struct field *asked;

    if (run->formail->force || header_starts_with_from(&run->header))
        return false;
    asked = field_list_find(&lists[FORMAIL_ADD_MISSING], name);
    if (asked && asked->size <= name.n + 1)
        return true;
    return !had_one && !field_list_find(&lists[FORMAIL_RENAME_INSERT], name) &&
           !field_list_find(&lists[FORMAIL_DELETE_INSERT], name) &&
           !field_list_find(&lists[FORMAIL_RENAME], name);
}

/* With `-a Date:` the date is that of the message, as it stands there. */
static void add_date(const struct run *run, struct buf *to)
{
    time_t now = clock_now();
    char date[64] = "\n";

    buf_add_byte(to, ' ');
    if (run->saved.date.n && field_list_find(&run->formail->lists[FORMAIL_ADD_MISSING], span_of("Date:"))) {
        add_content(to, run->saved.date);
        return;
    }
    ctime_r(&now, date);
    buf_add_byte(to, ' ');
    buf_add_text(to, date);
}

static void compose_from_line(struct run *run)
{
    struct field_list *fields = &run->header.fields;
    struct field line;
    struct buf text;

    buf_init(&text, BUF_UNLIMITED);
    buf_add_text(&text, "From ");
    buf_add_span(&text, sender_name(run));
    add_date(run, &text);
    add_field(run, &text);
    line = fields->fields[fields->n - 1];
    memmove(fields->fields + 1, fields->fields, (fields->n - 1) * sizeof *fields->fields);
    fields->fields[0] = line;
    buf_free(&text);
}

/* ---- the reply */

/* Of the old fields those remain that `-i Name:` names, and X-Loop. */
static void keep_named(struct run *run)
{
    const struct field_list *named = &run->formail->lists[FORMAIL_RENAME_INSERT];
    struct field_list *fields = &run->header.fields;
    size_t kept = 0;

    for (size_t i = 0; i < fields->n; i++) {
        const struct field *option = field_list_find(named, field_name_span(&fields->fields[i]));

        if (option ? !field_is_filled(option) : field_is(&fields->fields[i], "X-Loop:"))
            fields->fields[kept++] = fields->fields[i];
    }
    fields->n = kept;
}

static void add_references(struct run *run, struct buf *text)
{
    struct span references = run->saved.references, id = run->saved.message_id;

    if (!references.n && !id.n)
        return;
    buf_add_text(text, "References:");
    if (references.n) {
        references.n -= id.n > 0; /* the newline comes with the message-id */
        add_content(text, references);
    }
    if (id.n)
        add_content(text, id);
    add_field(run, text);
}

/* `Re:` is put in front whatever is there. */
static void compose_reply(struct run *run)
{
    struct buf text;

    buf_init(&text, BUF_UNLIMITED);
    keep_named(run);
    if (!run->sender.found)
        run->status = STATUS_NO_SENDER;
    buf_add_text(&text, "To: ");
    buf_add_span(&text, sender_name(run));
    buf_add_byte(&text, '\n');
    add_field(run, &text);
    if (run->saved.subject.n) {
        buf_add_text(&text, "Subject: Re:");
        add_content(&text, run->saved.subject);
        add_field(run, &text);
    }
    add_references(run, &text);
    if (run->saved.message_id.n) {
        buf_add_text(&text, "In-Reply-To:");
        add_content(&text, run->saved.message_id);
        add_field(run, &text);
    }
    buf_free(&text);
    header_edit(&run->header, run->formail, false);
}

void compose(struct run *run, bool had_from_line)
{
    if (run->formail->reply)
        compose_reply(run);
    else if (wants_from_line(run, had_from_line))
        compose_from_line(run);
}

/* ---- -a */

/* Base 64 of a number, the least digit first. */
static void add_digits(struct buf *to, unsigned long number, char end)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    do
        buf_add_byte(to, digits[number % 64]);
    while (number /= 64);
    buf_add_byte(to, end);
}

/* Nobody else has it: this process, this nanosecond, this message of it, this host. */
static void add_message_id(struct run *run, struct field_list *added, struct span name)
{
    struct utsname host = {0};
    struct timespec now = {0};
    struct buf text;

    uname(&host);
    clock_gettime(CLOCK_REALTIME, &now);
    buf_init(&text, BUF_UNLIMITED);
    buf_add_span(&text, name);
    buf_add_text(&text, " <");
    add_digits(&text, (unsigned long)now.tv_nsec, '.');
    add_digits(&text, run->made++, '.');
    add_digits(&text, (unsigned long)getpid(), '.');
    add_digits(&text, (unsigned long)now.tv_sec, '@');
    buf_add_text(&text, host.nodename);
    buf_add_text(&text, ">\n");
    field_list_add(added, run->header.arena, buf_span(&text));
    buf_free(&text);
}

void compose_missing(struct run *run, struct field_list *added)
{
    const struct field_list *wanted = &run->formail->lists[FORMAIL_ADD_MISSING];

    for (size_t i = 0; i < wanted->n; i++) {
        const struct field *field = &wanted->fields[i];

        if (field_list_find(&run->header.fields, field_name_span(field)))
            continue;
        if (!field_is_filled(field) &&
            (field_is(field, "Message-ID:") || field_is(field, "Resent-Message-ID:")))
            add_message_id(run, added, field_name_span(field));
        else
            field_list_add(added, run->header.arena, field_span(field));
    }
}
