/* mailweird: the server.  What it is told on the command line; the work is in src/serve. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/certificate.h"
#include "serve/conf.h"
#include "serve/listen.h"
#include "tools/mailweird-passwd.h"
#include "tools/mailweird-serve.h"

#define CONF_USUAL SYSCONFDIR "/mailweir/mailweird.conf"
#define CERTIFICATE_USUAL SYSCONFDIR "/mailweir/cert.pem"
#define KEY_USUAL SYSCONFDIR "/mailweir/key.pem"

/* Longer ones are refused by some clients (Apple's: 825 days). */
enum { DAYS_USUAL = 825, DAYS_MAX = 36500, DAYS_WARNED = 21 };

static const char help[] =
    "usage: mailweird [-n] [-f file] [--daemon | --stdio protocol]\n"
    "       mailweird cert [-f file] [--certificate file --key file] [--days days]\n"
    "                 [--replace] [name ...]\n"
    "       mailweird passwd [-f file] [--scheme scheme] [--home path] [--mail mail]\n"
    "                 [--uid uid] [--gid gid] user\n"
    "       mailweird --help | --version\n"
    "\n"
    "Serves mail as its configuration says (mailweird.conf(5)).\n"
    "\n"
    "  -f, --file file     the configuration, not the system's\n"
    "  -n, --check         say what is wrong with it, and end\n"
    "  --daemon            go to the background\n"
    "  --stdio protocol    speak with standard input and output, as under inetd\n"
    "  --certificate file  where 'cert' puts the certificate\n"
    "  --key file          where 'cert' puts the key\n"
    "  --days days         how long the certificate is good (825)\n"
    "  --replace           'cert' may replace what is there\n"
    "  --scheme scheme     how 'passwd' keeps it: crypt, SCRAM-SHA-256 or -1, PLAIN\n"
    "  --home path         of a new user of 'passwd', unless the system knows\n"
    "  --mail mail         where the mail of a new user is\n"
    "  --uid uid           of a new user\n"
    "  --gid gid           of a new user\n"
    "  --help              print this text\n"
    "  --version           print the version\n"
    "\n"
    "cert makes a certificate that signs itself; passwd an entry of an accounts file.\n"
    "See mailweird(8) and mailweird.conf(5).\n";

enum {
    OPTION_HELP = 256,
    OPTION_VERSION,
    OPTION_DAEMON,
    OPTION_STDIO,
    OPTION_CERTIFICATE,
    OPTION_KEY,
    OPTION_DAYS,
    OPTION_REPLACE,
    OPTION_SCHEME,
    OPTION_HOME,
    OPTION_MAIL,
    OPTION_UID,
    OPTION_GID
};

static const struct option options[] = {
    {"file", required_argument, NULL, 'f'},
    {"check", no_argument, NULL, 'n'},
    {"daemon", no_argument, NULL, OPTION_DAEMON},
    {"stdio", required_argument, NULL, OPTION_STDIO},
    {"certificate", required_argument, NULL, OPTION_CERTIFICATE},
    {"key", required_argument, NULL, OPTION_KEY},
    {"days", required_argument, NULL, OPTION_DAYS},
    {"replace", no_argument, NULL, OPTION_REPLACE},
    {"scheme", required_argument, NULL, OPTION_SCHEME},
    {"home", required_argument, NULL, OPTION_HOME},
    {"mail", required_argument, NULL, OPTION_MAIL},
    {"uid", required_argument, NULL, OPTION_UID},
    {"gid", required_argument, NULL, OPTION_GID},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

struct request {
    const char *file;
    bool check, daemon;
    const char *stdio, *scheme;
    struct account_fields fields; /* of a new user */
    const char *certificate, *key;
    unsigned days;
    bool replace;
    bool of_cert, of_passwd, of_server; /* options of one kind were given */
    char **names;
    size_t n;
};

static int complain(const char *what, const char *which)
{
    fprintf(stderr, "mailweird: %s '%s'; see mailweird --help\n", what, which);
    return EX_USAGE;
}

/* ---- options */

static int set_days(struct request *request, const char *text)
{
    char *end;
    long days = strtol(text, &end, 10);

    if (end == text || *end || days < 1 || days > DAYS_MAX)
        return complain("not a number of days:", text);
    request->days = (unsigned)days;
    return 0;
}

static int set_cert_option(struct request *request, int option)
{
    request->of_cert = true;
    if (option == OPTION_DAYS)
        return set_days(request, optarg);
    if (option == OPTION_CERTIFICATE)
        request->certificate = optarg;
    else if (option == OPTION_KEY)
        request->key = optarg;
    else
        request->replace = true;
    return 0;
}

static int set_passwd_option(struct request *request, int option)
{
    request->of_passwd = true;
    if (option == OPTION_SCHEME)
        request->scheme = optarg;
    else if (option == OPTION_HOME)
        request->fields.home = optarg;
    else if (option == OPTION_MAIL)
        request->fields.mail = optarg;
    else if (option == OPTION_UID)
        request->fields.uid = optarg;
    else
        request->fields.gid = optarg;
    return 0;
}

static int set_option(struct request *request, int option)
{
    switch (option) {
    case 'f':
        request->file = optarg;
        return 0;
    case 'n':
        request->of_server = request->check = true;
        return 0;
    case OPTION_DAEMON:
        request->of_server = request->daemon = true;
        return 0;
    case OPTION_STDIO:
        request->of_server = true;
        request->stdio = optarg;
        return protocol_find(optarg) < 0 ? complain("there is no protocol", optarg) : 0;
    case OPTION_CERTIFICATE:
    case OPTION_KEY:
    case OPTION_DAYS:
    case OPTION_REPLACE:
        return set_cert_option(request, option);
    case OPTION_SCHEME:
    case OPTION_HOME:
    case OPTION_MAIL:
    case OPTION_UID:
    case OPTION_GID:
        return set_passwd_option(request, option);
    default: /* getopt has said what is wrong */
        fputs("see mailweird --help\n", stderr);
        return EX_USAGE;
    }
}

static int set_options(struct request *request, int argc, char **argv)
{
    int option, result;

    while ((option = getopt_long(argc, argv, "f:n", options, NULL)) >= 0) {
        if (option == OPTION_HELP || option == OPTION_VERSION) {
            fputs(option == OPTION_HELP ? help : "mailweird " PACKAGE_VERSION "\n", stdout);
            exit(fflush(stdout) ? EX_IOERR : EX_OK);
        }
        result = set_option(request, option);
        if (result)
            return result;
    }
    request->names = argv + optind;
    request->n = (size_t)(argc - optind);
    return 0;
}

/* ---- the configuration */

static void tell(void *ctx, const struct conf_fault *fault)
{
    struct buf text;

    (void)ctx;
    buf_init(&text, BUF_UNLIMITED);
    conf_print_fault(&text, fault);
    fputs(text.p, stderr);
    buf_free(&text);
}

/* No faults: a server with an old certificate is better than none. */
static void warn_of_expiry(const struct conf *conf)
{
    struct err err;
    int days;

    for (const struct conf_certificate *c = conf->certificates; c; c = c->next)
        if (!certificate_days_left(c->certificate, &days, &err) && days < DAYS_WARNED)
            fprintf(stderr,
                    days < 0 ? "mailweird: \"%s\" has expired\n" : "mailweird: \"%s\" expires in %d days\n",
                    c->certificate, days);
}

/* PAM's usual module reads shadow(5) as the user of auth, who has one group: his first. */
static void warn_of_shadow(const struct conf *conf)
{
    const char *name = "/etc/shadow";
    struct stat st;
    bool system = false;

    for (const struct conf_accounts *a = conf->accounts; a; a = a->next)
        system |= a->source == CONF_ACCOUNTS_SYSTEM;
    if (!system || geteuid() || stat(name, &st) || st.st_mode & S_IROTH || conf->auth.uid == st.st_uid ||
        (conf->auth.gid == st.st_gid && st.st_mode & S_IRGRP))
        return;
    fprintf(
        stderr,
        "mailweird: 'accounts system': user '%s' cannot read '%s', and PAM may take no password for right; "
        "usermod -g shadow %s helps\n",
        conf->auth.name, name, conf->auth.name);
}

static int stdio(const struct conf *conf, const char *name)
{
    enum protocol protocol = (enum protocol)protocol_find(name);

    if (protocol == PROTOCOL_POP3)
        return mailweird_stdio(conf);
    fprintf(stderr, "mailweird: %s is not served by this version\n", name);
    return EX_USAGE;
}

static int serve(const struct request *request)
{
    struct conf *conf;
    int result = EX_OK;

    if (request->of_cert || request->of_passwd)
        return complain("options of a command, without", request->of_cert ? "cert" : "passwd");
    if (request->n)
        return complain("there is no command", request->names[0]);
    if (request->daemon && request->stdio)
        return complain("--daemon has no use for", "--stdio");
    listen_close_others();
    conf = conf_read(request->file, tell, NULL);
    if (!conf)
        return EX_CONFIG;
    if (!request->stdio)
        warn_of_shadow(conf);
    if (request->check)
        warn_of_expiry(conf);
    else
        result = request->stdio ? stdio(conf, request->stdio) : mailweird_serve(conf, request->daemon);
    conf_free(conf);
    return result;
}

/* ---- cert */

static void add_name(struct certificate_order *order, const char **names, const char *name)
{
    for (size_t i = 0; i < order->n; i++)
        if (!strcmp(names[i], name))
            return;
    names[order->n++] = name;
}

/* Names of the command line, or those of the configuration. */
static const char **names_of(const struct request *request, const struct conf *conf,
                             struct certificate_order *order)
{
    const char **names = mem_alloc_array(request->n + CONF_LIST_MAX + 1, sizeof *names);

    for (size_t i = 0; i < request->n; i++)
        add_name(order, names, request->names[i]);
    if (!request->n && conf) {
        add_name(order, names, conf->hostname);
        for (const struct conf_name *domain = conf->domains; domain; domain = domain->next)
            add_name(order, names, domain->name);
    }
    order->names = names;
    return names;
}

static void set_places(const struct request *request, const struct conf *conf,
                       struct certificate_order *order)
{
    const struct conf_certificate *first = conf ? conf->certificates : NULL;

    order->certificate = request->certificate ? request->certificate
                         : first              ? first->certificate
                                              : CERTIFICATE_USUAL;
    order->key = request->key ? request->key : first ? first->key : KEY_USUAL;
}

static int make(const struct request *request, const struct conf *conf)
{
    struct certificate_order order = {.days = request->days, .replace = request->replace};
    const char **names = names_of(request, conf, &order);
    struct err err;
    int result;

    set_places(request, conf, &order);
    result = certificate_make(&order, &err) ? err_sysexit(err.class) : EX_OK;
    if (result)
        fprintf(stderr, "mailweird: %s%s\n", err.text, err.errnum == EEXIST ? " (see --replace)" : "");
    else {
        printf("certificate  %s\nkey          %s\nnames       ", order.certificate, order.key);
        for (size_t i = 0; i < order.n; i++)
            printf(" %s", order.names[i]);
        printf("\ndays         %u\n", order.days);
    }
    free(names);
    return result;
}

/* With names and places on the command line no configuration is asked. */
static int cert(const struct request *request)
{
    struct conf *conf = NULL;
    int result;

    if (request->of_server || request->of_passwd)
        return complain("options that have no use for", "cert");
    if (!request->certificate != !request->key)
        return complain("a certificate and a key need both options:", "--certificate --key");
    for (size_t i = 0; i < request->n; i++)
        if (!host_name_ok(request->names[i]))
            return complain("not the name of a host:", request->names[i]);
    if (!request->n || !request->certificate) {
        conf = conf_read_only(request->file, tell, NULL);
        if (!conf)
            return EX_CONFIG;
    }
    result = make(request, conf);
    conf_free(conf);
    return result;
}

/* ---- passwd */

/* The file that the configuration names first. */
static const char *users_file(const struct conf *conf)
{
    for (const struct conf_accounts *accounts = conf->accounts; accounts; accounts = accounts->next)
        if (accounts->source == CONF_ACCOUNTS_FILE)
            return accounts->path;
    return NULL;
}

static int passwd(const struct request *request)
{
    struct conf *conf;
    const char *file;
    int result;

    if (request->of_server || request->of_cert)
        return complain("options that have no use for", "passwd");
    if (request->n != 1)
        return complain("one user has to be named, with", "passwd");
    conf = conf_read_only(request->file, tell, NULL);
    if (!conf)
        return EX_CONFIG;
    file = users_file(conf);
    result = file ? mailweird_passwd(file, request->names[0], request->scheme, &request->fields)
                  : complain("no 'accounts file' in", request->file);
    conf_free(conf);
    return result;
}

static const struct command {
    const char *name;
    int (*run)(const struct request *request);
} commands[] = {
    {"cert", cert},
    {"passwd", passwd},
};

int main(int argc, char **argv)
{
    struct request request = {.file = CONF_USUAL, .days = DAYS_USUAL};
    int (*run)(const struct request *) = serve;
    int result;

    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(argv[1], commands[i].name))
            run = commands[i].run;
    if (run != serve) {
        argv[1] = argv[0];
        argc--;
        argv++;
    }
    result = set_options(&request, argc, argv);
    if (!result)
        result = run(&request);
    if (fflush(stdout) || ferror(stdout)) {
        fprintf(stderr, "mailweird: cannot write: %s\n", strerror(errno));
        result = EX_IOERR;
    }
    return result;
}
