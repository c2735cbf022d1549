/*
 * How many sessions there may be, in all and from one address, and how long an address waits whose passwords
 * were wrong.  Nothing is asked of the world: the time is handed in, in seconds of a clock that never goes
 * back.
 *
 * An address is an IPv4 address or the /64 of an IPv6 one, which is what one client has.  Those without an
 * address (Unix sockets) count only in all.
 *
 * The memory is taken at the beginning.  Addresses with sessions are never forgotten; of others the one whose
 * failure is longest ago gives way, so a flood of addresses only makes the table forget earlier.  Where one
 * is in the table depends on a secret, so that nobody can make it slow.
 */
#ifndef MAILWEIR_SERVE_LIMIT_H
#define MAILWEIR_SERVE_LIMIT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
    LIMIT_FAILURES_KEPT = 4096, /* addresses without sessions that are remembered */
    LIMIT_FORGIVE = 300,        /* seconds after which one failure is forgotten */
    LIMIT_DELAY_MAX = 30000,    /* milliseconds, whatever the number of failures */
};

struct limit_rules {
    size_t sessions, per_address;
    unsigned failure_delay; /* milliseconds after the first; doubled by each more; 0: never any */
    uint8_t secret[16];     /* bytes of chance */
};

struct limit;

struct limit *limit_new(const struct limit_rules *rules);
void limit_free(struct limit *limit);

enum limit_answer { LIMIT_IN, LIMIT_FULL, LIMIT_ADDRESS_FULL };

/* LIMIT_IN: counted, until limit_leave() with the same address. */
enum limit_answer limit_enter(struct limit *limit, const struct sockaddr *from);
void limit_leave(struct limit *limit, const struct sockaddr *from);
size_t limit_sessions(const struct limit *limit);

/* One more login from there that failed. */
void limit_failed(struct limit *limit, const struct sockaddr *from, uint64_t now);

/* How many milliseconds the answer to a failure there should take. */
unsigned limit_delay(struct limit *limit, const struct sockaddr *from, uint64_t now);

#endif
