/* What lies in folders: how many messages, with which text, with which fields. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "rctest/difference.h"
#include "rctest/expect-private.h"
#include "rctest/mailbox.h"

static struct mailbox mailbox_of(struct check *check, const struct rctest_section *section)
{
    struct mailbox mailbox;

    mailbox_read(&mailbox, check->outcome->arena, &check->outcome->tree, section->arg);
    return mailbox;
}

static void show_messages(struct check *check, const struct mailbox *mailbox)
{
    if (!mailbox->count)
        buf_add_text(check->report, "there is no message in it\n");
    for (size_t i = 0; i < mailbox->count; i++) {
        buf_printf(check->report, "message %zu is:\n", i + 1);
        difference_print(check->report, SPAN_NULL, expect_normal(check, mailbox->messages[i]));
    }
}

void expect_contains(struct check *check, const struct rctest_section *section)
{
    struct mailbox mailbox = mailbox_of(check, section);

    for (size_t i = 0; i < mailbox.count; i++)
        if (span_find(expect_normal(check, mailbox.messages[i]), section->text))
            return;
    expect_fail(check, section, "no message contains:");
    difference_print(check->report, section->text, SPAN_NULL);
    show_messages(check, &mailbox);
}

void expect_count(struct check *check, const struct rctest_section *section)
{
    struct mailbox mailbox = mailbox_of(check, section);
    char text[64];

    if (mailbox.count == (size_t)section->number)
        return;
    snprintf(text, sizeof text, "%zu messages, not %ld", mailbox.count, section->number);
    expect_fail(check, section, text);
}

/* The next field of a header, unfolded, without its newline; false at the header's end. */
static bool next_field(struct span *rest, struct buf *field)
{
    struct span line;

    buf_cut(field, 0);
    if (!rctest_next_line(rest, &line) || !line.n)
        return false;
    buf_add_span(field, line);
    while (rest->n && (*rest->p == ' ' || *rest->p == '\t') && rctest_next_line(rest, &line))
        buf_add_span(field, line);
    return true;
}

static struct span trim(struct span text)
{
    while (text.n && (*text.p == ' ' || *text.p == '\t'))
        text = span_from(text, 1);
    return span_trim_end(text);
}

/* Names in any case, values but for the blanks around them. */
static bool same_field(struct span a, struct span b)
{
    const char *colon = span_find_byte(a, ':');
    size_t n = colon ? (size_t)(colon - a.p) + 1 : a.n;

    return b.n >= n && !strncasecmp(a.p, b.p, n) && span_eq(trim(span_from(a, n)), trim(span_from(b, n)));
}

static bool has_field(struct span message, struct span wanted)
{
    struct buf field;
    bool found = false;

    buf_init(&field, BUF_UNLIMITED);
    while (!found && next_field(&message, &field))
        found = same_field(wanted, buf_span(&field));
    buf_free(&field);
    return found;
}

static bool has_fields(struct span message, struct span wanted)
{
    struct span line;

    while (rctest_next_line(&wanted, &line))
        if (line.n && !has_field(message, line))
            return false;
    return true;
}

void expect_header(struct check *check, const struct rctest_section *section)
{
    struct mailbox mailbox = mailbox_of(check, section);

    for (size_t i = 0; i < mailbox.count; i++)
        if (has_fields(expect_normal(check, mailbox.messages[i]), section->text))
            return;
    expect_fail(check, section, "no message has all these fields:");
    difference_print(check->report, section->text, SPAN_NULL);
    show_messages(check, &mailbox);
}
