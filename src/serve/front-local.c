/* The login in this process: --stdio, and tests. */
#include "serve/front-private.h"

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
    return status;
}

static void cancel(struct front *f)
{
    exchange_free(f->exchange);
    f->exchange = NULL;
}

const struct front_ops front_local = {step, cancel};
