/*
 * What the tests of accounts share: a users file in a directory of its own, and cheap hashes.
 */
#ifndef MAILWEIR_TESTS_UNIT_ACCOUNT_USERS_FILE_H
#define MAILWEIR_TESTS_UNIT_ACCOUNT_USERS_FILE_H

#include "account/account.h"

/* Makes the present directory one of its own, as a fixture. */
void scratch_enter(void);
void scratch_leave(void);

/* The scratch directory's name; absolute. */
extern char scratch[64];

/* Writes, or replaces by another file, `users` in the scratch directory, with mode 0600. */
void users_write(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What stands in a file of the scratch directory; good until the next call. */
const char *contents(const char *name);

/* "secret", hashed by crypt(3) with that setting; good until the next call with the same number (0 to 3). */
const char *hashed(int slot, const char *setting);

/* The {SCRAM-…} of "secret", with 4096 iterations. */
const char *scrammed(int slot, enum sasl_hash hash);

/* A list with the file alone as its source. */
struct account_list *list_of_file(void);

/* The faults that were told since the last call, "users:1: what\n" each. */
const char *faults(void);
extern const struct account_teller teller;

#endif
