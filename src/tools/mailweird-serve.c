#include "tools/mailweird-serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <syslog.h>
#include <unistd.h>

#include "base/mem.h"
#include "pop3/pop3.h"
#include "serve/listen.h"
#include "serve/log.h"
#include "serve/supervise.h"
#include "tools/mailweird-accounts.h"
#include "tools/mailweird-state.h"

/* A directory with nothing in it, which nobody can write to. */
#define EMPTY_ROOT "/run/mailweird-empty"

enum { MECHANISMS_MAX = 9 };

struct server {
    struct serve_settings settings; /* the first, so that one is found by the other */
    struct conf *conf;              /* NULL: the caller's */
    bool background;
    struct account_list *accounts;
    const char *mechanisms[MECHANISMS_MAX + 1];
};

/* ---- settings */

static void set_mechanisms(struct server *server, unsigned authentication)
{
    static const struct {
        const char *name;
        enum conf_authentication bit;
    } all[] = {
        {"SCRAM-SHA-256-PLUS", CONF_SCRAM_SHA_256},
        {"SCRAM-SHA-1-PLUS", CONF_SCRAM_SHA_1},
        {"SCRAM-SHA-256", CONF_SCRAM_SHA_256},
        {"SCRAM-SHA-1", CONF_SCRAM_SHA_1},
        {"GSSAPI", CONF_GSSAPI},
        {"CRAM-MD5", CONF_CRAM_MD5},
        {"PLAIN", CONF_PLAIN},
        {"LOGIN", CONF_LOGIN},
    };
    size_t n = 0;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (authentication & all[i].bit)
            server->mechanisms[n++] = all[i].name;
    server->settings.mechanisms = server->mechanisms;
}

static void set_listeners(struct serve_settings *settings, const struct conf *conf)
{
    static const enum serve_tls kinds[] = {
        [CONF_CLEAR] = SERVE_CLEAR, [CONF_STARTTLS] = SERVE_STARTTLS, [CONF_TLS] = SERVE_TLS};
    size_t n = 0;

    for (const struct conf_listen *listen = conf->listen; listen; listen = listen->next)
        n++;
    settings->listeners = mem_alloc_array(n + 1, sizeof *settings->listeners);
    for (const struct conf_listen *listen = conf->listen; listen; listen = listen->next)
        settings->listeners[settings->listener_count++] = (struct serve_listener){.protocol = &pop3_protocol,
                                                                                  .tls = kinds[listen->tls],
                                                                                  .proxy = listen->proxy,
                                                                                  .at = listen->at,
                                                                                  .mode = listen->mode,
                                                                                  .optional = listen->any,
                                                                                  .n = listen->n,
                                                                                  .fd = -1};
}

static void set_statistics(struct serve_settings *settings, const struct conf *conf)
{
    settings->statistics = (struct serve_listener){.fd = -1};
    if (conf->statistics) {
        settings->statistics.at = conf->statistics->at;
        settings->statistics.n = conf->statistics->n;
        settings->statistics.mode = conf->statistics->mode;
    }
}

static void set_certificates(struct serve_settings *settings, const struct conf *conf)
{
    struct tls_certificate *all = mem_alloc_array(conf->certificate_count + 1, sizeof *all);

    for (const struct conf_certificate *c = conf->certificates; c; c = c->next)
        all[settings->certificate_count++] = (struct tls_certificate){c->certificate, c->key};
    settings->certificates = all;
}

static void set_proxies(struct serve_settings *settings, const struct conf *conf)
{
    struct network *all;
    size_t n = 0;

    for (const struct conf_network *network = conf->proxies; network; network = network->next)
        n++;
    all = mem_alloc_array(n + 1, sizeof *all);
    for (const struct conf_network *network = conf->proxies; network; network = network->next)
        all[settings->proxy_count++] = network->network;
    settings->proxies = all;
}

static void set_limits(struct serve_limits *limits, const struct conf_limits *from)
{
    limits->sessions = limits->fronts = (unsigned)from->sessions;
    limits->per_address = (unsigned)from->per_address;
    limits->auth_processes = (unsigned)from->auth_processes;
    limits->login_ms = from->login_time * 1000;
    limits->delay_ms = from->failure_delay ? from->failure_delay * 1000 : -1;
    limits->idle_ms = from->idle_time * 1000;
    limits->login_delay = from->login_delay;
    limits->expires = from->expire >= 0;
    limits->expire_days = limits->expires ? (unsigned)from->expire : 0;
    limits->login_memory = (size_t)from->login_memory;
}

static void write_line(const char *line)
{
    log_write(LOG_INFO, "%s", line);
}

/* Without a secret that stays the server is as good, but for those who compare it before and after a start.
 */
static void set_secret(struct account_list *accounts)
{
    unsigned char secret[STATE_SECRET];
    struct err err = {0};

    if (state_secret(secret, &err) < 0)
        log_write(LOG_WARNING, "%s; what unknown users are told changes with each start", err.text);
    else
        account_list_key(accounts, span_make((const char *)secret, sizeof secret));
    explicit_bzero(secret, sizeof secret);
}

static int server_make(struct server *server, const struct conf *conf, bool background, struct err *err)
{
    struct serve_settings *settings = &server->settings;

    *server = (struct server){.accounts = account_list_new(), .background = background};
    set_secret(server->accounts);
    for (const struct conf_accounts *accounts = conf->accounts; accounts; accounts = accounts->next)
        if (accounts_add(server->accounts, accounts, err) < 0)
            return -1;
    settings->accounts = accounts_of(server->accounts);
    set_mechanisms(server, conf->authentication);
    settings->apop = conf->authentication & CONF_APOP;
    settings->rpop = conf->authentication & CONF_RPOP;
    set_listeners(settings, conf);
    set_statistics(settings, conf);
    set_certificates(settings, conf);
    set_proxies(settings, conf);
    set_limits(&settings->limits, &conf->limits);
    settings->hostname = conf->hostname;
    settings->keytab = conf->gssapi.keytab;
    settings->gssapi = (struct sasl_gssapi){conf->gssapi.service, conf->hostname, conf->gssapi.realm};
    settings->uid = conf->user.uid;
    settings->gid = conf->user.gid;
    settings->auth_uid = conf->auth.uid;
    settings->auth_gid = conf->auth.gid;
    settings->log = write_line;
    settings->empty_root = geteuid() == 0 ? EMPTY_ROOT : NULL;
    return 0;
}

static void server_free(struct server *server)
{
    account_list_free(server->accounts);
    free(server->settings.listeners);
    free((void *)server->settings.certificates);
    free((void *)server->settings.proxies);
    conf_free(server->conf);
}

static int fail(const struct err *err)
{
    log_write(LOG_ERR, "%s", err->text);
    return err_sysexit(err->class);
}

static void open_log(const struct conf *conf, bool background)
{
    log_open(conf->log == CONF_LOG_SYSLOG || (conf->log == CONF_LOG_USUAL && background), conf->facility);
}

/* ---- another configuration, at SIGHUP */

struct origin {
    const char *file;
    bool background;
};

static void log_fault(void *ctx, const struct conf_fault *fault)
{
    (void)ctx;
    if (fault->line)
        log_write(LOG_ERR, "%s:%u:%u: %s", fault->file, fault->line, fault->column, fault->words);
    else
        log_write(LOG_ERR, "%s: %s", fault->file, fault->words);
}

static struct serve_settings *read_again(void *ctx)
{
    const struct origin *origin = ctx;
    struct conf *conf = conf_read(origin->file, log_fault, NULL);
    struct server *server;
    struct err err = {0};
    int made;

    if (!conf)
        return NULL;
    server = mem_alloc(sizeof *server);
    made = server_make(server, conf, origin->background, &err);
    server->conf = conf;
    if (made == 0)
        return &server->settings;
    fail(&err);
    server_free(server);
    free(server);
    return NULL;
}

static void take_settings(void *ctx, struct serve_settings *settings)
{
    const struct server *server = (const struct server *)(const void *)settings;

    (void)ctx;
    open_log(server->conf, server->background);
}

static void release_settings(void *ctx, struct serve_settings *settings)
{
    struct server *server = (struct server *)(void *)settings;

    (void)ctx;
    server_free(server);
    free(server);
}

/* ---- the whole */

/* In the background the directory is another. */
static char *whole_path(const char *file)
{
    char *path = realpath(file, NULL);

    return path ? path : mem_strdup(file);
}

static int run(struct server *server, const struct conf *conf, bool background, struct err *err)
{
    char *file = whole_path(conf->file);
    struct origin origin = {file, background};
    const struct serve_source source = {
        .read = read_again, .take = take_settings, .release = release_settings, .ctx = &origin};
    int result;

    listen_inherit(&server->settings);
    if (server->settings.empty_root && state_empty_directory(EMPTY_ROOT, err) < 0)
        result = -1;
    else if (listen_open(&server->settings, NULL, err) < 0)
        result = -1;
    else if (background && daemon(0, 0) < 0)
        result = err_set_errno(err, ERR_OSERR, "cannot go to the background");
    else
        result = supervise(&server->settings, &source, err);
    free(file);
    return result;
}

int mailweird_serve(const struct conf *conf, bool background)
{
    struct server server;
    struct err err = {0};
    int result;

    open_log(conf, background);
    result = server_make(&server, conf, background, &err);
    if (result == 0)
        result = run(&server, conf, background, &err);
    if (result < 0)
        result = fail(&err);
    server_free(&server);
    return result;
}

int mailweird_stdio(const struct conf *conf)
{
    struct server server;
    struct err err = {0};
    int result;

    open_log(conf, true);
    result = server_make(&server, conf, true, &err);
    server.settings.protocol = &pop3_protocol;
    if (result == 0)
        result = serve_stdio(&server.settings, &err);
    if (result < 0)
        result = fail(&err);
    server_free(&server);
    return result;
}
