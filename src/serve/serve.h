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

enum { SERVE_NAME_MAX = 64, SERVE_PATH_MAX = 1023 };

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
};

enum serve_tls { SERVE_CLEAR, SERVE_STARTTLS, SERVE_TLS };

struct serve_listener {
    const struct serve_protocol *protocol;
    enum serve_tls tls;
    struct sockaddr_storage at;
    socklen_t n;
    int fd; /* -1 until serve_bind(), or handed in by who started us */
};

struct serve_limits {
    unsigned fronts;         /* connections that are not logged in, or in TLS; 0: 1000 */
    unsigned sessions;       /* 0: 1000 */
    unsigned auth_processes; /* 0: one for each processor */
    unsigned commands;       /* before the login; 0: 30 */
    unsigned tries;          /* of a login in one connection; 0: 10 */
    long login_ms;           /* from the connection to the login; 0: a minute */
    long delay_ms; /* of the first failure; each further one takes as much more; 0: a second; -1: none */
    size_t login_memory; /* of a front, above what the gate has; 0: 64 MiB */
};

struct serve_settings {
    struct serve_listener *listeners;
    size_t listener_count;
    const struct tls_certificate *certificates; /* read anew by each gate */
    size_t certificate_count;
    struct serve_accounts accounts;
    struct serve_limits limits;
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

/* Opens what has no descriptor yet. */
int serve_bind(struct serve_settings *settings, struct err *err);

/* "192.0.2.1", "::1", "unix", "" for what is no socket. */
void serve_address(int fd, char *text, size_t size);
bool serve_is_loopback(int fd);

#endif
