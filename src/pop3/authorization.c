/* The commands of the AUTHORIZATION state. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/base64.h"
#include "pop3/pop3-private.h"
#include "serve/front.h"

enum { ANSWER_MOST = 12288 }; /* RFC 5034 4: of a line in an exchange */

/* ---- how it ends */

static void end(struct pop3 *p)
{
    p->ended = true;
}

static void answer_login(struct pop3 *p, enum front_answer answer)
{
    buf_free(&p->user);
    switch (answer) {
    case FRONT_IN: /* the session says +OK */
        p->in = true;
        end(p);
        return;
    case FRONT_LATER:
        answer_error(p, "SYS/TEMP", "there is no telling now who you are; try again later");
        return;
    case FRONT_BUDGET:
        answer_error(p, "AUTH", "name or password is wrong; that was the last try, bye");
        end(p);
        return;
    case FRONT_FAULT:
        answer_error(p, NULL, "that is no answer of this mechanism");
        return;
    case FRONT_NO:
    case FRONT_MORE:
        answer_error(p, "AUTH", "name or password is wrong");
    }
}

static bool refuse_in_clear(struct pop3 *p)
{
    if (front_may_use_passwords(p->front))
        return false;
    answer_error(p, NULL, "passwords are only taken in TLS%s",
                 front_can_start_tls(p->front) ? ": say STLS first" : "");
    return true;
}

/* ---- older ways */

/* Name, and what proves it, behind each other as serve/exchange.h has it. */
static void try_parts(struct pop3 *p, const char *mechanism, const struct span *parts, size_t n)
{
    struct buf said, none;

    buf_init(&said, ANSWER_MOST);
    buf_init(&none, ANSWER_MOST);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_add_byte(&said, '\0');
        buf_add_span(&said, parts[i]);
    }
    answer_login(p, front_begin(p->front, mechanism, buf_span(&said), &none));
    explicit_bzero(said.p, said.n);
    buf_free(&said);
    buf_free(&none);
}

void authorization_user(struct pop3 *p, const struct arguments *arguments)
{
    if (refuse_in_clear(p))
        return;
    buf_cut(&p->user, 0);
    buf_add_span(&p->user, arguments->word[0]);
    answer_ok(p, "and the password?");
}

static void try_user(struct pop3 *p, const char *mechanism, struct span proof)
{
    struct span parts[] = {buf_span(&p->user), proof};

    if (refuse_in_clear(p))
        return;
    if (p->user.n == 0)
        answer_bad(p, "USER comes first");
    else
        try_parts(p, mechanism, parts, 2);
}

void authorization_pass(struct pop3 *p, const struct arguments *arguments)
{
    try_user(p, "=PASS", arguments->word[0]);
}

void authorization_rpop(struct pop3 *p, const struct arguments *arguments)
{
    if (front_settings(p->front)->rpop)
        try_user(p, "=RPOP", arguments->word[0]);
    else
        answer_bad(p, "no such command");
}

void authorization_apop(struct pop3 *p, const struct arguments *arguments)
{
    struct span parts[] = {arguments->word[0], span_of(p->timestamp), arguments->word[1]};

    if (*p->timestamp)
        try_parts(p, "=APOP", parts, 3);
    else
        answer_bad(p, "no such command");
}

/* ---- SASL (RFC 5034) */

static void send_challenge(struct pop3 *p, const struct buf *challenge)
{
    struct buf text;

    buf_init(&text, BUF_UNLIMITED);
    base64_encode(buf_span(challenge), &text);
    stream_printf(p->stream, "+ %s\r\n", text.p ? text.p : "");
    buf_free(&text);
}

enum heard { HEARD, HEARD_CANCEL, HEARD_NONSENSE, HEARD_END };

static enum heard decode(struct span line, struct buf *answer)
{
    if (span_eq_text(line, "*"))
        return HEARD_CANCEL;
    return base64_decode(line, answer) == 0 ? HEARD : HEARD_NONSENSE;
}

static enum heard hear(struct pop3 *p, struct buf *answer)
{
    static const struct line_rules rules = {.max = ANSWER_MOST, .lf_ends = true};
    struct line_reader reader;
    struct span line;

    line_reader_init(&reader, &rules);
    switch (line_read(&reader, p->stream, &line)) {
    case LINE_OK:
        return decode(line, answer);
    case LINE_LONG:
    case LINE_MALFORMED:
        return HEARD_NONSENSE;
    case LINE_LATE:
        answer_error(p, "SYS/TEMP", "no login for too long");
        end(p);
        return HEARD_END;
    default:
        end(p);
        return HEARD_END;
    }
}

static void give_up(struct pop3 *p, enum heard heard)
{
    front_cancel(p->front);
    if (heard == HEARD_CANCEL)
        answer_error(p, NULL, "as you like");
    else if (heard == HEARD_NONSENSE)
        answer_bad(p, "that is no base64");
}

/* The server's last word, which the client answers with nothing, before the session has the connection. */
static void say_last(struct pop3 *p, const struct buf *challenge)
{
    struct buf nothing;
    enum heard heard = HEARD;

    buf_init(&nothing, ANSWER_MOST);
    if (challenge->n > 0) {
        send_challenge(p, challenge);
        heard = hear(p, &nothing);
    }
    if (heard == HEARD && nothing.n == 0) {
        answer_login(p, FRONT_IN);
    } else { /* the session waits, and nobody comes */
        give_up(p, heard);
        end(p);
    }
    buf_free(&nothing);
}

static void exchange(struct pop3 *p, const char *mechanism, struct span first)
{
    struct buf challenge, said;
    enum front_answer answer;
    enum heard heard = HEARD;

    buf_init(&challenge, ANSWER_MOST);
    buf_init(&said, ANSWER_MOST);
    answer = front_begin(p->front, mechanism, first, &challenge);
    while (answer == FRONT_MORE) {
        send_challenge(p, &challenge);
        buf_cut(&challenge, 0);
        buf_cut(&said, 0);
        heard = hear(p, &said);
        if (heard != HEARD)
            break;
        answer = front_continue(p->front, buf_span(&said), &challenge);
    }
    if (heard != HEARD)
        give_up(p, heard);
    else if (answer == FRONT_IN)
        say_last(p, &challenge);
    else
        answer_login(p, answer);
    if (said.p)
        explicit_bzero(said.p, said.cap);
    buf_free(&said);
    buf_free(&challenge);
}

static bool is_name(struct span name, const char *mechanism)
{
    return name.n == strlen(mechanism) && strncasecmp(name.p, mechanism, name.n) == 0;
}

/* NULL: it is not on offer now. */
static const char *find_mechanism(struct pop3 *p, struct span name)
{
    const char *const *all = front_settings(p->front)->mechanisms;

    for (; all && *all; all++)
        if (is_name(name, *all) && front_offers(p->front, *all))
            return *all;
    return NULL;
}

/* What some clients ask who do not know CAPA. */
static void list_mechanisms(struct pop3 *p)
{
    const char *const *all = front_settings(p->front)->mechanisms;

    stream_write_text(p->stream, "+OK\r\n");
    for (; all && *all; all++)
        if (front_offers(p->front, *all))
            stream_printf(p->stream, "%s\r\n", *all);
    stream_write_text(p->stream, ".\r\n");
}

static bool shows_password(struct span name)
{
    return is_name(name, "PLAIN") || is_name(name, "LOGIN");
}

void authorization_auth(struct pop3 *p, const struct arguments *arguments)
{
    struct span first = arguments->count == 2 ? arguments->word[1] : SPAN_NULL;
    const char *mechanism = arguments->count > 0 ? find_mechanism(p, arguments->word[0]) : NULL;
    struct buf bytes;

    if (arguments->count == 0) {
        list_mechanisms(p);
        return;
    }
    if (!mechanism) {
        if (!shows_password(arguments->word[0]) || !refuse_in_clear(p))
            answer_bad(p, "no such mechanism");
        return;
    }
    buf_init(&bytes, ANSWER_MOST);
    if (span_eq_text(first, "="))
        exchange(p, mechanism, span_of(""));
    else if (!first.p)
        exchange(p, mechanism, SPAN_NULL);
    else if (base64_decode(first, &bytes) < 0)
        answer_bad(p, "that is no base64");
    else
        exchange(p, mechanism, buf_span(&bytes));
    if (bytes.p)
        explicit_bzero(bytes.p, bytes.cap);
    buf_free(&bytes);
}

/* ---- the rest */

void authorization_stls(struct pop3 *p, const struct arguments *arguments)
{
    (void)arguments;
    if (stream_is_tls(p->stream)) {
        answer_bad(p, "this is in TLS already");
        return;
    }
    if (!front_can_start_tls(p->front)) {
        answer_bad(p, "there is no TLS here");
        return;
    }
    answer_ok(p, "begin");
    buf_free(&p->user);
    if (front_start_tls(p->front) != STREAM_OK)
        end(p);
}

/* RFC 6856 2: texts are sent as they are, with it or without. */
void authorization_utf8(struct pop3 *p, const struct arguments *arguments)
{
    (void)arguments;
    answer_ok(p, "UTF-8");
}

void authorization_quit(struct pop3 *p, const struct arguments *arguments)
{
    (void)arguments;
    answer_ok(p, "bye");
    end(p);
}

void authorization_capabilities(struct pop3 *p)
{
    const char *const *all = front_settings(p->front)->mechanisms;
    const char *before = "SASL";

    if (front_may_use_passwords(p->front))
        stream_write_text(p->stream, "USER\r\n");
    if (front_can_start_tls(p->front))
        stream_write_text(p->stream, "STLS\r\n");
    for (; all && *all; all++)
        if (front_offers(p->front, *all)) {
            stream_printf(p->stream, "%s %s", before, *all);
            before = "";
        }
    if (!*before)
        stream_write_text(p->stream, "\r\n");
}

/* ---- the beginning */

/* RFC 1939 7: never the same twice. */
static void make_timestamp(struct pop3 *p)
{
    unsigned long long chance = 0;

    if (!front_settings(p->front)->apop || getrandom(&chance, sizeof chance, 0) != (ssize_t)sizeof chance)
        return;
    snprintf(p->timestamp, sizeof p->timestamp, "<%ld.%lld.%016llx@%.64s>", (long)getpid(),
             (long long)clock_now(), chance, front_settings(p->front)->hostname);
}

bool pop3_authorize(struct front *front, const struct pop3_limits *limits)
{
    struct pop3 p = {
        .state = POP3_AUTHORIZATION, .stream = front_stream(front), .front = front, .limits = limits};

    buf_init(&p.user, ANSWER_MOST);
    make_timestamp(&p);
    answer_ok(&p, "mailweir at your service%s%s", *p.timestamp ? " " : "", p.timestamp);
    dialogue_run(&p);
    buf_free(&p.user);
    return p.in;
}
