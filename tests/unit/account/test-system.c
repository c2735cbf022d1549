#include <criterion/criterion.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/users-file.h"
#include "base/mem.h"

TestSuite(system, .init = scratch_enter, .fini = scratch_leave);

/* A user of the machine who is not root, and has a usual home; in most machines that is "nobody" or "daemon".
 */
static struct passwd *anybody(void)
{
    struct passwd *entry = getpwnam("daemon");

    return entry && entry->pw_uid ? entry : NULL;
}

#ifdef HAVE_PAM

/* The service `mail` in the scratch directory: what PAM is to do, without a right of root's. */
static struct account_list *list_of_system(const char *service, uid_t first_uid)
{
    struct account_list *list = account_list_new();
    struct account_system settings = {"mail", scratch, first_uid};
    struct account_source source;
    FILE *to = fopen("mail", "w");

    cr_assert_not_null(to);
    fputs(service, to);
    cr_assert_eq(fclose(to), 0);
    cr_assert_eq(account_system(&settings, &source, NULL), 0);
    account_list_add(list, source);
    return list;
}

static enum account_answer check(struct account_list *list, const char *name, const char *password,
                                 struct err *err)
{
    struct account account;
    enum account_answer answer = account_check(list, name, span_of(password), &account, err);

    cr_expect_eq(answer == ACCOUNT_YES, account.name != NULL);
    account_free(&account);
    return answer;
}

static const char permit[] = "auth required pam_permit.so\naccount required pam_permit.so\n";

Test(system, what_pam_says_counts)
{
    struct passwd *user = anybody();
    struct account_list *list;
    struct account account;

    if (!user)
        cr_skip_test("there is no user daemon");
    list = list_of_system(permit, 1);
    cr_assert_eq(account_check(list, user->pw_name, span_of("x"), &account, NULL), ACCOUNT_YES);
    cr_expect_str_eq(account.name, user->pw_name);
    cr_expect_eq(account.uid, user->pw_uid);
    cr_expect_eq(account.gid, user->pw_gid);
    cr_expect_str_eq(account.home, user->pw_dir);
    cr_expect_not_null(strstr(account.mail, user->pw_name));
    account_free(&account);
    account_list_free(list);

    list = list_of_system("auth required pam_deny.so\naccount required pam_permit.so\n", 1);
    cr_expect_eq(check(list, user->pw_name, "x", NULL), ACCOUNT_NO);
    cr_expect_eq(account_find(list, user->pw_name, &account, NULL), ACCOUNT_YES);
    account_free(&account);
    account_list_free(list);

    list = list_of_system("auth required pam_permit.so\naccount required pam_deny.so\n", 1);
    cr_expect_eq(check(list, user->pw_name, "x", NULL), ACCOUNT_NO, "the account has expired");
    account_list_free(list);
}

Test(system, root_and_those_below_the_first_uid_do_not_exist)
{
    struct passwd *user = anybody();
    struct account_list *list;
    struct account account;

    if (!user)
        cr_skip_test("there is no user daemon");
    list = list_of_system(permit, user->pw_uid + 1);
    cr_expect_eq(check(list, "root", "x", NULL), ACCOUNT_NO);
    cr_expect_eq(check(list, user->pw_name, "x", NULL), ACCOUNT_NO);
    cr_expect_eq(account_find(list, "root", &account, NULL), ACCOUNT_NO);
    account_list_free(list);
    list = list_of_system(permit, 0);
    cr_expect_eq(check(list, "root", "x", NULL), ACCOUNT_YES, "where one says so");
    account_list_free(list);
}

Test(system, impossible_names_and_passwords)
{
    struct account_list *list = list_of_system(permit, 0);
    static char large[5000];

    memset(large, 'x', sizeof large - 1);
    cr_expect_eq(check(list, "no-such-user", "x", NULL), ACCOUNT_NO);
    cr_expect_eq(check(list, "", "x", NULL), ACCOUNT_NO);
    cr_expect_eq(check(list, "../root", "x", NULL), ACCOUNT_NO);
    cr_expect_eq(check(list, "root", "", NULL), ACCOUNT_NO);
    cr_expect_eq(check(list, "root", large, NULL), ACCOUNT_NO);
    account_list_free(list);
}

/* A module that runs a script tells whom PAM was asked about, and what password it got. */
Test(system, pam_gets_the_password_and_is_always_asked)
{
    char service[512], script[128];
    struct account_list *list;
    FILE *to;

    snprintf(script, sizeof script, "%s/script", scratch);
    to = fopen(script, "w");
    cr_assert_not_null(to);
    fprintf(
        to,
        "#!/bin/sh\nread -r password\necho \"$PAM_USER:$password\" >>%s/asked\n[ \"$password\" = secret ]\n",
        scratch);
    cr_assert_eq(fclose(to), 0);
    cr_assert_eq(chmod(script, 0755), 0);
    snprintf(service, sizeof service,
             "auth required pam_exec.so quiet expose_authtok %s\naccount required pam_permit.so\n", script);
    list = list_of_system(service, 1);
    if (!anybody())
        cr_skip_test("there is no user daemon");
    cr_expect_eq(check(list, "daemon", "secret", NULL), ACCOUNT_YES);
    cr_expect_eq(check(list, "daemon", "wrong", NULL), ACCOUNT_NO);
    cr_expect_eq(check(list, "root", "secret", NULL), ACCOUNT_NO);
    cr_expect_eq(check(list, "no-such-user", "secret", NULL), ACCOUNT_NO);
    cr_expect_str_eq(contents("asked"), "daemon:secret\ndaemon:wrong\n-nobody:-\n-nobody:-\n");
    account_list_free(list);
}

Test(system, trouble_is_no_answer)
{
    struct account_list *list = list_of_system("auth required no-such-module.so\n", 0);
    struct err err = {.text = ""};
    enum account_answer answer = check(list, "root", "x", &err);

    cr_expect_eq(answer, ACCOUNT_LATER);
    cr_expect(strstr(err.text, "PAM service 'mail': "), "%s", err.text);
    account_list_free(list);
}

#else

Test(system, is_not_there)
{
    struct account_system settings = {NULL, NULL, 0};
    struct account_source source;
    struct err err;

    cr_expect_eq(account_system(&settings, &source, &err), -1);
    cr_expect(strstr(err.text, "without PAM"));
    (void)anybody;
}

#endif
