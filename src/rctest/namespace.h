/*
 * A password file and a spool directory of the test's own, for `-d`, and /etc where the test has
 * one: bind mounts in a mount namespace, which needs root.
 */
#ifndef MAILWEIR_RCTEST_NAMESPACE_H
#define MAILWEIR_RCTEST_NAMESPACE_H

#include <stdbool.h>

#include "base/err.h"
#include "rctest/rctest.h"
#include "rctest/sandbox.h"

/* Can it be done here?  Tried once in a child, on each call. */
bool namespace_available(void);

/* Before the run, in a filled sandbox: writes the password file and makes the spool `$HOME/mail`; lets others
 * pass through the sandbox, since the users named there have their homes in it. */
int namespace_prepare(const struct rctest *test, const struct sandbox *box, struct err *err);

/* In the child, before the program is run: 0, or -1. */
int namespace_enter(const char *sandbox);

#endif
