#include <string.h>

#include "account/account.h"

static bool check(void *ctx, const char *user, const char *password)
{
    struct account_login *login = ctx;

    account_free(&login->account);
    login->answer = account_check(login->list, user, span_of(password), &login->account, &login->err);
    return login->answer == ACCOUNT_YES;
}

static int password_of(void *ctx, const char *user, struct buf *password)
{
    struct account_login *login = ctx;
    int result = account_password(login->list, user, password, &login->err);

    if (result)
        login->answer = ACCOUNT_LATER;
    return result;
}

static int scram_of(void *ctx, const char *user, enum sasl_hash hash, struct sasl_scram *scram)
{
    struct account_login *login = ctx;
    int result = account_scram(login->list, user, hash, scram, &login->err);

    if (result)
        login->answer = ACCOUNT_LATER;
    return result;
}

void account_login_init(struct account_login *login, struct account_list *list)
{
    *login = (struct account_login){.list = list, .answer = ACCOUNT_NO};
}

struct sasl_store account_login_store(struct account_login *login)
{
    return (struct sasl_store){check, password_of, scram_of, login};
}

enum account_answer account_login_finish(struct account_login *login, const char *user)
{
    if (login->answer == ACCOUNT_YES)
        return ACCOUNT_YES;
    account_free(&login->account);
    login->answer = account_find(login->list, user, &login->account, &login->err);
    return login->answer;
}

void account_login_free(struct account_login *login)
{
    account_free(&login->account);
}
