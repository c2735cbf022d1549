/* POP3 as serve has it. */
#include <inttypes.h>
#include <string.h>

#include "pop3/pop3.h"
#include "serve/front.h"
#include "serve/session.h"

static struct pop3_limits limits_of(const struct serve_settings *settings)
{
    const struct serve_limits *from = &settings->limits;

    return (struct pop3_limits){.idle_ms = from->idle_ms,
                                .login_delay = from->login_delay,
                                .expires = from->expires,
                                .expire_days = from->expire_days};
}

static bool before_login(struct front *front)
{
    struct pop3_limits limits = limits_of(front_settings(front));

    return pop3_authorize(front, &limits);
}

/* ---- where the mail lies */

static const struct {
    const char *prefix;
    enum folder_shape shape;
} places[] = {{"maildir:", FOLDER_MAILDIR}, {"mbox:", FOLDER_MBOX}, {"mh:", FOLDER_MH}};

static bool find_mailbox(const char *mail, struct pop3_mailbox *mailbox)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t n = strlen(places[i].prefix);

        if (strncmp(mail, places[i].prefix, n) == 0) {
            *mailbox = (struct pop3_mailbox){.shape = places[i].shape, .path = mail + n};
            return true;
        }
    }
    return false;
}

/* Beside an mbox in a spool nothing of ours can be made: what belongs to it is at home. */
static const char *find_state(const struct serve_account *account, const struct pop3_mailbox *mailbox,
                              struct buf *name)
{
    const char *base = strrchr(mailbox->path, '/');
    size_t n = strlen(account->home);

    if (mailbox->shape != FOLDER_MBOX ||
        (strncmp(mailbox->path, account->home, n) == 0 && mailbox->path[n] == '/'))
        return NULL;
    buf_printf(name, "%s/.mailweir-%s", account->home, base ? base + 1 : mailbox->path);
    return name->p;
}

/* ---- the session */

static const struct serve_settings *where_to_say;

static void say(const char *text)
{
    serve_log(where_to_say, "pop3: %s", text);
}

static void log_end(const struct session *s, const struct pop3_account *account, enum pop3_end end)
{
    static const char *const ends[] = {[POP3_BYE] = "done",
                                       [POP3_LEFT] = "not all removed",
                                       [POP3_LOST] = "lost",
                                       [POP3_NEVER] = "no mailbox"};

    serve_log(s->settings,
              "%s: pop3 of %s%s: %s, %llu messages, %llu retrieved, %llu removed, %llu octets sent", s->peer,
              s->account->name, s->tls ? " in TLS" : "", ends[end], account->messages, account->retrieved,
              account->removed, account->octets_sent);
}

static void after_login(struct session *s)
{
    struct pop3_limits limits = limits_of(s->settings);
    struct pop3_mailbox mailbox;
    struct pop3_account account = {0};
    struct buf state;
    enum pop3_end end;

    buf_init(&state, BUF_UNLIMITED);
    where_to_say = s->settings;
    if (find_mailbox(s->account->mail, &mailbox)) {
        mailbox.state = find_state(s->account, &mailbox, &state);
        end = pop3_serve(s->stream, &mailbox, &limits, &account, say);
    } else {
        stream_write_text(s->stream, "-ERR [SYS/PERM] your mailbox is of no kind that is known here\r\n");
        end = POP3_NEVER;
    }
    log_end(s, &account, end);
    buf_free(&state);
}

const struct serve_protocol pop3_protocol = {"pop3", before_login, after_login,
                                             "-ERR [SYS/TEMP] too many connections from your address\r\n"};
