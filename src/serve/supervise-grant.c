/* What auth processes say: who is in, and gets a session; and who is not, and waits for it. */
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "serve/process.h"
#include "base/clock.h"
#include "serve/session.h"
#include "serve/supervise-private.h"

/* ---- how many */

int grant_make_limit(struct supervisor *s, struct err *err)
{
    const struct serve_limits *limits = &s->settings->limits;
    struct limit_rules rules = {.sessions = limits->sessions,
                                .per_address = limits->per_address,
                                .failure_delay = limits->delay_ms > 0 ? (unsigned)limits->delay_ms : 0};

    if (s->limit && rules.sessions == s->rules.sessions && rules.per_address == s->rules.per_address &&
        rules.failure_delay == s->rules.failure_delay)
        return 0;
    if (getrandom(rules.secret, sizeof rules.secret, 0) != (ssize_t)sizeof rules.secret)
        return err_set_errno(err, ERR_OSERR, "there is no randomness");
    limit_free(s->limit);
    s->limit = limit_new(&rules);
    s->rules = rules;
    for (struct child *c = s->children; c; c = c->next)
        if (c->kind == CHILD_SESSION)
            c->counted = limit_enter(s->limit, (struct sockaddr *)&c->from) == LIMIT_IN;
    return 0;
}

static bool has_room(struct supervisor *s, const struct sockaddr_storage *from)
{
    static const char *const words[] = {
        [LIMIT_FULL] = "too many sessions", [LIMIT_ADDRESS_FULL] = "too many sessions from there"};
    enum limit_answer answer = limit_enter(s->limit, (const struct sockaddr *)from);
    char peer[SERVE_PEER];

    if (answer == LIMIT_IN)
        return true;
    count_up(s->counts, answer == LIMIT_FULL ? COUNT_SESSIONS_REFUSED : COUNT_SESSIONS_REFUSED_ADDRESS);
    serve_print_peer(peer, from);
    serve_log(s->settings, "%s: %s", peer, words[answer]);
    return false;
}

void grant_note_end(struct supervisor *s, const struct child *session)
{
    count_down(s->counts, COUNT_SESSIONS);
    if (session->counted)
        limit_leave(s->limit, (const struct sockaddr *)&session->from);
}

/* ---- sessions */

/* auth is believed when it says who it is, and not that it makes sense. */
static bool is_grant(const struct supervisor *s, const struct channel_grant *grant)
{
    const struct serve_account *account = &grant->account;

    return channel_is_text(grant->protocol, sizeof grant->protocol) &&
           serve_find_protocol(s->settings, grant->protocol) && account->name[0] &&
           channel_is_text(account->name, sizeof account->name) &&
           channel_is_text(account->home, sizeof account->home) &&
           channel_is_text(account->mail, sizeof account->mail);
}

static pid_t fork_session(struct supervisor *s, const struct channel_grant *grant, int channel)
{
    pid_t parent = getpid(), pid = fork();

    if (pid != 0)
        return pid;
    process_begin(parent, child_name(CHILD_SESSION));
    counts_forget(s->counts);
    child_close_all(s, NULL);
    for (int i = 0; i < 2; i++) {
        close(s->requests[i]);
        close(s->grants[i]);
    }
    session_run(s->settings, grant, channel);
}

static void start_session(struct supervisor *s, const struct channel_grant *grant, int channel)
{
    struct child *c;
    pid_t pid;

    if (s->ending || !has_room(s, &grant->from))
        return;
    pid = fork_session(s, grant, channel);
    if (pid < 0) {
        limit_leave(s->limit, (const struct sockaddr *)&grant->from);
        serve_log(s->settings, "no process is to be had for a session");
        return;
    }
    c = child_add(s, CHILD_SESSION, pid, -1);
    memcpy(c->name, grant->account.name, sizeof c->name);
    c->from = grant->from;
    c->counted = true;
    count_up(s->counts, COUNT_SESSIONS_TOTAL);
    count_up(s->counts, COUNT_SESSIONS);
}

/* ---- failures */

static void refuse(struct supervisor *s, const struct channel_failed *failed, int channel)
{
    const struct sockaddr *from = (const struct sockaddr *)&failed->from;
    struct channel_record record = {.kind = CHANNEL_NO};
    uint64_t seconds = (uint64_t)clock_ms() / 1000;

    count_up(s->counts, COUNT_LOGINS_FAILED);
    limit_failed(s->limit, from, seconds);
    record.is.no.ms = limit_delay(s->limit, from, seconds);
    channel_answer(channel, &record, -1);
}

/* Which gate's front it is only that gate knows. */
static void pass_flood(struct supervisor *s, const struct channel_record *record)
{
    for (struct child *c = s->children; c; c = c->next)
        if (c->control >= 0)
            channel_answer(c->control, record, -1); /* nor is a gate waited for */
}

void grant_take(struct supervisor *s)
{
    struct channel_record record;
    int channel;

    if (channel_receive(s->grants[0], &record, &channel, NULL, 0) != CHANNEL_OK)
        return;
    if (record.kind == CHANNEL_GRANT && is_grant(s, &record.is.grant))
        start_session(s, &record.is.grant, channel);
    else if (record.kind == CHANNEL_FAILED)
        refuse(s, &record.is.failed, channel);
    else if (record.kind == CHANNEL_FLOOD)
        pass_flood(s, &record);
    else
        serve_log(s->settings, "auth said what makes no sense");
    if (channel >= 0)
        close(channel);
}
