/* Another configuration, while the server runs. */
#include "serve/listen.h"
#include "serve/supervise-private.h"

static struct serve_settings *read_next(struct supervisor *s)
{
    struct serve_settings *next;
    struct err err = {0};

    if (!s->source->read)
        return s->settings;
    next = s->source->read(s->source->ctx);
    if (!next) {
        count_up(s->counts, COUNT_RELOADS_FAILED);
        serve_log(s->settings, "the configuration has faults, and the old one is kept");
        return NULL;
    }
    serve_defaults(next);
    if (listen_open(next, s->settings, &err) == 0)
        return next;
    count_up(s->counts, COUNT_RELOADS_FAILED);
    serve_log(s->settings, "%s; the old configuration is kept", err.text);
    s->source->release(s->source->ctx, next);
    return NULL;
}

void reload_begin(struct supervisor *s)
{
    if (s->next) {
        s->reload_again = true;
        return;
    }
    serve_log(s->settings, "reloading");
    s->next = read_next(s);
    if (s->next && child_start(s, CHILD_GATE, true) < 0)
        reload_fail(s, "no process is to be had for a new gate");
}

static void end(struct supervisor *s)
{
    s->next = NULL;
    if (!s->reload_again)
        return;
    s->reload_again = false;
    reload_begin(s);
}

void reload_fail(struct supervisor *s, const char *why)
{
    count_up(s->counts, COUNT_RELOADS_FAILED);
    serve_log(s->settings, "%s, and the old configuration is kept", why);
    if (s->next && s->next != s->settings) {
        listen_close(s->next, s->settings);
        s->source->release(s->source->ctx, s->next);
    }
    end(s);
}

static void replace(struct supervisor *s)
{
    struct serve_settings *old = s->settings;
    struct err err = {0};

    s->settings = s->next;
    listen_close(old, s->settings);
    listen_take(s->settings);
    listen_tell(s->settings);
    s->source->take(s->source->ctx, s->settings);
    if (grant_make_limit(s, &err) < 0)
        serve_log(s->settings, "%s", err.text);
    if (old != s->first)
        s->source->release(s->source->ctx, old);
}

void reload_succeed(struct supervisor *s, struct child *gate)
{
    gate->fresh = false;
    if (s->next != s->settings)
        replace(s);
    child_make_old(s, CHILD_GATE, gate);
    child_make_old(s, CHILD_AUTH, NULL);
    child_make_old(s, CHILD_STATISTICS, NULL);
    child_start_missing(s);
    count_up(s->counts, COUNT_RELOADS);
    serve_log(s->settings, "reloaded");
    end(s);
}
