/*
 * What the processes of the server are given: whom to serve, where, by which protocols, and within which
 * limits.  A configuration fills it, or a test; it is not changed while they run.
 */
#ifndef MAILWEIR_SERVE_SERVE_H
#define MAILWEIR_SERVE_SERVE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "net/sasl.h"
#include "net/stream.h"
#include "net/tls.h"
#include "serve/network.h"

enum { SERVE_NAME_MAX = 64, SERVE_PATH_MAX = 1023, SERVE_PEER = 48 };

/* Whose mail it is, and where it lies.  Fixed fields: it goes from process to process as it is. */
struct serve_account {
    uint32_t uid, gid;
    char name[SERVE_NAME_MAX + 1];
    char home[SERVE_PATH_MAX + 1];
    char mail[SERVE_PATH_MAX + 1]; /* "maildir:PATH", "mbox:PATH", "mh:PATH" */
};

enum serve_answer { SERVE_YES, SERVE_NO, SERVE_LATER }; /* later: the source cannot be asked now */

/* Who exists, and who has which password; asked by an auth process (or with --stdio, by the only one).
 * A name that does not exist costs the same as one that does. */
struct serve_accounts {
    enum serve_answer (*find)(void *ctx, const char *name, struct serve_account *account);
    enum serve_answer (*check)(void *ctx, const char *name, const char *password,
                               struct serve_account *account);
    /* RFC 1081's client-user; NULL: there is no RPOP. */
    enum serve_answer (*check_rpop)(void *ctx, const char *name, const char *id,
                                    struct serve_account *account);
    /* The password itself, for APOP and CRAM-MD5; SERVE_NO: unknown.  NULL: nobody's is. */
    enum serve_answer (*password)(void *ctx, const char *name, struct buf *password);
    /* As in struct sasl_store, made up for those who have none.  NULL: there is no SCRAM. */
    enum serve_answer (*scram)(void *ctx, const char *name, enum sasl_hash hash, struct sasl_scram *scram);
    void *ctx;
};

struct front;
struct session;

/* What a protocol gives to serve: handed in by tools, so that serve includes no protocol. */
struct serve_protocol {
    const char *name;
    /* In the front: the dialogue up to the login, made by front_step().  true: somebody is in. */
    bool (*before_login)(struct front *f);
    /* In the session, as the user, until the peer goes. */
    void (*after_login)(struct session *s);
    /* A whole answer to who is not let in, since there are too many from his address. */
    const char *busy;
};

enum serve_tls { SERVE_CLEAR, SERVE_STARTTLS, SERVE_TLS };

struct serve_listener {
    const struct serve_protocol *protocol;
    enum serve_tls tls;
    bool proxy; /* a header of PROXY comes first, from one of settings.proxies or over a Unix socket */
    struct sockaddr_storage at;
    socklen_t n;
    mode_t mode;    /* of a Unix socket */
    bool optional;  /* one of two families, of which this machine may have one */
    bool inherited; /* handed in by who started us */
    int fd;         /* -1 until listen_open(), or where the family is missing */
};

struct serve_limits {
    unsigned fronts;         /* connections that are not logged in, or in TLS; 0: 1000 */
    unsigned sessions;       /* 0: 1000 */
    unsigned per_address;    /* of each of the two; 0: 20 */
    unsigned auth_processes; /* 0: one for each processor */
    unsigned commands;       /* before the login; 0: 30 */
    unsigned tries;          /* of a login in one connection; 0: 10 */
    long login_ms;           /* from the connection to the login; 0: a minute */
    long delay_ms;    /* of the first failure, doubled by each more from an address; 0: a second; -1: none */
    long idle_ms;     /* in a session, without a command; 0: what the protocol takes for usual */
    long login_delay; /* seconds between two logins of a user; 0: none */
    bool expires;     /* mail stays for so many days: announced, not done */
    unsigned expire_days;
    size_t login_memory; /* of a front, above what the gate has; 0: 64 MiB */
};

struct serve_settings {
    struct serve_listener *listeners;
    size_t listener_count;
    struct serve_listener statistics;           /* where counts are given; n is 0: nowhere */
    const struct tls_certificate *certificates; /* read anew by each gate */
    size_t certificate_count;
    struct serve_accounts accounts;
    struct serve_limits limits;
    const struct network *proxies;
    size_t proxy_count;
    const char *const *mechanisms; /* of SASL, those on offer, NULL-terminated */
    bool apop, rpop;
    struct sasl_gssapi gssapi;
    const char *keytab; /* read by auth alone; NULL: there is no GSSAPI */
    const char *hostname;
    /* Of gate and fronts, and of auth; only root can give them, and should give two: who has the same may
     * trace. */
    uid_t uid, auth_uid;
    gid_t gid, auth_gid;
    const char *empty_root;                /* the gate's root directory; only for root */
    const struct serve_protocol *protocol; /* of --stdio */
    /* One line, in any of the processes, without a newline; never a password. */
    void (*log)(const char *line);
};

/* Fills what is 0 with what is usual. */
void serve_defaults(struct serve_settings *settings);

/* Bytes that a peer sent become printable ASCII; the line is cut at 400 bytes. */
void serve_log(const struct serve_settings *settings, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* NULL: nobody listens for it. */
const struct serve_protocol *serve_find_protocol(const struct serve_settings *settings, const char *name);

/* The other end; AF_UNSPEC for what is no socket. */
void serve_get_peer(int fd, struct sockaddr_storage *peer);
/* "192.0.2.1", "::1", "local". */
void serve_print_peer(char text[SERVE_PEER], const struct sockaddr_storage *peer);
/* Of this machine, and a socket. */
bool serve_is_loopback(const struct sockaddr_storage *peer);

#endif
