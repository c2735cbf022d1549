/*
 * One attempt to prove who one is, of one message or several: SASL's mechanisms, and those of protocols that
 * are older, under names that SASL cannot have: "=PASS" (user NUL password), "=APOP" (user NUL timestamp NUL
 * digest, RFC 1939 7), "=RPOP" (user NUL id, RFC 1081).  It runs in an auth process.
 */
#ifndef MAILWEIR_SERVE_EXCHANGE_H
#define MAILWEIR_SERVE_EXCHANGE_H

#include "serve/serve.h"

enum exchange_status { EXCHANGE_MORE, EXCHANGE_YES, EXCHANGE_NO, EXCHANGE_FAULT, EXCHANGE_LATER };

struct exchange;

/* Before the first one, in the process where they run: what mechanisms need that is not asked of accounts.  A
 * keytab that is of no use is told, and none from then on. */
void exchange_prepare(struct serve_settings *settings);

/* NULL: there is no such mechanism here. */
struct exchange *exchange_begin(const struct serve_settings *settings, const char *mechanism,
                                struct span binding);
enum exchange_status exchange_step(struct exchange *x, struct span answer, struct buf *challenge);

/* After EXCHANGE_YES. */
const struct serve_account *exchange_account(const struct exchange *x);
void exchange_free(struct exchange *x);

/* After EXCHANGE_NO: the line of log.h. */
void exchange_log_failure(const struct exchange *x, const char *protocol, const struct sockaddr *from);

/* Is it on offer in a connection that has, or has not, a channel binding? */
bool exchange_offers(const struct serve_settings *settings, const char *mechanism, bool binding);

#endif
