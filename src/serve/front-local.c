/* The login in this process: --stdio, and tests. */
#include "serve/front-private.h"
#include "serve/limit.h"

/* As struct limit has it, for an address that has this connection alone. */
static void note_failure(struct front *f)
{
    long long delay = f->settings->limits.delay_ms > 0 ? f->settings->limits.delay_ms : 0;

    for (unsigned i = 0; i < f->tries && delay < LIMIT_DELAY_MAX; i++)
        delay *= 2;
    f->wait_ms = delay < LIMIT_DELAY_MAX ? (uint32_t)delay : LIMIT_DELAY_MAX;
    exchange_log_failure(f->exchange, f->protocol->name, (const struct sockaddr *)&f->from);
}

/* Nothing is in the way of somebody who listens on a pipe: no binding, no TLS of ours. */
static enum exchange_status step(struct front *f, const char *mechanism, struct span answer,
                                 struct buf *challenge)
{
    enum exchange_status status = EXCHANGE_FAULT;

    if (mechanism)
        f->exchange = exchange_begin(f->settings, mechanism, SPAN_NULL);
    if (f->exchange)
        status = exchange_step(f->exchange, answer, challenge);
    if (status == EXCHANGE_YES)
        f->account = *exchange_account(f->exchange);
    if (status == EXCHANGE_NO)
        note_failure(f);
    return status;
}

static void cancel(struct front *f)
{
    exchange_free(f->exchange);
    f->exchange = NULL;
}

const struct front_ops front_local = {step, cancel};
