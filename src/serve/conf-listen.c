/* Statements that listen: addresses, ports, Unix sockets. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/un.h>

#include "serve/conf-private.h"

static const struct protocol_row {
    const char *name;
    bool served;
} protocols[] = {
    [PROTOCOL_SMTP] = {"smtp", false}, [PROTOCOL_SUBMISSION] = {"submission", false},
    [PROTOCOL_LMTP] = {"lmtp", false}, [PROTOCOL_POP3] = {"pop3", true},
    [PROTOCOL_IMAP] = {"imap", false},
};

const char *protocol_name(enum protocol protocol)
{
    return protocols[protocol].name;
}

int protocol_find(const char *name)
{
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++)
        if (!strcmp(protocols[i].name, name))
            return (int)i;
    return -1;
}

static bool set_protocol(struct conf *conf, struct conf_listen *listen, const struct conf_word *word)
{
    int protocol = protocol_find(word->text);

    if (protocol < 0)
        conf_fault(conf, word->place, "there is no protocol '%.60s'; this version serves pop3", word->text);
    else if (!protocols[protocol].served)
        conf_fault(conf, word->place, "%s is not served by this version", word->text);
    else {
        listen->protocol = (enum protocol)protocol;
        return true;
    }
    return false;
}

/* ---- addresses */

static bool set_path(struct conf *conf, struct conf_listen *listen, const struct conf_word *word)
{
    struct sockaddr_un *un = (struct sockaddr_un *)(void *)&listen->at;
    size_t n = strlen(word->text);

    if (word->text[0] != '/') {
        conf_fault(conf, word->place, "'%.60s' is no path that begins with '/', and an address needs a port",
                   word->text);
        return false;
    }
    if (n >= sizeof un->sun_path) {
        conf_fault(conf, word->place, "the path of a socket has at most %zu bytes, this one %zu",
                   sizeof un->sun_path - 1, n);
        return false;
    }
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, word->text, n + 1);
    listen->n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + 1);
    listen->mode = 0600;
    return true;
}

static void set_v4(struct conf_listen *listen, struct in_addr address, unsigned port)
{
    struct sockaddr_in *in = (struct sockaddr_in *)(void *)&listen->at;

    in->sin_family = AF_INET;
    in->sin_addr = address;
    in->sin_port = htons((uint16_t)port);
    listen->n = sizeof *in;
}

static void set_v6(struct conf_listen *listen, struct in6_addr address, unsigned port)
{
    struct sockaddr_in6 *in = (struct sockaddr_in6 *)(void *)&listen->at;

    in->sin6_family = AF_INET6;
    in->sin6_addr = address;
    in->sin6_port = htons((uint16_t)port);
    listen->n = sizeof *in;
}

static bool set_address(struct conf *conf, struct conf_listen *listen, const struct conf_word *word,
                        unsigned port)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (inet_pton(AF_INET, word->text, &v4) == 1)
        set_v4(listen, v4, port);
    else if (inet_pton(AF_INET6, word->text, &v6) == 1)
        set_v6(listen, v6, port);
    else {
        conf_fault(conf, word->place, "'%.60s' is not an IP address, 'localhost' or '*'", word->text);
        return false;
    }
    return true;
}

/* ---- two on one address */

static bool same_port(const struct conf_listen *a, const struct conf_listen *b)
{
    const struct sockaddr_in *a4 = (const struct sockaddr_in *)(const void *)&a->at,
                             *b4 = (const struct sockaddr_in *)(const void *)&b->at;

    return a4->sin_port == b4->sin_port; /* the port is at one place in both families */
}

static bool is_any(const struct conf_listen *l)
{
    static const uint8_t zero[16];

    if (l->at.ss_family == AF_INET)
        return ((const struct sockaddr_in *)(const void *)&l->at)->sin_addr.s_addr == htonl(INADDR_ANY);
    return !memcmp(&((const struct sockaddr_in6 *)(const void *)&l->at)->sin6_addr, zero, sizeof zero);
}

static bool collide(const struct conf_listen *a, const struct conf_listen *b)
{
    struct address x = address_of((const struct sockaddr *)&a->at),
                   y = address_of((const struct sockaddr *)&b->at);

    if (a->at.ss_family != b->at.ss_family)
        return false;
    if (a->at.ss_family == AF_UNIX)
        return a->n == b->n && !memcmp(&a->at, &b->at, a->n);
    return same_port(a, b) && (is_any(a) || is_any(b) || (x.n == y.n && !memcmp(x.bytes, y.bytes, x.n)));
}

static bool is_free(struct conf *conf, const struct conf_listen *listen)
{
    size_t count = 0;

    if (conf->statistics && collide(conf->statistics, listen)) {
        conf_fault(conf, listen->place, "the statistics of line %u have this address",
                   conf_line(conf, conf->statistics->place));
        return false;
    }
    for (const struct conf_listen *l = conf->listen; l; l = l->next, count++)
        if (collide(l, listen)) {
            conf_fault(conf, listen->place, "line %u listens on this address already",
                       conf_line(conf, l->place));
            return false;
        }
    if (count >= CONF_LIST_MAX)
        conf_fault(conf, listen->place, "more than %d addresses", CONF_LIST_MAX);
    return count < CONF_LIST_MAX;
}

/* ---- the statements */

static bool set_mode(struct conf *conf, struct conf_listen *listen, const struct conf_word *word)
{
    long mode = strtol(word->text, NULL, 8);

    if (listen->at.ss_family != AF_UNIX || word->text[strspn(word->text, "01234567")] || mode <= 0 ||
        mode > 0777) {
        conf_fault(conf, word->place, "'mode' is for the path of a socket, and an octal number such as 0660");
        return false;
    }
    listen->mode = (mode_t)mode;
    return true;
}

static bool set_options(struct conf *conf, struct conf_listen *listen, const struct conf_option *options)
{
    static const char *const names[] = {"tls", "starttls", "proxy", "mode"};
    unsigned seen = 0, both = 1U << OPTION_TLS | 1U << OPTION_STARTTLS;
    bool good = true;

    for (const struct conf_option *o = options; o; o = o->next) {
        if (seen & 1U << o->kind) {
            conf_fault(conf, o->place, "'%s' is said twice", names[o->kind]);
            good = false;
        }
        seen |= 1U << o->kind;
        if (o->kind == OPTION_MODE)
            good = set_mode(conf, listen, o->value) && good;
    }
    if ((seen & both) == both) {
        conf_fault(conf, listen->place, "'tls' from the beginning, or 'starttls' when asked for: not both");
        good = false;
    }
    listen->proxy = seen & 1U << OPTION_PROXY;
    if (seen & both)
        listen->tls = seen & 1U << OPTION_TLS ? CONF_TLS : CONF_STARTTLS;
    return good;
}

static bool set_where(struct conf *conf, struct conf_listen *listen, const struct conf_word *address,
                      const struct conf_word *port)
{
    long number = 1;
    bool good;

    if (!port)
        return set_path(conf, listen, address);
    good = conf_number(conf, port, &conf_count, 1, 65535, &number);
    return set_address(conf, listen, address, (unsigned)number) && good;
}

static void add_listen(struct conf *conf, struct conf_listen listen, struct conf_where where,
                       const struct conf_option *options)
{
    struct conf_listen *copy, **end = &conf->listen;
    bool good = set_where(conf, &listen, where.address, where.port);

    if (!set_options(conf, &listen, options) || !good || !is_free(conf, &listen))
        return;
    while (*end)
        end = &(*end)->next;
    copy = conf_alloc(conf, sizeof *copy);
    *copy = listen;
    *end = copy;
}

static bool is_word(const struct conf_where *where, const char *text)
{
    return where->port && !strcmp(where->address->text, text);
}

/* One word for two addresses: the IPv6 one, then the IPv4 one, unless the first had faults. */
static void add_both(struct conf *conf, struct conf_listen listen, struct conf_where where,
                     const struct conf_option *options, const char *v6, const char *v4)
{
    struct conf_word six = {NULL, v6, where.address->place}, four = {NULL, v4, where.address->place};
    unsigned faults = conf->own->faults;

    add_listen(conf, listen, (struct conf_where){&six, where.port}, options);
    if (conf->own->faults == faults)
        add_listen(conf, listen, (struct conf_where){&four, where.port}, options);
}

/* The grammar puts the last one first. */
static struct conf_option *in_order(struct conf_option *options)
{
    struct conf_option *first = NULL, *next;

    for (; options; options = next) {
        next = options->next;
        options->next = first;
        first = options;
    }
    return first;
}

void conf_add_listen(struct conf *conf, const struct conf_word *protocol, struct conf_where where,
                     struct conf_option *options, struct conf_place at)
{
    struct conf_listen listen = {.place = at};
    bool any = is_word(&where, "*"), local = is_word(&where, "localhost");

    if (!set_protocol(conf, &listen, protocol))
        return;
    options = in_order(options);
    listen.any = any || local;
    if (any)
        add_both(conf, listen, where, options, "::", "0.0.0.0");
    else if (local)
        add_both(conf, listen, where, options, "::1", "127.0.0.1");
    else
        add_listen(conf, listen, where, options);
}

void conf_set_statistics(struct conf *conf, struct conf_where where, struct conf_place at)
{
    struct conf_listen *listen = conf_alloc(conf, sizeof *listen);
    struct conf_word local = {NULL, "127.0.0.1", where.address->place};

    listen->place = at;
    if (is_word(&where, "*")) {
        conf_fault(conf, where.address->place,
                   "statistics are given at one address, for instance 'localhost'");
        return;
    }
    if (is_word(&where, "localhost"))
        where.address = &local;
    if (conf_once(conf, ONCE_STATISTICS, at, "the place of statistics") &&
        set_where(conf, listen, where.address, where.port) && is_free(conf, listen))
        conf->statistics = listen;
}

void conf_print_address(struct buf *to, const struct sockaddr_storage *at)
{
    char text[INET6_ADDRSTRLEN] = "";
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)at;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)at;

    if (at->ss_family == AF_UNIX) {
        buf_add_text(to, ((const struct sockaddr_un *)(const void *)at)->sun_path);
        return;
    }
    if (at->ss_family == AF_INET)
        inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    else
        inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
    buf_printf(to, "%s port %u", text, ntohs(v4->sin_port));
}
