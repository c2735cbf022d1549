#include "serve/session.h"

#include <grp.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "process/identity.h"
#include "serve/process.h"

enum { OUTPUT = 32 * 1024 }; /* most messages go out at once */

/* A name may be a virtual user's, and a system user's by chance: the groups of that one are not for him. */
static bool is_system_user(const struct serve_account *account)
{
    struct identity identity = {0};
    bool same = identity_find(&identity, account->name, NULL) == 0 && identity.uid == account->uid;

    identity_free(&identity);
    return same;
}

int session_become(const struct serve_account *account, struct err *err)
{
    struct identity identity = {.uid = account->uid,
                                .gid = account->gid,
                                .name = (char *)account->name,
                                .home = (char *)account->home};

    if (account->uid == 0)
        return err_set(err, ERR_NOPERM, "root has no mail here");
    if (geteuid() == 0)
        identity.known = is_system_user(account);
    else if (account->uid != getuid())
        return err_set(err, ERR_NOPERM, "only root can serve '%s'", account->name);
    if (identity_assume(&identity, err) < 0)
        return -1;
    process_die_with_parent(SIGTERM);
    return 0;
}

/* Where the client's bytes come from and go to. */
struct ends {
    int in, out;
};

static int offer_stream(int channel, int *end)
{
    static const struct channel_record ready = {.kind = CHANNEL_READY};
    int ends[2], sent;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return -1;
    *end = ends[0];
    sent = channel_answer(channel, &ready, ends[1]);
    close(ends[1]);
    return sent;
}

/* Tells the front that there is a session, and gives it the ends of streams that it will need in TLS: one for
 * each direction, so that it passes on the end of one by closing it. */
static int offer_streams(int channel, struct ends *offered)
{
    return offer_stream(channel, &offered->in) < 0 || offer_stream(channel, &offered->out) < 0 ? -1 : 0;
}

/* The connection, or the streams through a front that does TLS. */
static int take_start(int channel, struct ends *ends, struct channel_record *record, long ms)
{
    int connection;

    if (channel_receive(channel, record, &connection, NULL, ms) != CHANNEL_OK ||
        record->kind != CHANNEL_START)
        return -1;
    if (record->is.start.tls)
        return 0;
    close(ends->in);
    close(ends->out);
    ends->in = ends->out = connection;
    return connection < 0 ? -1 : 0;
}

_Noreturn void session_run(const struct serve_settings *settings, const struct channel_grant *grant,
                           int channel)
{
    static struct channel_record record;
    struct session s = {.settings = settings, .account = &grant->account};
    struct err err = {0};
    struct ends ends;

    serve_print_peer(s.peer, &grant->from);
    if (session_become(s.account, &err) < 0) {
        serve_log(settings, "%s: %s", s.peer, err.text);
        _exit(0);
    }
    if (chdir(s.account->home))
        (void)!chdir("/");
    if (offer_streams(channel, &ends) < 0 ||
        take_start(channel, &ends, &record, settings->limits.login_ms) < 0)
        _exit(0);
    close(channel);
    s.tls = record.is.start.tls;
    s.stream =
        stream_open(ends.in, ends.out, &(struct stream_limits){.in = 2 * CHANNEL_AHEAD, .out = OUTPUT});
    stream_unread(s.stream, span_make(record.is.start.ahead, record.is.start.n));
    serve_find_protocol(settings, grant->protocol)->after_login(&s);
    stream_close(s.stream);
    _exit(0);
}
