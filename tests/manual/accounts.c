/*
 * Asks one source of accounts: whose name and password are these?  For the examples in mailweir-users(5).
 * Usage: REPLY=…/account-reply mailweir-accounts file|program PATH NAME PASSWORD
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account/account.h"
#include "process/signal.h"

static void tell(void *ctx, const char *path, unsigned line, const char *fault)
{
    (void)ctx;
    printf("%s:%u: %s\n", path, line, fault);
}

static void add_source(struct account_list *list, const char *kind, const char *path)
{
    static const struct account_teller teller = {tell, NULL};
    struct account_program program = {path, getenv("REPLY"), 0};

    account_list_add(list, strcmp(kind, "file") ? account_program(&program) : account_file(path, &teller));
}

static void print(enum account_answer answer, const struct account *account, const struct err *err)
{
    if (answer == ACCOUNT_YES)
        printf("%s %lu %lu %s %s\n", account->name, (unsigned long)account->uid, (unsigned long)account->gid,
               account->home, account->mail);
    else
        puts(answer == ACCOUNT_NO ? "no" : err->text);
}

int main(int argc, char **argv)
{
    struct account_list *list = account_list_new();
    struct account account;
    struct err err;

    if (argc != 5)
        return 64;
    signal_install();
    add_source(list, argv[1], argv[2]);
    print(account_check(list, argv[3], span_of(argv[4]), &account, &err), &account, &err);
    account_free(&account);
    account_list_free(list);
    return 0;
}
