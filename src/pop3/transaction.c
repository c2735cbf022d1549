/* The commands of the TRANSACTION and UPDATE states. */
#include <inttypes.h>

#include "pop3/pop3-private.h"

static const uint64_t NUMBER_MAX = 9999999999; /* what no message list and no line count comes near */

/* The message of that number; false, and the client is told, where there is none that may be spoken of. */
static bool message_get(struct pop3 *p, struct span word, struct pop3_message *message)
{
    uint64_t number;

    if (!span_number(word, NUMBER_MAX, &number)) {
        answer_bad(p, "that is no message number");
        return false;
    }
    if (number < 1 || number > p->count) {
        answer_error(p, NULL, "there is no such message, only %zu in all", p->count);
        return false;
    }
    maildrop_get(p, (size_t)number, message);
    if (maildrop_is_marked(p, message)) {
        answer_error(p, NULL, "message %zu is marked as deleted", message->number);
        return false;
    }
    return true;
}

/* ---- listings */

static void list_line(struct pop3 *p, const struct pop3_message *message)
{
    stream_printf(p->stream, "%zu %" PRIu64 "\r\n", message->number, message->octets);
}

/* Dovecot's usual form, so that clients that come from there download nothing again. */
static void id_line(struct pop3 *p, const struct pop3_message *message)
{
    const struct view_message *viewed = view_message(p->view, message->index);

    if (viewed->pop_id.p)
        stream_printf(p->stream, "%zu %.*s\r\n", message->number, (int)viewed->pop_id.n, viewed->pop_id.p);
    else
        stream_printf(p->stream, "%zu %08" PRIx32 "%08" PRIx32 "\r\n", message->number, viewed->uid,
                      view_validity(p->view));
}

static void list(struct pop3 *p, const struct arguments *arguments,
                 void (*line)(struct pop3 *p, const struct pop3_message *message))
{
    struct pop3_message message;

    if (arguments->count == 1) {
        if (message_get(p, arguments->word[0], &message)) {
            stream_write_text(p->stream, "+OK ");
            line(p, &message);
        }
        return;
    }
    answer_ok(p, "%zu messages (%" PRIu64 " octets)", maildrop_count(p), maildrop_octets(p));
    for (size_t number = 1; number <= p->count; number++) {
        maildrop_get(p, number, &message);
        if (!maildrop_is_marked(p, &message))
            line(p, &message);
    }
    stream_write_text(p->stream, ".\r\n");
}

/* ---- the commands */

void transaction_stat(struct pop3 *p, const struct arguments *arguments)
{
    (void)arguments;
    answer_ok(p, "%zu %" PRIu64, maildrop_count(p), maildrop_octets(p));
}

void transaction_list(struct pop3 *p, const struct arguments *arguments)
{
    list(p, arguments, list_line);
}

void transaction_uidl(struct pop3 *p, const struct arguments *arguments)
{
    list(p, arguments, id_line);
}

void transaction_retr(struct pop3 *p, const struct arguments *arguments)
{
    struct pop3_message message;

    if (message_get(p, arguments->word[0], &message))
        send_whole(p, &message);
}

void transaction_top(struct pop3 *p, const struct arguments *arguments)
{
    struct pop3_message message;
    uint64_t lines;

    if (!span_number(arguments->word[1], NUMBER_MAX, &lines))
        answer_bad(p, "that is no number of lines");
    else if (message_get(p, arguments->word[0], &message))
        send_top(p, &message, lines);
}

void transaction_dele(struct pop3 *p, const struct arguments *arguments)
{
    struct pop3_message message;

    if (!message_get(p, arguments->word[0], &message))
        return;
    maildrop_mark(p, &message);
    answer_ok(p, "message %zu is marked as deleted", message.number);
}

void transaction_rset(struct pop3 *p, const struct arguments *arguments)
{
    (void)arguments;
    maildrop_unmark_all(p);
    answer_ok(p, "nothing is marked as deleted");
}

void transaction_noop(struct pop3 *p, const struct arguments *arguments)
{
    (void)arguments;
    answer_ok(p, "yes");
}

/* Only here is anything removed. */
void transaction_quit(struct pop3 *p, const struct arguments *arguments)
{
    struct err err;

    (void)arguments;
    p->ended = true;
    if (view_remove(p->view, p->marked, &err) == 0) {
        p->account->removed = p->marked_count;
        p->end = POP3_BYE;
        answer_ok(p, "bye");
        return;
    }
    p->end = POP3_LEFT;
    answer_error(p, "SYS/TEMP", "some messages could not be removed");
    if (p->say)
        p->say(err.text);
}
