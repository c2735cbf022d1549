/*
 * mailweird.conf(5) as a structure.  It is read once and then only looked at; a reload reads another.
 *
 * Every fault of a file is told, not only the first, with its place; what is told to people on a terminal
 * also shows the line (conf_print_fault()).  What this version cannot serve is a fault, too.  A file of any
 * bytes is safe to read; it has CONF_FILE_MAX bytes at most, and of faults only CONF_FAULTS_MAX are told.
 */
#ifndef MAILWEIR_SERVE_CONF_H
#define MAILWEIR_SERVE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/span.h"
#include "serve/network.h"

enum { CONF_FILE_MAX = 1 << 20, CONF_FAULTS_MAX = 50, CONF_LIST_MAX = 1000 };

enum protocol { PROTOCOL_SMTP, PROTOCOL_SUBMISSION, PROTOCOL_LMTP, PROTOCOL_POP3, PROTOCOL_IMAP };
enum conf_tls { CONF_CLEAR, CONF_STARTTLS, CONF_TLS };

const char *protocol_name(enum protocol protocol);
/* -1: there is none of that name. */
int protocol_find(const char *name);

/* Labels of letters, digits and hyphens, with dots between them; none at the end. */
bool host_name_ok(const char *name);

/* Where bytes of the file are. */
struct conf_place {
    size_t offset, length;
};

struct conf_listen {
    struct conf_listen *next;
    enum protocol protocol;
    enum conf_tls tls;
    bool proxy; /* a PROXY header comes first; see conf.proxies */
    bool any;   /* one of two that a word stands for: one family may be missing here */
    struct sockaddr_storage at;
    socklen_t n;
    mode_t mode; /* of a Unix socket */
    struct conf_place place;
};

enum conf_source { CONF_ACCOUNTS_FILE, CONF_ACCOUNTS_SYSTEM, CONF_ACCOUNTS_PROGRAM };

/* To be asked in this order. */
struct conf_accounts {
    struct conf_accounts *next;
    enum conf_source source;
    const char *path; /* NULL for the system's */
    struct conf_place place;
};

/* As many as there are names for; the first is for clients that name no host. */
struct conf_certificate {
    struct conf_certificate *next;
    const char *certificate, *key;
    struct conf_place certificate_place, key_place;
};

/* uid and gid: those of the process, where it is not root's and so cannot become another. */
struct conf_user {
    const char *name;
    uid_t uid;
    gid_t gid;
    struct conf_place place; /* length 0: the name is the usual one */
};

/* Logins by Kerberos. */
struct conf_gssapi {
    const char *realm; /* NULL: none */
    const char *keytab, *service;
    struct conf_place place, keytab_place;
};

struct conf_name {
    struct conf_name *next;
    const char *name;
};

struct conf_network {
    struct conf_network *next;
    struct network network;
};

/* What clients may prove who they are by, beside USER and PASS; bits of conf.authentication. */
enum conf_authentication {
    CONF_PLAIN = 1,
    CONF_LOGIN = 2,
    CONF_CRAM_MD5 = 4,
    CONF_SCRAM_SHA_1 = 8,
    CONF_SCRAM_SHA_256 = 16,
    CONF_GSSAPI = 32,
    CONF_APOP = 64,
    CONF_RPOP = 128,
};

/* Times in seconds, sizes in bytes. */
struct conf_limits {
    long sessions, per_address;
    long login_time;     /* from the connection to the login */
    long idle_time;      /* in a session, without a command */
    long login_memory;   /* of a process before the login, more than it began with */
    long auth_processes; /* 0: one for each processor */
    long failure_delay;  /* of the first failure; later ones take longer */
    long login_delay;    /* between two POP3 logins of a user (RFC 2449 6.5); 0: none */
    long expire;         /* days that mail stays (RFC 2449 6.7), announced, not done; -1: for ever */
};

enum conf_log { CONF_LOG_USUAL, CONF_LOG_STDERR, CONF_LOG_SYSLOG }; /* usual: syslog with --daemon */

struct conf {
    const char *file;
    const char *hostname; /* of this machine, where the file does not say; never NULL */
    struct conf_name *domains;
    struct conf_accounts *accounts;
    struct conf_certificate *certificates;
    size_t certificate_count;
    struct conf_listen *listen;
    struct conf_listen *statistics; /* Prometheus' text; NULL: nowhere */
    struct conf_network *proxies;   /* whose PROXY headers are believed on IP addresses */
    struct conf_user user;          /* of the processes that talk with peers before the login */
    struct conf_user auth; /* of those that check passwords: another, for who has the same may trace */
    struct conf_gssapi gssapi;
    enum conf_log log;
    int facility; /* of syslog(3) */
    unsigned authentication;
    struct conf_limits limits;
    struct conf_private *own;
};

struct conf_fault {
    const char *file;
    struct span source;    /* the file's bytes; empty where they could not be read */
    size_t offset, length; /* in it */
    unsigned line, column; /* the same for people, from 1; 0, 0: the file as a whole */
    char words[400];       /* one line, harmless on a terminal */
};

typedef void conf_tell(void *ctx, const struct conf_fault *fault);

/* Reads the file, and looks at all that it names: keys, users.  NULL after telling every fault. */
struct conf *conf_read(const char *path, conf_tell *tell, void *ctx);

/* The first half: the statements alone, of the bytes given (which are copied); no file is looked at. */
struct conf *conf_parse(const char *file, struct span source, conf_tell *tell, void *ctx);

/* The first half of conf_read(): the file, but nothing that it names. */
struct conf *conf_read_only(const char *path, conf_tell *tell, void *ctx);

void conf_free(struct conf *conf); /* NULL is fine */

/* "FILE:LINE:COLUMN: WORDS", the line, and a mark under it. */
void conf_print_fault(struct buf *to, const struct conf_fault *fault);

/* Would a listener take a PROXY header from there? */
bool conf_trusts_proxy(const struct conf *conf, const struct sockaddr *peer);

/* What a listener's address looks like: "127.0.0.1 port 110", "::1 port 110", "/run/pop3". */
void conf_print_address(struct buf *to, const struct sockaddr_storage *at);

#endif
