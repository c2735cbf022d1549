/*
 * What it costs to compute a hash, from how it is written: crypt(5) says where parameters stand.
 */
#include <string.h>

#include "account/secret.h"

/* The part of $id$…$salt$hash in front of the salt. */
static size_t cost_of_modular(struct span hash)
{
    const char *at[4]; /* the first dollars */
    size_t n = 0;

    for (size_t i = 0; i < hash.n && n < 4; i++) {
        if (hash.p[i] == '$')
            at[n++] = hash.p + i;
    }
    if (n < 3 && !span_starts(hash, "$2")) /* odd, or $1$salt without a hash */
        return n < 2 ? hash.n : (size_t)(at[1] - hash.p) + 1;
    if (span_starts(hash, "$2")) /* $2b$cost$ and salt and hash in one */
        return n < 3 ? hash.n : (size_t)(at[2] - hash.p) + 1;
    if (span_starts(hash, "$7$")) /* 1 + 5 + 5 characters of parameters, then the salt */
        return hash.n < 14 ? hash.n : 14;
    if (n == 4 && !span_starts(hash, "$md5"))
        return (size_t)(at[2] - hash.p) + 1;
    return (size_t)(at[1] - hash.p) + 1;
}

static struct span cost_of_crypt(struct span hash)
{
    if (*hash.p == '$')
        return span_make(hash.p, cost_of_modular(hash));
    if (*hash.p == '_' && hash.n > 5) /* BSDi's DES: rounds */
        return span_make(hash.p, 5);
    return span_make(hash.p, 0); /* DES, or longer: all the same */
}

static struct span cost_of_scram(struct span keys)
{
    const char *comma = span_find_byte(keys, ',');

    return span_make(keys.p, comma ? (size_t)(comma - keys.p) : keys.n);
}

bool secret_work_of(const struct secrets *secrets, enum secret_kind kind, struct secret_work *work)
{
    struct span text = secrets->of[kind];

    if (!text.p || kind > SECRET_SCRAM_SHA256)
        return false;
    *work =
        (struct secret_work){kind, kind == SECRET_CRYPT ? cost_of_crypt(text) : cost_of_scram(text), text};
    return true;
}

bool secret_work_eq(const struct secret_work *a, const struct secret_work *b)
{
    return a->kind == b->kind && span_eq(a->cost, b->cost);
}
