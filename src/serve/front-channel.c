/* The login by an auth process, and what follows it. */
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "net/relay.h"
#include "serve/front-private.h"

enum { SESSION_MS = 10 * 1000, RELAY_STALL_MS = 60 * 1000, STACK = 64 * 1024 };

static void cancel(struct front *f)
{
    if (f->channel >= 0)
        close(f->channel);
    f->channel = -1;
}

/* A binding that no mechanism on offer uses would only make SCRAM suspicious of those who know of it. */
static void add_binding(struct front *f, struct channel_login *login)
{
    struct buf binding;

    buf_init(&binding, CHANNEL_BINDING);
    if ((front_offers(f, "SCRAM-SHA-256-PLUS") || front_offers(f, "SCRAM-SHA-1-PLUS")) &&
        tls_channel_binding(f->stream, "tls-exporter", &binding) == 0) {
        memcpy(login->binding, binding.p, binding.n);
        login->binding_size = (uint32_t)binding.n;
    }
    buf_free(&binding);
}

static int send_login(struct front *f, const char *mechanism, struct span first)
{
    struct channel_record record = {.kind = CHANNEL_LOGIN};
    struct channel_login *login = &record.is.login;
    int ends[2], sent;

    if (channel_pair(ends, NULL) < 0)
        return -1;
    f->channel = ends[0];
    strncpy(login->mechanism, mechanism, sizeof login->mechanism - 1);
    strncpy(login->protocol, f->protocol->name, sizeof login->protocol - 1);
    login->from = f->from;
    login->tls = stream_is_tls(f->stream);
    login->no_initial = first.p == NULL;
    login->n = (uint32_t)first.n;
    if (first.n)
        memcpy(login->data, first.p, first.n);
    add_binding(f, login);
    sent = channel_send_within(f->requests, &record, ends[1], front_time_left(f));
    explicit_bzero(login->data, first.n);
    close(ends[1]);
    return sent;
}

static int send_answer(struct front *f, struct span answer)
{
    struct channel_record record;

    record.kind = CHANNEL_ANSWER;
    record.is.bytes.n = (uint32_t)answer.n;
    if (answer.n)
        memcpy(record.is.bytes.data, answer.p, answer.n);
    return f->channel < 0 ? -1 : channel_send_within(f->channel, &record, -1, front_time_left(f));
}

static bool take_stream(const struct front *f, int *end)
{
    struct channel_record record;

    return channel_receive(f->channel, &record, end, NULL, SESSION_MS) == CHANNEL_OK &&
           record.kind == CHANNEL_READY && *end >= 0;
}

/* Yes is said by auth; that there is a session, by itself. */
static enum exchange_status await_session(struct front *f)
{
    if (take_stream(f, &f->to_session) && take_stream(f, &f->from_session))
        return EXCHANGE_YES;
    serve_log(f->settings, "%s: no session was to be had", f->peer);
    return EXCHANGE_LATER;
}

static enum exchange_status hear(struct front *f, struct buf *challenge)
{
    struct channel_record record;
    int none;

    if (channel_receive(f->channel, &record, &none, NULL, front_time_left(f)) != CHANNEL_OK)
        return EXCHANGE_LATER;
    if (none >= 0)
        close(none);
    switch (record.kind) {
    case CHANNEL_CHALLENGE:
        buf_add(challenge, record.is.bytes.data, record.is.bytes.n);
        return EXCHANGE_MORE;
    case CHANNEL_YES:
        buf_add(challenge, record.is.bytes.data, record.is.bytes.n);
        return await_session(f);
    case CHANNEL_NO:
        f->wait_ms = record.is.no.ms;
        return EXCHANGE_NO;
    case CHANNEL_FAULT:
        return EXCHANGE_FAULT;
    default:
        return EXCHANGE_LATER;
    }
}

static enum exchange_status step(struct front *f, const char *mechanism, struct span answer,
                                 struct buf *challenge)
{
    if ((mechanism ? send_login(f, mechanism, answer) : send_answer(f, answer)) < 0)
        return EXCHANGE_LATER;
    return hear(f, challenge);
}

const struct front_ops front_channel = {step, cancel};

/* ---- behind the login */

/* What the handshake and the dialogue have used and nobody needs any more. */
static void give_back_memory(void)
{
    char here;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *below = &here - ((size_t)&here & (page - 1)) - page;

    madvise(below - STACK, STACK, MADV_DONTNEED);
    malloc_trim(0);
}

/* In clear with the connection, which is ours no more.  Apart from its caller, so that the record is off the
 * stack for as long as it relays. */
static int __attribute__((noinline)) send_start(struct front *f)
{
    struct channel_record record = {.kind = CHANNEL_START};
    struct span ahead = stream_input(f->stream);
    int in = -1, out, sent;

    if (ahead.n > CHANNEL_AHEAD || stream_flush(f->stream) != STREAM_OK)
        return -1;
    record.is.start.tls = stream_is_tls(f->stream);
    record.is.start.n = (uint32_t)ahead.n;
    if (ahead.n)
        memcpy(record.is.start.ahead, ahead.p, ahead.n);
    stream_consume(f->stream, ahead.n);
    if (!record.is.start.tls) {
        stream_release(f->stream, &in, &out);
        f->stream = NULL;
    }
    sent = channel_send(f->channel, &record, in);
    if (in >= 0)
        close(in);
    return sent;
}

void front_hand_over(struct front *f)
{
    if (send_start(f) < 0 || !f->stream)
        return;
    cancel(f);
    close(f->requests);
    stream_set_deadline(f->stream, 0);
    give_back_memory();
    relay(f->stream, f->from_session, f->to_session, RELAY_STALL_MS);
}
