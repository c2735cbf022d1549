/* Sources of accounts, as serve asks them. */
#ifndef MAILWEIR_TOOLS_MAILWEIRD_ACCOUNTS_H
#define MAILWEIR_TOOLS_MAILWEIRD_ACCOUNTS_H

#include "account/account.h"
#include "serve/conf.h"
#include "serve/serve.h"

/* One source more, as the configuration names it. */
int accounts_add(struct account_list *list, const struct conf_accounts *accounts, struct err *err);

/* The list is asked, and stays the caller's. */
struct serve_accounts accounts_of(struct account_list *list);

#endif
