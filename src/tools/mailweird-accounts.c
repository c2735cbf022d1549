#include "tools/mailweird-accounts.h"

#include <string.h>
#include <syslog.h>

#include "serve/log.h"

static void say_why(const struct err *err)
{
    log_write(LOG_WARNING, "accounts: %s", err->text);
}

static enum serve_answer answer_of(enum account_answer answer, const struct err *err)
{
    if (answer == ACCOUNT_LATER)
        say_why(err);
    return answer == ACCOUNT_YES ? SERVE_YES : answer == ACCOUNT_LATER ? SERVE_LATER : SERVE_NO;
}

/* Takes what was found into fixed fields; a place too long for them is one that cannot be served now. */
static enum serve_answer take_account(enum account_answer answer, struct account *from,
                                      struct serve_account *to, const struct err *err)
{
    enum serve_answer result = answer_of(answer, err);

    if (result != SERVE_YES)
        return result;
    *to = (struct serve_account){.uid = (uint32_t)from->uid, .gid = (uint32_t)from->gid};
    if (strlen(from->name) > SERVE_NAME_MAX || strlen(from->home) > SERVE_PATH_MAX ||
        strlen(from->mail) > SERVE_PATH_MAX) {
        result = SERVE_LATER;
    } else {
        strcpy(to->name, from->name);
        strcpy(to->home, from->home);
        strcpy(to->mail, from->mail);
    }
    account_free(from);
    return result;
}

static enum serve_answer find(void *ctx, const char *name, struct serve_account *account)
{
    struct account found = {0};
    struct err err = {0};

    return take_account(account_find(ctx, name, &found, &err), &found, account, &err);
}

static enum serve_answer check(void *ctx, const char *name, const char *password,
                               struct serve_account *account)
{
    struct account found = {0};
    struct err err = {0};

    return take_account(account_check(ctx, name, span_of(password), &found, &err), &found, account, &err);
}

static enum serve_answer check_rpop(void *ctx, const char *name, const char *id,
                                    struct serve_account *account)
{
    struct account found = {0};
    struct err err = {0};

    return take_account(account_check_rpop(ctx, name, span_of(id), &found, &err), &found, account, &err);
}

static enum serve_answer password(void *ctx, const char *name, struct buf *to)
{
    struct err err = {0};

    return answer_of(account_password(ctx, name, to, &err) < 0 ? ACCOUNT_LATER : ACCOUNT_YES, &err);
}

static enum serve_answer scram(void *ctx, const char *name, enum sasl_hash hash, struct sasl_scram *to)
{
    struct err err = {0};

    return answer_of(account_scram(ctx, name, hash, to, &err) < 0 ? ACCOUNT_LATER : ACCOUNT_YES, &err);
}

static void tell_fault(void *ctx, const char *path, unsigned line, const char *fault)
{
    (void)ctx;
    log_write(LOG_WARNING, "%s:%u: %s", path, line, fault);
}

int accounts_add(struct account_list *list, const struct conf_accounts *accounts, struct err *err)
{
    static const struct account_teller teller = {tell_fault, NULL};
    const struct account_system system = {.first_uid = ACCOUNT_FIRST_UID};
    const struct account_program program = {.path = accounts->path};
    struct account_source source;

    switch (accounts->source) {
    case CONF_ACCOUNTS_FILE:
        source = account_file(accounts->path, &teller);
        break;
    case CONF_ACCOUNTS_SYSTEM:
        if (account_system(&system, &source, err) < 0)
            return -1;
        break;
    case CONF_ACCOUNTS_PROGRAM:
        source = account_program(&program);
        break;
    }
    account_list_add(list, source);
    return 0;
}

struct serve_accounts accounts_of(struct account_list *list)
{
    return (struct serve_accounts){find, check, check_rpop, password, scram, list};
}
