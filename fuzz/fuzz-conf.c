/*
 * The server's configuration: of any bytes, either there are faults, each at a place that exists, or what it
 * says is within the bounds that others rely on.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "serve/conf.h"

struct seen {
    struct span source;
    unsigned count;
};

static void check_fault(void *ctx, const struct conf_fault *fault)
{
    struct seen *seen = ctx;
    struct buf shown;

    seen->count++;
    CHECK(memchr(fault->words, '\0', sizeof fault->words) && fault->words[0]);
    CHECK(!strchr(fault->words, '\n') && !strchr(fault->words, '\x1b'));
    CHECK(!fault->line == !fault->column);
    CHECK(fault->offset + fault->length <= seen->source.n + 1);
    if (fault->line) {
        unsigned line = 1;

        for (size_t i = 0; i < fault->offset; i++)
            line += seen->source.p[i] == '\n';
        CHECK(line == fault->line);
    }
    buf_init(&shown, 4096);
    conf_print_fault(&shown, fault);
    CHECK(shown.n && shown.p[shown.n - 1] == '\n');
    buf_free(&shown);
}

static void check_listen(const struct conf_listen *l)
{
    struct buf text;

    buf_init(&text, BUF_UNLIMITED);
    conf_print_address(&text, &l->at);
    CHECK(text.n > 0);
    CHECK(l->n > 0 && l->n <= sizeof l->at);
    buf_free(&text);
}

static void check_conf(const struct conf *conf)
{
    size_t certificates = 0, listeners = 0;

    for (const struct conf_listen *l = conf->listen; l; l = l->next, listeners++) {
        check_listen(l);
        CHECK(l->protocol == PROTOCOL_POP3);
        CHECK(l->tls == CONF_CLEAR || conf->certificates);
    }
    for (const struct conf_certificate *c = conf->certificates; c; c = c->next, certificates++)
        CHECK(c->certificate[0] == '/' && c->key[0] == '/');
    for (const struct conf_accounts *a = conf->accounts; a; a = a->next)
        CHECK((a->source == CONF_ACCOUNTS_SYSTEM) == !a->path);
    for (const struct conf_name *d = conf->domains; d; d = d->next)
        CHECK(host_name_ok(d->name));
    CHECK(listeners && listeners <= CONF_LIST_MAX && conf->accounts &&
          certificates == conf->certificate_count);
    CHECK(conf->hostname && conf->hostname[0] && conf->user.name && conf->auth.name && conf->authentication);
    CHECK(conf->limits.sessions >= 1 && conf->limits.sessions <= 100000 && conf->limits.per_address >= 1);
    CHECK(conf->limits.login_time >= 1 && conf->limits.idle_time >= 1 && conf->limits.failure_delay >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seen seen = {.source = {(const char *)data, size}};
    struct conf *conf = conf_parse("conf", seen.source, check_fault, &seen);

    CHECK(!conf == (seen.count > 0));
    CHECK(seen.count <= CONF_FAULTS_MAX + 1);
    if (conf)
        check_conf(conf);
    conf_free(conf);
    return 0;
}
