/* Every command, a row each, and what a line is taken apart into. */
#include <string.h>
#include <strings.h>

#include "pop3/pop3-private.h"

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

/* RFC 2449.  What is said of the login is only said before it. */
static void run_capa(struct pop3 *p, const struct arguments *arguments)
{
    (void)arguments;
    stream_write_text(p->stream,
                      "+OK\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nUTF8 USER\r\n"
                      "LANG\r\n");
    if (!p->limits->expires)
        stream_write_text(p->stream, "EXPIRE NEVER\r\n");
    else
        stream_printf(p->stream, "EXPIRE %u\r\n", p->limits->expire_days);
    if (p->limits->login_delay)
        stream_printf(p->stream, "LOGIN-DELAY %ld\r\n", p->limits->login_delay);
    if (p->state == POP3_AUTHORIZATION)
        authorization_capabilities(p);
    stream_write_text(p->stream, "IMPLEMENTATION mailweir\r\n.\r\n");
}

static const struct verb {
    const char *name; /* RFC 1939, 1081, 2449, 2595, 5034, 6856 */
    unsigned states;
    size_t least, most; /* arguments */
    void (*run)(struct pop3 *p, const struct arguments *arguments);
} verbs[] = {
    {"APOP", POP3_AUTHORIZATION, 2, 2, authorization_apop},
    {"AUTH", POP3_AUTHORIZATION, 0, 2, authorization_auth},
    {"CAPA", POP3_AUTHORIZATION | POP3_TRANSACTION, 0, 0, run_capa},
    {"DELE", POP3_TRANSACTION, 1, 1, transaction_dele},
    {"LANG", POP3_AUTHORIZATION | POP3_TRANSACTION, 0, 1, run_lang},
    {"LIST", POP3_TRANSACTION, 0, 1, transaction_list},
    {"NOOP", POP3_TRANSACTION, 0, 0, transaction_noop},
    {"PASS", POP3_AUTHORIZATION, ARGUMENT_IS_REST, ARGUMENT_IS_REST, authorization_pass},
    {"QUIT", POP3_AUTHORIZATION, 0, 0, authorization_quit},
    {"QUIT", POP3_TRANSACTION, 0, 0, transaction_quit},
    {"RETR", POP3_TRANSACTION, 1, 1, transaction_retr},
    {"RPOP", POP3_AUTHORIZATION, 1, 1, authorization_rpop},
    {"RSET", POP3_TRANSACTION, 0, 0, transaction_rset},
    {"STAT", POP3_TRANSACTION, 0, 0, transaction_stat},
    {"STLS", POP3_AUTHORIZATION, 0, 0, authorization_stls},
    {"TOP", POP3_TRANSACTION, 2, 2, transaction_top},
    {"UIDL", POP3_TRANSACTION, 0, 1, transaction_uidl},
    {"USER", POP3_AUTHORIZATION, 1, 1, authorization_user},
    {"UTF8", POP3_AUTHORIZATION, 0, 0, authorization_utf8},
};

/* ---- arguments */

static struct span word_take(struct span *line)
{
    struct span word = *line;

    word.n = 0;
    while (word.n < line->n && line->p[word.n] != ' ' && line->p[word.n] != '\t')
        word.n++;
    *line = span_from(*line, word.n);
    return word;
}

/* Are there as many words as the command has?  Of a password all is one, blanks too, from behind the first.
 */
static bool arguments_take(struct span line, const struct verb *verb, struct arguments *arguments)
{
    arguments->count = 0;
    if (verb->most == ARGUMENT_IS_REST) {
        arguments->word[arguments->count++] = span_from(line, 1);
        return line.n > 1;
    }
    for (line = span_skip_blanks(line); line.n > 0; line = span_skip_blanks(line)) {
        if (arguments->count == verb->most)
            return false;
        arguments->word[arguments->count++] = word_take(&line);
    }
    return arguments->count >= verb->least;
}

/* ---- finding them */

static bool is_named(struct span word, const char *name)
{
    return word.n == strlen(name) && strncasecmp(word.p, name, word.n) == 0;
}

/* NULL: none; *known, where it has another time. */
static const struct verb *verb_find(struct span name, enum pop3_state state, bool *known)
{
    *known = false;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (is_named(name, verbs[i].name)) {
            if (verbs[i].states & state)
                return &verbs[i];
            *known = true;
        }
    return NULL;
}

void verb_run(struct pop3 *p, struct span line)
{
    struct arguments arguments;
    bool known;
    struct span name = word_take(&line);
    const struct verb *verb = verb_find(name, p->state, &known);

    if (verb && arguments_take(line, verb, &arguments))
        verb->run(p, &arguments);
    else if (verb)
        answer_bad(p, "that command has other arguments");
    else if (known)
        answer_bad(p, p->state == POP3_TRANSACTION ? "you are logged in already" : "log in first");
    else
        answer_bad(p, "no such command");
}
