/*
 * A process that knows passwords: it takes logins from fronts, one after the other, and tells the supervisor
 * who is in.
 *
 * It believes no front.  One that asks more often than a front of ours would, or sooner, is answered without
 * a look at any password, and the gate is told to end it.
 */
#ifndef MAILWEIR_SERVE_AUTH_H
#define MAILWEIR_SERVE_AUTH_H

#include "serve/serve.h"

/* SIGHUP: takes no more logins, and ends when those that have begun are over. */
_Noreturn void auth_run(const struct serve_settings *settings, int requests, int grants);

#endif
