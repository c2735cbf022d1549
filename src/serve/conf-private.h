/* What reading a configuration needs while it is read; the grammar calls what is here. */
#ifndef MAILWEIR_SERVE_CONF_PRIVATE_H
#define MAILWEIR_SERVE_CONF_PRIVATE_H

#include "base/arena.h"
#include "serve/conf.h"

/* Text without quotes and escapes; NUL-terminated, and without NUL bytes in it. */
struct conf_word {
    struct conf_word *next;
    const char *text;
    struct conf_place place;
};

struct conf_words {
    struct conf_word *first, *last;
};

/* What may be said once: where it was said. */
enum conf_once {
    ONCE_HOSTNAME,
    ONCE_LOG,
    ONCE_STATISTICS,
    ONCE_USER,
    ONCE_AUTH_USER,
    ONCE_AUTHENTICATION,
    ONCE_GSSAPI,
    ONCE_SYSTEM,
    ONCE_COUNT
};

struct conf_private {
    struct arena *arena;
    struct span source;
    conf_tell *tell;
    void *ctx;
    unsigned faults;
    size_t offset; /* of the scanner */
    struct conf_place once[ONCE_COUNT];
    struct conf_place *limits; /* of each limit, where it was set */
    struct conf_place authentication_place;
};

/* ---- conf.c */

void conf_fault(struct conf *conf, struct conf_place at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool conf_has_enough_faults(const struct conf *conf);
unsigned conf_line(const struct conf *conf, struct conf_place at);
char *conf_strndup(struct conf *conf, const char *p, size_t n);
void *conf_alloc(struct conf *conf, size_t n);
/* false after a fault that says where it was said before. */
bool conf_once(struct conf *conf, enum conf_once which, struct conf_place at, const char *what);

/* ---- what the words mean (conf-value.c); false, or NULL, after a fault */

struct conf_unit {
    const char *letters;
    long each[4];
};
extern const struct conf_unit conf_count, conf_time, conf_size, conf_days;

bool conf_number(struct conf *conf, const struct conf_word *word, const struct conf_unit *unit, long least,
                 long most, long *to);
const char *conf_host_name(struct conf *conf, const struct conf_word *word);
const char *conf_path(struct conf *conf, const struct conf_word *word);

/* ---- statements (conf-build.c, conf-listen.c) */

struct conf_option {
    struct conf_option *next;
    enum { OPTION_TLS, OPTION_STARTTLS, OPTION_PROXY, OPTION_MODE } kind;
    const struct conf_word *value;
    struct conf_place place;
};

/* port NULL: a path. */
struct conf_where {
    const struct conf_word *address, *port;
};

void conf_set_hostname(struct conf *conf, const struct conf_word *name, struct conf_place at);
void conf_add_domains(struct conf *conf, const struct conf_word *names);
void conf_add_accounts(struct conf *conf, enum conf_source source, const struct conf_word *path,
                       struct conf_place at);
void conf_add_certificate(struct conf *conf, const struct conf_word *certificate,
                          const struct conf_word *key);
void conf_add_listen(struct conf *conf, const struct conf_word *protocol, struct conf_where where,
                     struct conf_option *options, struct conf_place at);
void conf_set_statistics(struct conf *conf, struct conf_where where, struct conf_place at);
void conf_add_proxies(struct conf *conf, const struct conf_word *networks);
void conf_set_user(struct conf *conf, const struct conf_word *name, bool of_auth, struct conf_place at);
void conf_set_log(struct conf *conf, const struct conf_word *kind, const struct conf_word *facility,
                  struct conf_place at);
void conf_set_authentication(struct conf *conf, const struct conf_word *names, struct conf_place at);
void conf_set_gssapi(struct conf *conf, const struct conf_word *realm, const struct conf_word *keytab,
                     const struct conf_word *service, struct conf_place at);
void conf_set_limit(struct conf *conf, const struct conf_word *name, const struct conf_word *value);
void conf_later(struct conf *conf, const char *what, struct conf_place at);
void conf_set_defaults(struct conf *conf);

/* What fits together, without a look at files. */
void conf_check_whole(struct conf *conf);
/* What it names in the world (conf-check.c). */
void conf_check_world(struct conf *conf);

/* ---- in grammar/conf-scan.l */

void conf_yyparse_source(struct conf *conf);

#endif
