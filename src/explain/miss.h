/* The nearest miss of a condition in words. */
#ifndef MAILWEIR_EXPLAIN_MISS_H
#define MAILWEIR_EXPLAIN_MISS_H

#include "explain/explain.h"
#include "pattern/account.h"

/* To step->miss. */
void miss_tell(struct explain *explain, struct explain_step *step, struct span text,
               const struct pattern_account *account);

#endif
