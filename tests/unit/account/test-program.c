#include <criterion/criterion.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "account/users-file.h"
#include "process/signal.h"

static char reply[PATH_MAX + 16];

static void begin(void)
{
    const char *build = getenv("top_builddir");

    cr_assert_not_null(realpath(build ? build : ".", reply));
    strcat(reply, "/account-reply");
    scratch_enter();
    signal_install();
}

TestSuite(program, .init = begin, .fini = scratch_leave, .timeout = 300);

/* Writes a program: sh with `name` and `password` read from descriptor 3. */
static struct account_list *list_of_program(const char *script, long seconds)
{
    struct account_list *list = account_list_new();
    struct account_program settings = {"./program", reply, seconds};
    FILE *to = fopen("program", "w");

    cr_assert_not_null(to);
    fprintf(to,
            "#!/bin/sh\nall=$(tr '\\000' '\\n' <&3)\nname=$(echo \"$all\" | sed -n 1p)\n"
            "password=$(echo \"$all\" | sed -n 2p)\n%s\n",
            script);
    cr_assert_eq(fclose(to), 0);
    cr_assert_eq(chmod("program", 0755), 0);
    account_list_add(list, account_program(&settings));
    return list;
}

static enum account_answer check(struct account_list *list, const char *name, const char *password,
                                 struct account *account, struct err *err)
{
    *err = (struct err){.text = ""};
    return account_check(list, name, span_of(password), account, err);
}

static const char usual[] = "[ \"$name:$password\" = 'alice:se cret' ] || exit 1\n"
                            "export USER=alice HOME=/srv/alice userdb_uid=1001 userdb_gid=1002\nexec \"$@\"";

Test(program, says_who_it_is)
{
    struct account_list *list = list_of_program(usual, 60);
    struct account account;
    struct err err;

    cr_assert_eq(check(list, "alice", "se cret", &account, &err), ACCOUNT_YES, "%s", err.text);
    cr_expect_str_eq(account.name, "alice");
    cr_expect_eq(account.uid, 1001);
    cr_expect_eq(account.gid, 1002);
    cr_expect_str_eq(account.home, "/srv/alice");
    cr_expect_str_eq(account.mail, "mbox:" MAIL_SPOOL "/alice");
    account_free(&account);
    cr_expect_eq(check(list, "alice", "secret", &account, &err), ACCOUNT_NO);
    cr_expect_eq(check(list, "bob", "se cret", &account, &err), ACCOUNT_NO);
    cr_expect_eq(account_find(list, "alice", &account, NULL), ACCOUNT_NO, "it cannot be asked who exists");
    account_list_free(list);
}

Test(program, gets_three_descriptors_and_no_environment)
{
    struct account_list *list =
        list_of_program("ls /proc/self/fd | grep '^.$' >fds; env >environment; cat >input; exit 1", 60);
    struct account account;
    struct err err;

    setenv("SECRET_OF_OURS", "x", 1);
    cr_expect_eq(check(list, "alice", "x", &account, &err), ACCOUNT_NO);
    cr_expect_str_eq(contents("input"), "");
    cr_expect_str_eq(contents("fds"), "0\n1\n2\n3\n4\n"); /* 4 is that of ls */
    cr_expect_null(strstr(contents("environment"), "SECRET"));
    account_list_free(list);
}

Test(program, says_where_the_mail_is)
{
    struct account_list *list =
        list_of_program("export USER=$name HOME=/srv/$name userdb_uid=1 userdb_gid=1\n"
                        "export userdb_mail=maildir:%h/mail; exec \"$@\"",
                        60);
    struct account account;
    struct err err;

    cr_assert_eq(check(list, "alice", "x", &account, &err), ACCOUNT_YES, "%s", err.text);
    cr_expect_str_eq(account.mail, "maildir:/srv/alice/mail");
    account_free(&account);
    account_list_free(list);
}

Test(program, that_takes_all_takes_no_impossible_one)
{
    struct account_list *list =
        list_of_program("echo \"$name\" >>asked\n"
                        "export USER=alice HOME=/ userdb_uid=1 userdb_gid=1; exec \"$@\"",
                        60);
    static char large[600];
    struct account account;
    struct err err;

    memset(large, 'x', sizeof large - 1);
    cr_expect_eq(check(list, "alice", "", &account, &err), ACCOUNT_NO);
    cr_expect_eq(check(list, "alice", large, &account, &err), ACCOUNT_NO);
    cr_expect_eq(check(list, "../alice", "x", &account, &err), ACCOUNT_NO);
    cr_expect_eq(account_check(list, "alice", span_make("a\0b", 3), &account, &err), ACCOUNT_NO);
    cr_expect_str_eq(contents("asked"), "-nobody\n-nobody\n-nobody\n-nobody\n");
    large[485] = '\0'; /* with the name and the time: within 512 bytes */
    cr_expect_eq(check(list, "alice", large, &account, &err), ACCOUNT_YES);
    account_free(&account);
    account_list_free(list);
}

static void is_trouble(const char *script, const char *words)
{
    struct account_list *list = list_of_program(script, 60);
    struct account account;
    struct err err;

    cr_expect_eq(check(list, "alice", "x", &account, &err), ACCOUNT_LATER, "%s", script);
    cr_expect(strstr(err.text, words), "%s: %s", script, err.text);
    cr_expect_null(account.name);
    account_list_free(list);
}

Test(program, trouble_is_no_answer)
{
    static const char ok[] = "export USER=alice HOME=/ userdb_uid=1 userdb_gid=1";
    char script[512];

    is_trouble("exit 111", "ended with 111");
    is_trouble("exit 2", "ended with 2");
    is_trouble("exit 127", "ended with 127");
    is_trouble("kill -9 $$", "was killed by signal 9");
    is_trouble("exit 0", "tells nothing");
    is_trouble("echo hello", "tells a name that no user can have");
    is_trouble("printf 'alice\\0001\\0001\\000/\\000'", "tells no home or no mail");
    is_trouble("printf 'alice\\0001\\0001\\000/\\000\\000more'", "tells no home or no mail");
    is_trouble("printf 'alice\\0000\\0001\\000/\\000\\000'", "tells root as the uid or gid");
    is_trouble("printf 'alice\\0001x\\0001\\000/\\000\\000'", "tells a uid or gid that is none");
    is_trouble("printf 'alice\\000-1\\0001\\000/\\000\\000'", "tells no uid or gid");
    is_trouble("printf 'alice\\0004294967295\\0001\\000/\\000\\000'", "tells a uid or gid that is none");
    is_trouble("printf 'alice\\0001\\0001\\000/../\\000\\000'", "tells a path with .. in it");
    is_trouble("yes", "too much");
    is_trouble("unset USER; exec \"$@\"", "ended with 111");
    snprintf(script, sizeof script, "%s; export userdb_mail=pop:x; exec \"$@\"", ok);
    is_trouble(script, "tells mail that is not");
}

Test(program, that_cannot_be_started)
{
    struct account_list *list = account_list_new();
    struct account_program settings = {"./no-such-program", "/bin/true", 0};
    struct account account;
    struct err err;

    account_list_add(list, account_program(&settings));
    cr_expect_eq(check(list, "alice", "x", &account, &err), ACCOUNT_LATER);
    cr_expect(strstr(err.text, "cannot start"), "%s", err.text);
    account_list_free(list);
}

/* What it started is gone as well. */
static void ends_in_time(const char *script)
{
    struct account_list *list = list_of_program(script, 1);
    struct account account;
    struct err err;
    time_t begun = time(NULL);
    int pid = 0;

    cr_expect_eq(check(list, "alice", "x", &account, &err), ACCOUNT_LATER, "%s", script);
    cr_expect(strstr(err.text, "did not end in time"), "%s", err.text);
    cr_expect_lt(time(NULL) - begun, 10);
    cr_assert_eq(sscanf(contents("pid"), "%d", &pid), 1);
    for (int i = 0; i < 100 && kill(pid, 0) == 0; i++) {
        char state[64], name[64];

        snprintf(name, sizeof name, "/proc/%d/stat", pid);
        FILE *from = fopen(name, "r");

        if (!from || fscanf(from, "%*d %*s %63s", state) != 1 || *state == 'Z') { /* nobody reaps it here */
            pid = 0;
            break;
        }
        fclose(from);
        usleep(20000);
    }
    cr_expect(pid == 0 || kill(pid, 0) != 0, "%s: still runs", script);
    account_list_free(list);
}

Test(program, that_never_ends_is_killed)
{
    ends_in_time("sleep 1000 & echo $! >pid; wait");
    ends_in_time("exec >&-; sleep 1000 & echo $! >pid; wait");
    ends_in_time("trap '' TERM; sleep 1000 & echo $! >pid; while :; do sleep 1; done");
}

Test(program, that_reads_nothing)
{
    struct account_list *list = account_list_new();
    struct account_program settings = {"/bin/false", "/bin/true", 0};
    struct account account;
    struct err err;

    account_list_add(list, account_program(&settings));
    cr_expect_eq(check(list, "alice", "x", &account, &err), ACCOUNT_NO);
    account_list_free(list);
}
