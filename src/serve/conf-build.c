/* Statements but for those that listen. */
#include <stddef.h>
#include <strings.h>
#include <syslog.h>
#include <unistd.h>

#include "serve/conf-private.h"
#include "serve/limit.h"

static const struct limit {
    const char *name;
    const struct conf_unit *unit;
    long least, most, usual;
    size_t at;
} limits[] = {
#define LIMIT(name, field, unit, least, most, usual)                         \
    {                                                                        \
        name, &unit, least, most, usual, offsetof(struct conf_limits, field) \
    }
    LIMIT("sessions", sessions, conf_count, 1, 100000, 1000),
    LIMIT("per-address", per_address, conf_count, 1, 100000, 20),
    LIMIT("login-time", login_time, conf_time, 1, 3600, 60),
    LIMIT("idle-time", idle_time, conf_time, 1, 86400, 600),
    LIMIT("login-memory", login_memory, conf_size, 16L << 20, 1L << 30, 64L << 20),
    LIMIT("auth-processes", auth_processes, conf_count, 1, 256, 0),
    LIMIT("failure-delay", failure_delay, conf_time, 0, LIMIT_DELAY_MAX / 1000, 1),
    LIMIT("login-delay", login_delay, conf_time, 0, 86400, 0),
    LIMIT("expire", expire, conf_days, 0, 36500, -1),
};
enum { LIMITS = sizeof limits / sizeof *limits };

static const struct mechanism {
    const char *name;
    unsigned bit;
    bool needs_password; /* the password itself, or what is made of it, in the accounts file */
} mechanisms[] = {
    {"plain", CONF_PLAIN, false},
    {"login", CONF_LOGIN, false},
    {"cram-md5", CONF_CRAM_MD5, true},
    {"scram-sha-1", CONF_SCRAM_SHA_1, true},
    {"scram-sha-256", CONF_SCRAM_SHA_256, true},
    {"gssapi", CONF_GSSAPI, false},
    {"apop", CONF_APOP, true},
    {"rpop", CONF_RPOP, true},
};
enum { MECHANISMS = sizeof mechanisms / sizeof *mechanisms };

static const struct facility {
    const char *name;
    int facility;
} facilities[] = {
    {"mail", LOG_MAIL},     {"daemon", LOG_DAEMON}, {"auth", LOG_AUTH},     {"local0", LOG_LOCAL0},
    {"local1", LOG_LOCAL1}, {"local2", LOG_LOCAL2}, {"local3", LOG_LOCAL3}, {"local4", LOG_LOCAL4},
    {"local5", LOG_LOCAL5}, {"local6", LOG_LOCAL6}, {"local7", LOG_LOCAL7},
};

static long *limit_at(struct conf *conf, const struct limit *limit)
{
    return (long *)(void *)((char *)&conf->limits + limit->at);
}

/* Of a machine whose name is no name, "localhost" is one. */
static const char *own_name(struct conf *conf)
{
    char name[256] = "";

    if (gethostname(name, sizeof name - 1) || !name[0])
        return "localhost";
    return conf_strndup(conf, name, strlen(name));
}

void conf_set_defaults(struct conf *conf)
{
    for (size_t i = 0; i < LIMITS; i++)
        *limit_at(conf, &limits[i]) = limits[i].usual;
    conf->own->limits = conf_alloc(conf, LIMITS * sizeof *conf->own->limits);
    conf->hostname = own_name(conf);
    conf->user.name = "mailweir";
    conf->auth.name = "mailweir-auth";
    conf->facility = LOG_MAIL;
    conf->authentication = CONF_PLAIN | CONF_LOGIN;
}

void conf_later(struct conf *conf, const char *what, struct conf_place at)
{
    conf_fault(conf, at, "%s is not served by this version", what);
}

void conf_set_hostname(struct conf *conf, const struct conf_word *name, struct conf_place at)
{
    const char *text = conf_host_name(conf, name);

    if (conf_once(conf, ONCE_HOSTNAME, at, "the host's name") && text)
        conf->hostname = text;
}

/* Lists keep the order of the file. */
#define APPEND(list, item)             \
    do {                               \
        while (*(list))                \
            (list) = &(*(list))->next; \
        *(list) = (item);              \
    } while (0)

static struct conf_name *name_find(struct conf_name *list, const char *name, size_t *count)
{
    for (*count = 0; list; list = list->next, ++*count)
        if (!strcasecmp(list->name, name))
            return list;
    return NULL;
}

static void add_domain(struct conf *conf, const struct conf_word *word)
{
    struct conf_name *domain = conf_alloc(conf, sizeof *domain), **list = &conf->domains;
    size_t count;

    domain->name = conf_host_name(conf, word);
    if (!domain->name)
        return;
    if (name_find(conf->domains, domain->name, &count))
        conf_fault(conf, word->place, "the domain '%.60s' is named twice", word->text);
    else if (count == CONF_LIST_MAX)
        conf_fault(conf, word->place, "more than %d domains", CONF_LIST_MAX);
    else
        APPEND(list, domain);
}

void conf_add_domains(struct conf *conf, const struct conf_word *names)
{
    for (; names && !conf_has_enough_faults(conf); names = names->next)
        add_domain(conf, names);
}

void conf_add_accounts(struct conf *conf, enum conf_source source, const struct conf_word *path,
                       struct conf_place at)
{
    struct conf_accounts *accounts = conf_alloc(conf, sizeof *accounts), **list = &conf->accounts;
    size_t count = 0;

    accounts->source = source;
    accounts->place = path ? path->place : at;
    accounts->path = path ? conf_path(conf, path) : NULL;
    if (path && !accounts->path)
        return;
    for (const struct conf_accounts *a = conf->accounts; a; a = a->next, count++)
        if (a->source == source && (!path || !strcmp(a->path, accounts->path))) {
            conf_fault(conf, at, "these accounts are named in line %u already", conf_line(conf, a->place));
            return;
        }
    if (count == CONF_LIST_MAX)
        conf_fault(conf, at, "more than %d sources of accounts", CONF_LIST_MAX);
    else
        APPEND(list, accounts);
}

void conf_add_certificate(struct conf *conf, const struct conf_word *certificate, const struct conf_word *key)
{
    struct conf_certificate *c = conf_alloc(conf, sizeof *c), **list = &conf->certificates;

    c->certificate = conf_path(conf, certificate);
    c->key = conf_path(conf, key);
    c->certificate_place = certificate->place;
    c->key_place = key->place;
    if (!c->certificate || !c->key)
        return;
    for (const struct conf_certificate *o = conf->certificates; o; o = o->next)
        if (!strcmp(o->certificate, c->certificate)) {
            conf_fault(conf, certificate->place, "this certificate is named in line %u already",
                       conf_line(conf, o->certificate_place));
            return;
        }
    if (conf->certificate_count == CONF_LIST_MAX) {
        conf_fault(conf, certificate->place, "more than %d certificates", CONF_LIST_MAX);
        return;
    }
    conf->certificate_count++;
    APPEND(list, c);
}

void conf_add_proxies(struct conf *conf, const struct conf_word *networks)
{
    for (; networks && !conf_has_enough_faults(conf); networks = networks->next) {
        struct conf_network *n = conf_alloc(conf, sizeof *n), **list = &conf->proxies;
        const char *wrong = network_parse(&n->network, networks->text);
        size_t count = 0;

        for (const struct conf_network *o = conf->proxies; o; o = o->next)
            count++;
        if (wrong)
            conf_fault(conf, networks->place, "'%.60s' is no network, such as 192.0.2.0/24 or ::1: %s",
                       networks->text, wrong);
        else if (count == CONF_LIST_MAX)
            conf_fault(conf, networks->place, "more than %d networks", CONF_LIST_MAX);
        else
            APPEND(list, n);
    }
}

void conf_set_user(struct conf *conf, const struct conf_word *name, bool of_auth, struct conf_place at)
{
    struct conf_user *user = of_auth ? &conf->auth : &conf->user;

    if (!conf_once(conf, of_auth ? ONCE_AUTH_USER : ONCE_USER, at, "this user"))
        return;
    user->name = name->text;
    user->place = name->place;
}

static void set_facility(struct conf *conf, const struct conf_word *word)
{
    for (size_t i = 0; i < sizeof facilities / sizeof *facilities; i++)
        if (!strcmp(facilities[i].name, word->text)) {
            conf->facility = facilities[i].facility;
            return;
        }
    conf_fault(conf, word->place, "'%.60s' is no facility: mail, daemon, auth, local0 to local7", word->text);
}

void conf_set_log(struct conf *conf, const struct conf_word *kind, const struct conf_word *facility,
                  struct conf_place at)
{
    if (!conf_once(conf, ONCE_LOG, at, "the log"))
        return;
    if (!strcmp(kind->text, "syslog"))
        conf->log = CONF_LOG_SYSLOG;
    else if (!strcmp(kind->text, "stderr"))
        conf->log = CONF_LOG_STDERR;
    else
        conf_fault(conf, kind->place, "'%.60s' is no log: syslog or stderr", kind->text);
    if (facility && conf->log == CONF_LOG_SYSLOG)
        set_facility(conf, facility);
    else if (facility)
        conf_fault(conf, facility->place, "only syslog has a facility");
}

static void add_mechanism(struct conf *conf, const struct conf_word *word)
{
    for (size_t i = 0; i < MECHANISMS; i++) {
        if (strcasecmp(mechanisms[i].name, word->text))
            continue;
        if (conf->authentication & mechanisms[i].bit)
            conf_fault(conf, word->place, "'%s' is named twice", mechanisms[i].name);
        conf->authentication |= mechanisms[i].bit;
        return;
    }
    conf_fault(conf, word->place,
               "'%.60s' is unknown; there are plain, login, cram-md5, scram-sha-1, scram-sha-256, gssapi, "
               "apop and rpop",
               word->text);
}

void conf_set_authentication(struct conf *conf, const struct conf_word *names, struct conf_place at)
{
    if (!conf_once(conf, ONCE_AUTHENTICATION, at, "the authentication"))
        return;
    conf->own->authentication_place = at;
    conf->authentication = 0;
    for (; names && !conf_has_enough_faults(conf); names = names->next)
        add_mechanism(conf, names);
}

/* Kerberos quotes some bytes in names; ours are to be the same however they are written. */
static bool is_plain_name(struct conf *conf, const struct conf_word *word, const char *what)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

    if (*word->text && !word->text[strspn(word->text, plain)])
        return true;
    conf_fault(conf, word->place, "'%.60s' is no %s: letters, digits, dots and hyphens", word->text, what);
    return false;
}

void conf_set_gssapi(struct conf *conf, const struct conf_word *realm, const struct conf_word *keytab,
                     const struct conf_word *service, struct conf_place at)
{
    struct conf_gssapi *gssapi = &conf->gssapi;
    bool realm_ok = is_plain_name(conf, realm, "realm");
    bool service_ok = !service || is_plain_name(conf, service, "service");

    gssapi->keytab = conf_path(conf, keytab);
    if (!conf_once(conf, ONCE_GSSAPI, at, "GSSAPI") || !realm_ok || !service_ok || !gssapi->keytab)
        return;
    gssapi->realm = realm->text;
    gssapi->service = service ? service->text : "pop";
    gssapi->place = at;
    gssapi->keytab_place = keytab->place;
}

void conf_set_limit(struct conf *conf, const struct conf_word *name, const struct conf_word *value)
{
    for (size_t i = 0; i < LIMITS; i++) {
        struct conf_place *before = &conf->own->limits[i];

        if (strcmp(limits[i].name, name->text))
            continue;
        if (before->length)
            conf_fault(conf, name->place, "'%s' is set in line %u already", name->text,
                       conf_line(conf, *before));
        *before = name->place;
        conf_number(conf, value, limits[i].unit, limits[i].least, limits[i].most, limit_at(conf, &limits[i]));
        return;
    }
    conf_fault(conf, name->place,
               "there is no limit '%.60s'; there are sessions, per-address, login-time, idle-time, "
               "login-memory, auth-processes, failure-delay, login-delay and expire",
               name->text);
}

/* ---- the whole */

static bool has_source(const struct conf *conf, enum conf_source source)
{
    for (const struct conf_accounts *a = conf->accounts; a; a = a->next)
        if (a->source == source)
            return true;
    return false;
}

static void check_gssapi(struct conf *conf)
{
    bool named = conf->authentication & CONF_GSSAPI;

    if (named && !conf->own->once[ONCE_GSSAPI].length)
        conf_fault(conf, conf->own->authentication_place,
                   "gssapi needs to know whom it believes: gssapi realm REALM keytab FILE");
    if (!named && conf->own->once[ONCE_GSSAPI].length)
        conf_fault(conf, conf->own->once[ONCE_GSSAPI],
                   "nobody can use it: 'authentication' does not name gssapi");
    if (named && !has_source(conf, CONF_ACCOUNTS_FILE) && !has_source(conf, CONF_ACCOUNTS_SYSTEM))
        conf_fault(conf, conf->own->authentication_place,
                   "gssapi needs accounts that can be looked up: 'accounts file' or 'accounts system'");
}

static void check_mechanisms(struct conf *conf)
{
    for (size_t i = 0; i < MECHANISMS; i++)
        if (mechanisms[i].needs_password && conf->authentication & mechanisms[i].bit &&
            !has_source(conf, CONF_ACCOUNTS_FILE))
            conf_fault(conf, conf->own->authentication_place,
                       "%s needs secrets that only 'accounts file' can have", mechanisms[i].name);
}

static void check_listeners(struct conf *conf)
{
    for (const struct conf_listen *l = conf->listen; l; l = l->next) {
        if (l->any && l->next && l->next->any && l->next->place.offset == l->place.offset)
            continue; /* the other half of a `*` says the same */
        if (l->tls != CONF_CLEAR && !conf->certificates)
            conf_fault(conf, l->place,
                       "TLS needs 'tls certificate FILE key FILE'; 'mailweird cert' makes both");
        if (l->proxy && l->at.ss_family != AF_UNIX && !conf->proxies)
            conf_fault(conf, l->place, "PROXY headers are believed only from networks named by 'proxy from'");
    }
}

void conf_check_whole(struct conf *conf)
{
    static const struct conf_place nowhere = {0, 0};

    if (!conf->listen)
        conf_fault(conf, nowhere, "there is nothing to listen on, such as: listen pop3 on * port 995 tls");
    if (!conf->accounts)
        conf_fault(conf, nowhere, "there are no accounts, such as: accounts system");
    check_mechanisms(conf);
    check_gssapi(conf);
    check_listeners(conf);
}
