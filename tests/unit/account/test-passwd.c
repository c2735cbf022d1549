#include <criterion/criterion.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account/users-file.h"

TestSuite(passwd, .init = scratch_enter, .fini = scratch_leave);

static const struct account_fields fields = {"1001", "1002", "/srv/%u", "maildir:~/Maildir"};

static int set(const char *name, enum account_scheme scheme, const char *password, struct err *err)
{
    return account_passwd("users", name, &scheme, 1, span_of(password), &fields, err);
}

static enum account_answer check(const char *name, const char *password)
{
    struct account_list *list = list_of_file();
    struct account account;
    enum account_answer answer = account_check(list, name, span_of(password), &account, NULL);

    account_free(&account);
    account_list_free(list);
    return answer;
}

Test(passwd, schemes_have_names)
{
    cr_expect_eq(account_scheme("crypt"), ACCOUNT_CRYPT);
    cr_expect_eq(account_scheme("scram-sha-256"), ACCOUNT_SCRAM_SHA_256);
    cr_expect_eq(account_scheme("SCRAM-SHA-1"), ACCOUNT_SCRAM_SHA_1);
    cr_expect_eq(account_scheme("PLAIN"), ACCOUNT_PLAIN);
    cr_expect_eq(account_scheme("MD5"), -1);
    cr_expect_eq(account_scheme(""), -1);
}

Test(passwd, every_scheme_makes_what_is_right)
{
    const char *passwords[] = {"secret",  "with: colon", " blanks ", "gr\xc3\xbc\xc3\x9f",
                               "{PLAIN}", "#",           "!"};
    const char *begins[] = {"$y$", "{SCRAM-SHA-256}15000,", "{SCRAM-SHA-1}15000,", "{PLAIN"};

    for (enum account_scheme scheme = ACCOUNT_CRYPT; scheme <= ACCOUNT_PLAIN; scheme++) {
        for (size_t i = 0; i < sizeof passwords / sizeof *passwords; i++) {
            struct err err;

            cr_assert_eq(set("alice", scheme, passwords[i], &err), 0, "%s: %s", passwords[i], err.text);
            cr_expect_eq(strncmp(contents("users"), "alice:", 6), 0);
            cr_expect_eq(strncmp(contents("users") + 6, begins[scheme], strlen(begins[scheme])), 0, "%s",
                         contents("users"));
            cr_expect_eq(check("alice", passwords[i]), ACCOUNT_YES, "%d %s", scheme, passwords[i]);
            cr_expect_eq(check("alice", "else"), ACCOUNT_NO);
        }
    }
    cr_expect_str_eq(faults(), "");
}

Test(passwd, makes_a_file_and_a_line)
{
    struct stat st;

    cr_assert_eq(set("alice", ACCOUNT_PLAIN, "secret", NULL), 0);
    cr_expect_str_eq(contents("users"), "alice:{PLAIN}secret:1001:1002:/srv/%u:maildir:~/Maildir\n");
    cr_assert_eq(stat("users", &st), 0);
    cr_expect_eq(st.st_mode & 07777, 0600);
    cr_assert_eq(set("bob", ACCOUNT_PLAIN, "s", NULL), 0);
    cr_expect_str_eq(contents("users"), "alice:{PLAIN}secret:1001:1002:/srv/%u:maildir:~/Maildir\n"
                                        "bob:{PLAIN}s:1001:1002:/srv/%u:maildir:~/Maildir\n");
}

Test(passwd, changes_one_line_and_no_other_byte)
{
    struct stat st;

    users_write("# the users\n\nal:{PLAIN}x:1:1:/h:\nalice:{RPOP}id {PLAIN}old %s:1:2:/h:mbox:/m\nfaulty\n"
                "alicea:{PLAIN}z:1:1:/h:",
                hashed(0, "$5$rounds=1000$abcd"));
    chmod("users", 0640);
    cr_assert_eq(set("alice", ACCOUNT_PLAIN, "new", NULL), 0);
    cr_expect_str_eq(contents("users"), "# the users\n\nal:{PLAIN}x:1:1:/h:\n"
                                        "alice:{PLAIN}new {RPOP}id:1:2:/h:mbox:/m\nfaulty\n"
                                        "alicea:{PLAIN}z:1:1:/h:");
    cr_assert_eq(stat("users", &st), 0);
    cr_expect_eq(st.st_mode & 07777, 0640);
    cr_assert_eq(set("bob", ACCOUNT_PLAIN, "b", NULL), 0);
    cr_expect(strstr(contents("users"), "/h:\nbob:{PLAIN}b:1001"));
}

Test(passwd, several_secrets_at_once)
{
    const enum account_scheme both[] = {ACCOUNT_CRYPT, ACCOUNT_SCRAM_SHA_256};

    cr_assert_eq(account_passwd("users", "alice", both, 2, span_of("secret"), &fields, NULL), 0);
    cr_expect(strstr(contents("users"), "alice:$y$"));
    cr_expect(strstr(contents("users"), " {SCRAM-SHA-256}"));
    cr_expect_eq(check("alice", "secret"), ACCOUNT_YES);
    cr_expect_str_eq(faults(), "");
}

static void is_refused(const char *name, const char *password, const char *words)
{
    struct err err = {.text = ""};

    cr_expect_eq(set(name, ACCOUNT_SCRAM_SHA_256, password, &err), -1, "%s", words);
    cr_expect(strstr(err.text, words), "%s", err.text);
}

Test(passwd, what_is_refused_changes_nothing)
{
    static char password[600];
    struct err err = {.text = ""};
    enum account_scheme scheme = ACCOUNT_PLAIN;

    users_write("alice:{PLAIN}x:1:1:/h:\nbob:*:0:1:/h:\n");
    is_refused("../x", "secret", "no user can be called");
    is_refused("", "secret", "no user can be called");
    is_refused("alice", "", "empty");
    is_refused("alice", "a\nb", "a control character");
    is_refused("alice", "\xff", "SCRAM takes no such password");
    memset(password, 'x', sizeof password - 1);
    is_refused("alice", password, "too long");
    is_refused("bob", "secret", "root as the uid or gid");
    cr_expect_eq(account_passwd("users", "nobody-here", &scheme, 1, span_of("a"), NULL, &err), -1);
    cr_expect(strstr(err.text, "it lacks a home"), "%s", err.text);
    cr_expect_str_eq(contents("users"), "alice:{PLAIN}x:1:1:/h:\nbob:*:0:1:/h:\n");
    chmod("users", 0666);
    is_refused("alice", "secret", "others may write");
    cr_expect_str_eq(contents("users"), "alice:{PLAIN}x:1:1:/h:\nbob:*:0:1:/h:\n");
}

Test(passwd, no_file_is_made_for_a_user_who_cannot_be)
{
    const struct account_fields nowhere = {"1", "1", "home", NULL};
    enum account_scheme scheme = ACCOUNT_PLAIN;
    struct err err;

    cr_expect_eq(account_passwd("users", "alice", &scheme, 1, span_of("a"), &nowhere, &err), -1);
    cr_expect_eq(access("users", F_OK), -1);
    cr_expect_eq(account_passwd("no-such-directory/users", "alice", &scheme, 1, span_of("a"), &fields, &err),
                 -1);
    cr_expect(strstr(err.text, "has to be made first"), "%s", err.text);
}

/* Full, for a moment: the limit on the size of files stands for the disk. */
Test(passwd, a_full_disk_changes_nothing)
{
    struct rlimit limit;
    struct err err;

    users_write("alice:{PLAIN}x:1:1:/h:\n");
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = 30;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_expect_eq(set("bob", ACCOUNT_PLAIN, "secret", &err), -1);
    limit.rlim_cur = limit.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_expect(strstr(err.text, "cannot write beside"), "%s", err.text);
    cr_expect_str_eq(contents("users"), "alice:{PLAIN}x:1:1:/h:\n");
    cr_expect_eq(system("test \"$(ls)\" = users"), 0, "nothing else is left");
}

Test(passwd, a_link_stays_one)
{
    struct stat st;

    users_write("alice:{PLAIN}x:1:1:/h:\n");
    cr_assert_eq(mkdir("real", 0700), 0);
    cr_assert_eq(rename("users", "real/file"), 0);
    cr_assert_eq(symlink("real/file", "users"), 0);
    cr_assert_eq(set("alice", ACCOUNT_PLAIN, "new", NULL), 0);
    cr_expect(lstat("users", &st) == 0 && S_ISLNK(st.st_mode));
    cr_expect_str_eq(contents("real/file"), "alice:{PLAIN}new:1:1:/h:\n");
}

Test(passwd, a_user_of_the_system_needs_no_fields)
{
    enum account_scheme scheme = ACCOUNT_PLAIN;
    const struct passwd *user = getpwnam("daemon");
    char expected[512];

    if (!user)
        cr_skip_test("there is no user daemon");
    snprintf(expected, sizeof expected, "daemon:{PLAIN}a:%lu:%lu:%s:\n", (unsigned long)user->pw_uid,
             (unsigned long)user->pw_gid, user->pw_dir);
    cr_assert_eq(account_passwd("users", "daemon", &scheme, 1, span_of("a"), NULL, NULL), 0);
    cr_expect_str_eq(contents("users"), expected);
}

/* Each sets passwords of users of its own, many at once: none is lost. */
Test(passwd, many_at_once)
{
    enum { WRITERS = 4, USERS = 10 };
    char name[32];

    for (int writer = 0; writer < WRITERS; writer++) {
        if (fork())
            continue;
        for (int i = 0; i < USERS; i++) {
            snprintf(name, sizeof name, "u%d-%d", writer, i);
            if (set(name, ACCOUNT_PLAIN, name, NULL))
                _exit(1);
        }
        _exit(0);
    }
    for (int writer = 0; writer < WRITERS; writer++) {
        int status = -1;

        wait(&status);
        cr_expect_eq(status, 0);
    }
    for (int i = 0; i < WRITERS * USERS; i++) {
        snprintf(name, sizeof name, "u%d-%d", i / USERS, i % USERS);
        cr_expect_eq(check(name, name), ACCOUNT_YES, "%s", name);
    }
    cr_expect_str_eq(faults(), "");
    cr_expect_eq(system("test \"$(ls)\" = users"), 0, "nothing else is left");
}
