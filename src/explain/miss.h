/* The nearest miss of a condition in words. */
#ifndef MAILWEIR_EXPLAIN_MISS_H
#define MAILWEIR_EXPLAIN_MISS_H

#include "base/buf.h"
#include "explain/explain.h"
#include "pattern/account.h"

struct sentence {
    const struct explain_step *step;
    const struct pattern_account *account;
    struct span text, line; /* all that was searched; the line of the miss */
    struct span wanted;     /* without the backslashes of plain characters */
    struct buf *to;
};

const char *miss_area(const struct explain_step *step); /* what was searched in words; NULL: a variable */
const char *miss_hint(const struct sentence *s);        /* what may be behind it, or NULL */

/* To step->miss. */
void miss_tell(struct explain *explain, struct explain_step *step, struct span text,
               const struct pattern_account *account);

#endif
