#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#include "serve/front-private.h"

enum { INPUT = CHANNEL_AHEAD, STALL_MS = 30 * 1000 };

long front_time_left(const struct front *f)
{
    long long left = f->until - clock_ms();

    return left > 0 ? (long)left : 0;
}

bool front_open(struct front *f, int in, int out)
{
    static const struct stream_limits limits = {.in = 2 * INPUT, .stall_ms = STALL_MS};

    serve_get_peer(in, &f->from);
    serve_print_peer(f->peer, &f->from);
    f->loopback = serve_is_loopback(&f->from) || f->ops == &front_local;
    f->until = clock_ms() + f->settings->limits.login_ms;
    f->stream = stream_open(in, out, &limits);
    stream_set_deadline(f->stream, f->settings->limits.login_ms); /* with what a proxy takes of it */
    if (f->proxied && !front_take_proxy(f, in))
        return false;
    if (f->mode != SERVE_TLS || (f->tls && stream_start_tls(f->stream, f->tls, NULL) == STREAM_OK))
        return true;
    serve_log(f->settings, "%s: no TLS: %s", f->peer, stream_reason(f->stream));
    return false;
}

void front_close(struct front *f)
{
    front_cancel(f);
    stream_close(f->stream);
}

/* ---- what a protocol asks */

struct stream *front_stream(struct front *f)
{
    return f->stream;
}

const struct serve_settings *front_settings(const struct front *f)
{
    return f->settings;
}

bool front_may_use_passwords(const struct front *f)
{
    return f->loopback || stream_is_tls(f->stream);
}

bool front_can_start_tls(const struct front *f)
{
    return f->mode == SERVE_STARTTLS && f->tls && !stream_is_tls(f->stream);
}

enum stream_status front_start_tls(struct front *f)
{
    enum stream_status status;

    front_cancel(f);
    status = stream_start_tls(f->stream, f->tls, NULL);
    if (status == STREAM_OK && stream_discarded(f->stream))
        serve_log(f->settings, "%s: %zu bytes before TLS were thrown away", f->peer,
                  stream_discarded(f->stream));
    return status;
}

static bool shows_password(const char *mechanism)
{
    static const char *const plain[] = {"PLAIN", "LOGIN", "=PASS", "=RPOP"};

    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcmp(mechanism, plain[i]) == 0)
            return true;
    return false;
}

static bool may_use(const struct front *f, const char *mechanism)
{
    return front_may_use_passwords(f) || !shows_password(mechanism);
}

bool front_offers(struct front *f, const char *mechanism)
{
    struct buf binding;
    bool has;

    buf_init(&binding, CHANNEL_BINDING);
    has = tls_channel_binding(f->stream, "tls-exporter", &binding) == 0;
    buf_free(&binding);
    return may_use(f, mechanism) && exchange_offers(f->settings, mechanism, has);
}

bool front_may_go_on(struct front *f)
{
    return ++f->commands < f->settings->limits.commands;
}

/* ---- proving who one is */

static void wait_a_while(struct front *f)
{
    long left = front_time_left(f);

    if (f->wait_ms > 0)
        poll(NULL, 0, f->wait_ms < left ? (int)f->wait_ms : (int)left);
}

static enum front_answer judge(struct front *f, enum exchange_status status)
{
    static const enum front_answer answers[] = {
        [EXCHANGE_MORE] = FRONT_MORE,   [EXCHANGE_YES] = FRONT_IN,      [EXCHANGE_NO] = FRONT_NO,
        [EXCHANGE_FAULT] = FRONT_FAULT, [EXCHANGE_LATER] = FRONT_LATER,
    };

    if (status == EXCHANGE_MORE || status == EXCHANGE_YES)
        return answers[status];
    front_cancel(f);
    f->tries++;
    if (status == EXCHANGE_NO)
        wait_a_while(f);
    return f->tries < f->settings->limits.tries ? answers[status] : FRONT_BUDGET;
}

enum front_answer front_begin(struct front *f, const char *mechanism, struct span first,
                              struct buf *challenge)
{
    front_cancel(f);
    if (!may_use(f, mechanism) || strlen(mechanism) >= CHANNEL_MECHANISM || first.n > SASL_ANSWER_MAX)
        return FRONT_FAULT;
    return judge(f, f->ops->step(f, mechanism, first, challenge));
}

enum front_answer front_continue(struct front *f, struct span answer, struct buf *challenge)
{
    return judge(f, answer.n > SASL_ANSWER_MAX ? EXCHANGE_FAULT : f->ops->step(f, NULL, answer, challenge));
}

void front_cancel(struct front *f)
{
    f->ops->cancel(f);
}
