#include "serve/limit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "serve/network.h"

enum { NONE = UINT32_MAX, FAILURES_MAX = 30 };

/* In its bucket's list always; in the queue of those that may be forgotten, oldest failure first, while it
 * has no sessions. */
struct entry {
    struct address key;
    uint32_t chain, before, after;
    uint32_t sessions, failures;
    uint64_t forgiven; /* until when failures are counted down */
    bool queued;
};

struct limit {
    struct limit_rules rules;
    size_t sessions;
    uint32_t room, used, mask;
    uint32_t oldest, newest, free;
    uint32_t *buckets;
    struct entry *entries;
};

/* ---- SipHash-2-4 (Aumasson, Bernstein) of at most 16 bytes */

static uint64_t load(const uint8_t *p)
{
    uint64_t value = 0;

    for (int i = 0; i < 8; i++)
        value |= (uint64_t)p[i] << 8 * i;
    return value;
}

static uint64_t turn(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1], v[1] = turn(v[1], 13) ^ v[0], v[0] = turn(v[0], 32);
    v[2] += v[3], v[3] = turn(v[3], 16) ^ v[2];
    v[0] += v[3], v[3] = turn(v[3], 21) ^ v[0];
    v[2] += v[1], v[1] = turn(v[1], 17) ^ v[2], v[2] = turn(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    sip_round(v);
    v[0] ^= word;
}

/* The key is padded with zeros, and its length is in the last word, so all of one length differ. */
static uint32_t hash(const struct limit *limit, const struct address *key)
{
    uint64_t a = load(limit->rules.secret), b = load(limit->rules.secret + 8);
    uint64_t v[4] = {a ^ 0x736f6d6570736575, b ^ 0x646f72616e646f6d, a ^ 0x6c7967656e657261,
                     b ^ 0x7465646279746573};

    sip_word(v, load(key->bytes));
    sip_word(v, load(key->bytes + 8));
    sip_word(v, (uint64_t)key->n << 56);
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(v);
    return (uint32_t)(v[0] ^ v[1] ^ v[2] ^ v[3]) & limit->mask;
}

/* ---- the table */

static struct address key_of(const struct sockaddr *from)
{
    struct address key = address_of(from);

    if (key.n == 16)
        memset(key.bytes + 8, 0, 8);
    return key;
}

static struct entry *find(const struct limit *limit, const struct address *key)
{
    uint32_t i = limit->buckets[hash(limit, key)];

    while (i != NONE &&
           (limit->entries[i].key.n != key->n || memcmp(limit->entries[i].key.bytes, key->bytes, 16)))
        i = limit->entries[i].chain;
    return i == NONE ? NULL : &limit->entries[i];
}

static void queue_leave(struct limit *limit, struct entry *e)
{
    if (!e->queued)
        return;
    *(e->before == NONE ? &limit->oldest : &limit->entries[e->before].after) = e->after;
    *(e->after == NONE ? &limit->newest : &limit->entries[e->after].before) = e->before;
    e->queued = false;
}

static void queue_join(struct limit *limit, struct entry *e)
{
    uint32_t i = (uint32_t)(e - limit->entries);

    e->before = limit->newest;
    e->after = NONE;
    *(e->before == NONE ? &limit->oldest : &limit->entries[e->before].after) = i;
    limit->newest = i;
    e->queued = true;
}

static void forget(struct limit *limit, struct entry *e)
{
    uint32_t i = (uint32_t)(e - limit->entries), *link = &limit->buckets[hash(limit, &e->key)];

    queue_leave(limit, e);
    while (*link != i)
        link = &limit->entries[*link].chain;
    *link = e->chain;
    e->chain = limit->free;
    limit->free = i;
}

/* There is always one: entries with sessions are fewer than entries. */
static uint32_t take(struct limit *limit)
{
    uint32_t i;

    if (limit->free == NONE && limit->used == limit->room)
        forget(limit, &limit->entries[limit->oldest]);
    if (limit->free == NONE)
        return limit->used++;
    i = limit->free;
    limit->free = limit->entries[i].chain;
    return i;
}

static struct entry *get(struct limit *limit, const struct address *key)
{
    struct entry *e = find(limit, key);
    uint32_t i, *bucket;

    if (e)
        return e;
    i = take(limit);
    bucket = &limit->buckets[hash(limit, key)];
    limit->entries[i] = (struct entry){.key = *key, .chain = *bucket};
    *bucket = i;
    return &limit->entries[i];
}

struct limit *limit_new(const struct limit_rules *rules)
{
    struct limit *limit = mem_alloc(sizeof *limit);
    uint32_t buckets = 1;

    limit->rules = *rules;
    limit->room = (uint32_t)rules->sessions + LIMIT_FAILURES_KEPT;
    while (buckets < limit->room)
        buckets *= 2;
    limit->mask = buckets - 1;
    limit->oldest = limit->newest = limit->free = NONE;
    limit->entries = mem_alloc_array(limit->room, sizeof *limit->entries);
    limit->buckets = mem_alloc_array(buckets, sizeof *limit->buckets);
    memset(limit->buckets, 0xff, buckets * sizeof *limit->buckets);
    return limit;
}

void limit_free(struct limit *limit)
{
    if (!limit)
        return;
    free(limit->entries);
    free(limit->buckets);
    free(limit);
}

/* ---- sessions */

size_t limit_sessions(const struct limit *limit)
{
    return limit->sessions;
}

enum limit_answer limit_enter(struct limit *limit, const struct sockaddr *from)
{
    struct address key = key_of(from);
    struct entry *e;

    if (limit->sessions >= limit->rules.sessions)
        return LIMIT_FULL;
    if (key.n) {
        e = find(limit, &key);
        if (e && e->sessions >= limit->rules.per_address)
            return LIMIT_ADDRESS_FULL;
        e = get(limit, &key);
        queue_leave(limit, e);
        e->sessions++;
    }
    limit->sessions++;
    return LIMIT_IN;
}

void limit_leave(struct limit *limit, const struct sockaddr *from)
{
    struct address key = key_of(from);
    struct entry *e = key.n ? find(limit, &key) : NULL;

    if (!limit->sessions || (key.n && (!e || !e->sessions)))
        return;
    limit->sessions--;
    if (!e || --e->sessions)
        return;
    queue_join(limit, e);
    if (!e->failures)
        forget(limit, e);
}

/* ---- failures */

static void forgive(struct entry *e, uint64_t now)
{
    uint64_t times = now > e->forgiven ? (now - e->forgiven) / LIMIT_FORGIVE : 0;

    if (times >= e->failures) {
        e->failures = 0;
        e->forgiven = now;
    } else {
        e->failures -= (uint32_t)times;
        e->forgiven += times * LIMIT_FORGIVE;
    }
}

void limit_failed(struct limit *limit, const struct sockaddr *from, uint64_t now)
{
    struct address key = key_of(from);
    struct entry *e;

    if (!key.n)
        return;
    e = get(limit, &key);
    forgive(e, now);
    if (e->failures < FAILURES_MAX)
        e->failures++;
    if (e->sessions)
        return;
    queue_leave(limit, e);
    queue_join(limit, e);
}

unsigned limit_delay(struct limit *limit, const struct sockaddr *from, uint64_t now)
{
    struct address key = key_of(from);
    struct entry *e = key.n ? find(limit, &key) : NULL;
    uint64_t delay = limit->rules.failure_delay;

    if (e)
        forgive(e, now);
    if (e && e->failures)
        delay <<= e->failures - 1;
    return delay < LIMIT_DELAY_MAX ? (unsigned)delay : LIMIT_DELAY_MAX;
}
