/* The commands of the TRANSACTION state, a row each. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "pop3/pop3-private.h"

enum { ARGUMENTS = 2 };

/* The words behind a command. */
struct arguments {
    struct span word[ARGUMENTS];
    size_t count;
};

/* ---- arguments */

static bool arguments_take(struct span line, struct arguments *arguments)
{
    arguments->count = 0;
    for (line = span_skip_blanks(line); line.n > 0; line = span_skip_blanks(line)) {
        size_t n = 0;

        while (n < line.n && line.p[n] != ' ' && line.p[n] != '\t')
            n++;
        if (arguments->count == ARGUMENTS)
            return false;
        arguments->word[arguments->count++] = span_make(line.p, n);
        line = span_from(line, n);
    }
    return true;
}

/* A decimal number of at most ten digits. */
static bool number_parse(struct span text, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9' || text.n > 10)
            return false;
        *number = *number * 10 + (uint64_t)(text.p[i] - '0');
    }
    return text.n > 0;
}

/* The message of that number; false, and the client is told, where there is none that may be spoken of. */
static bool message_get(struct pop3 *p, struct span word, struct pop3_message *message)
{
    uint64_t number;

    if (!number_parse(word, &number)) {
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

static void run_stat(struct pop3 *p, const struct arguments *arguments)
{
    (void)arguments;
    answer_ok(p, "%zu %" PRIu64, maildrop_count(p), maildrop_octets(p));
}

static void run_list(struct pop3 *p, const struct arguments *arguments)
{
    list(p, arguments, list_line);
}

static void run_uidl(struct pop3 *p, const struct arguments *arguments)
{
    list(p, arguments, id_line);
}

static void run_retr(struct pop3 *p, const struct arguments *arguments)
{
    struct pop3_message message;

    if (message_get(p, arguments->word[0], &message))
        send_whole(p, &message);
}

static void run_top(struct pop3 *p, const struct arguments *arguments)
{
    struct pop3_message message;
    uint64_t lines;

    if (!number_parse(arguments->word[1], &lines))
        answer_bad(p, "that is no number of lines");
    else if (message_get(p, arguments->word[0], &message))
        send_top(p, &message, lines);
}

static void run_dele(struct pop3 *p, const struct arguments *arguments)
{
    struct pop3_message message;

    if (!message_get(p, arguments->word[0], &message))
        return;
    maildrop_mark(p, &message);
    answer_ok(p, "message %zu is marked as deleted", message.number);
}

static void run_rset(struct pop3 *p, const struct arguments *arguments)
{
    (void)arguments;
    maildrop_unmark_all(p);
    answer_ok(p, "nothing is marked as deleted");
}

static void run_noop(struct pop3 *p, const struct arguments *arguments)
{
    (void)arguments;
    answer_ok(p, "yes");
}

/* RFC 6856 4: one language, which is ours. */
static void run_lang(struct pop3 *p, const struct arguments *arguments)
{
    struct span tag = arguments->word[0];

    if (arguments->count == 0)
        stream_write_text(p->stream, "+OK languages:\r\ni-default English\r\nen English\r\n.\r\n");
    else if (span_eq_text(tag, "*") || (tag.n == 2 && strncasecmp(tag.p, "en", 2) == 0) ||
             (tag.n == 9 && strncasecmp(tag.p, "i-default", 9) == 0))
        answer_ok(p, "en English");
    else
        answer_error(p, NULL, "that language is not spoken here");
}

static void run_capa(struct pop3 *p, const struct arguments *arguments)
{
    (void)arguments;
    stream_write_text(p->stream,
                      "+OK\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nUTF8 USER\r\n"
                      "LANG\r\nEXPIRE NEVER\r\n");
    if (p->limits->login_delay)
        stream_printf(p->stream, "LOGIN-DELAY %s\r\n", p->limits->login_delay);
    stream_write_text(p->stream, "IMPLEMENTATION mailweir\r\n.\r\n");
}

/* Only here is anything removed. */
static void run_quit(struct pop3 *p, const struct arguments *arguments)
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

static const struct {
    const char *name;
    size_t least, most; /* arguments */
    void (*run)(struct pop3 *p, const struct arguments *arguments);
} verbs[] = {
    {"CAPA", 0, 0, run_capa}, {"DELE", 1, 1, run_dele}, {"LANG", 0, 1, run_lang}, {"LIST", 0, 1, run_list},
    {"NOOP", 0, 0, run_noop}, {"QUIT", 0, 0, run_quit}, {"RETR", 1, 1, run_retr}, {"RSET", 0, 0, run_rset},
    {"STAT", 0, 0, run_stat}, {"TOP", 2, 2, run_top},   {"UIDL", 0, 1, run_uidl},
};

/* Commands that have their time before the login. */
static const char *const early[] = {"APOP", "AUTH", "PASS", "RPOP", "STLS", "USER", "UTF8"};

static bool is_named(struct span word, const char *name)
{
    return word.n == strlen(name) && strncasecmp(word.p, name, word.n) == 0;
}

static void refuse_verb(struct pop3 *p, struct span name)
{
    for (size_t i = 0; i < sizeof early / sizeof *early; i++)
        if (is_named(name, early[i])) {
            answer_bad(p, "you are logged in already");
            return;
        }
    answer_bad(p, "no such command");
}

void verb_run(struct pop3 *p, struct span line)
{
    struct arguments arguments;
    struct span name = line;

    name.n = 0;
    while (name.n < line.n && line.p[name.n] != ' ' && line.p[name.n] != '\t')
        name.n++;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (!is_named(name, verbs[i].name))
            continue;
        if (!arguments_take(span_from(line, name.n), &arguments) || arguments.count < verbs[i].least ||
            arguments.count > verbs[i].most)
            answer_bad(p, "that command has other arguments");
        else
            verbs[i].run(p, &arguments);
        return;
    }
    refuse_verb(p, name);
}
