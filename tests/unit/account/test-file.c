#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/secret.h"
#include "account/users-file.h"

TestSuite(file, .init = scratch_enter, .fini = scratch_leave);

static enum account_answer try_password(struct account_list *list, const char *name, const char *password)
{
    struct account account;
    struct err err = {.text = ""};
    enum account_answer answer = account_check(list, name, span_of(password), &account, &err);

    cr_assert(answer != ACCOUNT_LATER, "%s", err.text);
    cr_expect_eq(answer == ACCOUNT_YES, account.name != NULL);
    account_free(&account);
    return answer;
}

static void takes_secret_only(struct account_list *list, const char *name)
{
    const char *wrong[] = {"", "secre", "secret ", "secrets", "Secret", "*", "!"};

    cr_expect_eq(try_password(list, name, "secret"), ACCOUNT_YES, "%s", name);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_eq(try_password(list, name, wrong[i]), ACCOUNT_NO, "%s: '%s'", name, wrong[i]);
}

Test(file, says_who_it_is)
{
    struct account_list *list = list_of_file();
    struct account account;

    users_write("# comment\n\nalice:{PLAIN}secret:1001:1002:/srv/%%u:maildir:~/Maildir\n");
    cr_assert_eq(account_check(list, "alice", span_of("secret"), &account, NULL), ACCOUNT_YES);
    cr_expect_str_eq(account.name, "alice");
    cr_expect_eq(account.uid, 1001);
    cr_expect_eq(account.gid, 1002);
    cr_expect_str_eq(account.home, "/srv/alice");
    cr_expect_str_eq(account.mail, "maildir:/srv/alice/Maildir");
    account_free(&account);
    cr_expect_eq(account_find(list, "alice", &account, NULL), ACCOUNT_YES);
    account_free(&account);
    cr_expect_eq(account_find(list, "alic", &account, NULL), ACCOUNT_NO);
    cr_expect_eq(account_find(list, "", &account, NULL), ACCOUNT_NO);
    cr_expect_str_eq(faults(), "");
    account_list_free(list);
}

Test(file, hashes_of_every_kind)
{
    const char *settings[] = {"$y$j75$abcdefghijkl",
                              "$gy$j75$abcdefghijkl",
                              "$7$4/..../....abcdefghijkl",
                              "$2b$04$abcdefghijklmnopqrstuu",
                              "$6$rounds=1000$abcd",
                              "$6$abcd",
                              "$5$rounds=1000$abcd",
                              "$sha1$1000$abcdefgh",
                              "$md5,rounds=100$abcdefgh$",
                              "$1$abcd",
                              "_J9..abcd",
                              "ab"};

    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        struct account_list *list = list_of_file();

        users_write("u:%s:1001:1001:/h:\n", hashed(0, settings[i]));
        if (settings[i][0] == 'a') /* DES takes eight characters */
            cr_expect_eq(try_password(list, "u", "secret"), ACCOUNT_YES);
        takes_secret_only(list, "u");
        cr_expect_str_eq(faults(), "", "%s", settings[i]);
        account_list_free(list);
    }
}

Test(file, secrets_of_every_other_kind)
{
    struct account_list *list = list_of_file();

    users_write("plain:{PLAIN}secret:1:1:/h:\n"
                "lower:{plain}secret:1:1:/h:\n"
                "base64:{PLAIN.b64}c2VjcmV0:1:1:/h:\n"
                "scram256:%s:1:1:/h:\n"
                "scram1:%s:1:1:/h:\n"
                "crypt:{CRYPT}%s:1:1:/h:\n"
                "many:{RPOP}id %s {PLAIN}secret:1:1:/h:\n",
                scrammed(0, SASL_SHA256), scrammed(1, SASL_SHA1), hashed(0, "$5$rounds=1000$abcd"),
                hashed(1, "$6$rounds=1000$abcd"));
    takes_secret_only(list, "plain");
    takes_secret_only(list, "lower");
    takes_secret_only(list, "base64");
    takes_secret_only(list, "scram256");
    takes_secret_only(list, "scram1");
    takes_secret_only(list, "crypt");
    takes_secret_only(list, "many");
    cr_expect_str_eq(faults(), "");
    account_list_free(list);
}

Test(file, scram_prepares_passwords)
{
    struct account_list *list = list_of_file();

    users_write("u:%s:1:1:/h:\n", scrammed(0, SASL_SHA256));
    cr_expect_eq(try_password(list, "u", "sec\xc2\xadret"), ACCOUNT_YES); /* a soft hyphen is nothing */
    cr_expect_eq(try_password(list, "u", "secret\xff"), ACCOUNT_NO);
    account_list_free(list);
}

Test(file, who_has_no_password)
{
    struct account_list *list = list_of_file();
    struct account account;

    users_write(
        "star:*:1:1:/h:\nlocked:!%s:1:1:/h:\nboth:* {PLAIN}secret:1:1:/h:\nrpop:{RPOP}secret:1:1:/h:\n",
        hashed(0, "$5$rounds=1000$abcd"));
    for (const char *const *name = (const char *const[]){"star", "locked", "both", "rpop", NULL}; *name;
         name++) {
        cr_expect_eq(try_password(list, *name, "secret"), ACCOUNT_NO, "%s", *name);
        cr_expect_eq(try_password(list, *name, ""), ACCOUNT_NO, "%s", *name);
        cr_expect_eq(account_find(list, *name, &account, NULL), ACCOUNT_YES, "%s", *name);
        account_free(&account);
    }
    cr_expect_eq(account_check_rpop(list, "rpop", span_of("secret"), &account, NULL), ACCOUNT_YES);
    account_free(&account);
    cr_expect_eq(account_check_rpop(list, "rpop", span_of("secre"), &account, NULL), ACCOUNT_NO);
    cr_expect_eq(account_check_rpop(list, "star", span_of(""), &account, NULL), ACCOUNT_NO);
    cr_expect_eq(account_check_rpop(list, "nobody", span_of("secret"), &account, NULL), ACCOUNT_NO);
    account_list_free(list);
}

Test(file, passwords_that_are_too_long_or_hold_nul)
{
    struct account_list *list = list_of_file();
    struct account account;
    static char password[100000];

    memset(password, 'x', sizeof password);
    users_write("u:%s:1:1:/h:\n", hashed(0, "$5$rounds=1000$abcd"));
    cr_expect_eq(account_check(list, "u", span_make(password, sizeof password), &account, NULL), ACCOUNT_NO);
    cr_expect_eq(account_check(list, "u", span_make("secret\0x", 8), &account, NULL), ACCOUNT_NO);
    cr_expect_eq(account_check(list, "u", SPAN_NULL, &account, NULL), ACCOUNT_NO);
    account_list_free(list);
}

/* ---- faults */

static void is_told(const char *line, const char *fault)
{
    struct account_list *list = list_of_file();
    struct account account;
    char expected[256];

    users_write("%s\nalice:{PLAIN}secret:1:1:/h:\n", line);
    cr_expect_eq(account_find(list, "alice", &account, NULL), ACCOUNT_YES, "the others are there: %s", line);
    account_free(&account);
    snprintf(expected, sizeof expected, "users:1: %s\n", fault);
    cr_expect_str_eq(faults(), expected, "%s", line);
    account_list_free(list);
}

Test(file, tells_of_faulty_lines)
{
    static char line[8192];

    is_told(":x:1:1:/h:", "a name that no user can have");
    is_told("../x:{PLAIN}a:1:1:/h:", "a name that no user can have");
    is_told("a b:{PLAIN}a:1:1:/h:", "a name that no user can have");
    is_told("bob", "no password: * is for a user who has none");
    is_told("bob::1:1:/h:", "no password: * is for a user who has none");
    is_told("bob:  :1:1:/h:", "no password: * is for a user who has none");
    is_told("bob:{PLAIN}:1:1:/h:", "an empty password");
    is_told("bob:{MD5}abc:1:1:/h:", "a scheme of passwords that is not known");
    is_told("bob:x:1:1:/h:", "a hash that crypt(3) cannot verify");
    is_told("bob:secret:1:1:/h:", "a hash that crypt(3) cannot verify");
    is_told("bob:$9$abc$def:1:1:/h:", "a hash that crypt(3) cannot verify");
    is_told("bob:{PLAIN}a {PLAIN}b:1:1:/h:", "two passwords of one kind");
    is_told("bob:{PLAIN.b64}abc:1:1:/h:", "a password that is no base64 of one");
    is_told("bob:{PLAIN.b64}YQBi:1:1:/h:", "a password that is no base64 of one");
    is_told("bob:{SCRAM-SHA-1}4096,c2FsdA==,AAAA,AAAA:1:1:/h:",
            "keys of SCRAM that are not iterations,salt,StoredKey,ServerKey");
    is_told("bob:{SCRAM-SHA-256}:1:1:/h:", "an empty password");
    is_told("bob:{PLAIN}a:0:1:/h:", "root as the uid or gid");
    is_told("bob:{PLAIN}a:1:0:/h:", "root as the uid or gid");
    is_told("bob:{PLAIN}a:1:-1:/h:", "a uid or gid that is no number");
    is_told("bob:{PLAIN}a:4294967296:1:/h:", "a uid or gid that is too large");
    is_told("bob:{PLAIN}a:4294967295:1:/h:", "a uid or gid that is too large");
    is_told("bob:{PLAIN}a:99999999999999999999:1:/h:", "a uid or gid that is no number");
    is_told("bob:{PLAIN}a:bob:1:/h:", "a uid or gid that is no number");
    is_told("bob:{PLAIN}a:1:1:h:", "a path that does not begin with a slash");
    is_told("bob:{PLAIN}a:1:1:/h:mbox", "mail that is not maildir:PATH, mbox:PATH or mh:PATH");
    is_told("bob:{PLAIN}a:1:1:/h:\r", "mail that is not maildir:PATH, mbox:PATH or mh:PATH");
    is_told("bob:{PLAIN}a\t:1:1:/h:", "a control character in a password");
    memset(line, 'x', sizeof line - 1);
    is_told(line, "a line that is too long");
}

Test(file, iterations_have_bounds)
{
    struct secrets secrets;
    char field[256];
    const char *keys = strchr(scrammed(0, SASL_SHA256), ',');

    for (const char *const *n =
             (const char *const[]){"0", "", "-1", "10000001", "99999999999999999999", NULL};
         *n; n++) {
        snprintf(field, sizeof field, "{SCRAM-SHA-256}%s%s", *n, keys);
        cr_expect_not_null(secrets_read(span_of(field), &secrets), "%s", *n);
    }
    snprintf(field, sizeof field, "{SCRAM-SHA-256}10000000%s", keys);
    cr_expect_null(secrets_read(span_of(field), &secrets));
}

Test(file, the_first_line_of_a_name_counts)
{
    struct account_list *list = list_of_file();

    users_write(
        "b:{PLAIN}x:1:1:/h:\na:{PLAIN}secret:1:1:/h:\na:{PLAIN}other:1:1:/h:\na:{PLAIN}third:1:1:/h:\n");
    takes_secret_only(list, "a");
    cr_expect_eq(try_password(list, "a", "other"), ACCOUNT_NO);
    cr_expect_str_eq(faults(), "users:3: a second line for a user\nusers:4: a second line for a user\n");
    account_list_free(list);
}

Test(file, ids_that_are_left_out_are_ours)
{
    struct account_list *list = list_of_file();
    struct account account;
    enum account_answer answer;

    users_write("a:{PLAIN}secret:::/h\n");
    answer = account_find(list, "a", &account, NULL);
    if (geteuid() == 0)
        cr_expect_str_eq(faults(), "users:1: no uid or gid, and the server is root\n");
    else
        cr_expect(answer == ACCOUNT_YES && account.uid == geteuid() && account.gid == getegid());
    account_free(&account);
    account_list_free(list);
}

Test(file, many_users)
{
    struct account_list *list = list_of_file();
    FILE *to = fopen("users", "w");
    char name[16];

    for (int i = 0; i < 5000; i++)
        fprintf(to, "u%d:{PLAIN}p%d:1:1:/h/%%u:maildir:~/Maildir\n", i * 7919 % 5000, i * 7919 % 5000);
    fchmod(fileno(to), 0600);
    fclose(to);
    for (int i = 0; i < 5000; i += 311) {
        snprintf(name, sizeof name, "u%d", i);
        cr_expect_eq(try_password(list, name, "secret"), ACCOUNT_NO);
        name[0] = 'p';
        cr_expect_eq(try_password(list, name, name), ACCOUNT_NO);
    }
    cr_expect_eq(try_password(list, "u4999", "p4999"), ACCOUNT_YES);
    cr_expect_str_eq(faults(), "");
    account_list_free(list);
}

/* ---- the file itself */

static void is_refused(const char *words)
{
    struct account_list *list = list_of_file();
    struct account account;
    struct err err = {.text = ""};

    cr_expect_eq(account_check(list, "a", span_of("secret"), &account, &err), ACCOUNT_LATER, "%s", words);
    cr_expect(strstr(err.text, words), "%s", err.text);
    account_list_free(list);
}

Test(file, is_refused_when_others_may_write_it)
{
    users_write("a:{PLAIN}secret:1:1:/h:\n");
    chmod("users", 0620);
    is_refused("others may write 'users'");
    chmod("users", 0602);
    is_refused("others may write 'users'");
    if (geteuid() == 0) {
        chmod("users", 0600);
        cr_assert_eq(chown("users", 12345, 0), 0);
        is_refused("'users' belongs neither to root nor to us");
    }
}

Test(file, is_refused_when_it_is_none)
{
    is_refused("cannot open 'users'");
    mkfifo("users", 0600);
    is_refused("'users' is no regular file");
    unlink("users");
    mkdir("users", 0700);
    is_refused("'users' is no regular file");
}

Test(file, is_refused_when_it_is_too_large)
{
    users_write("a:{PLAIN}secret:1:1:/h:\n");
    cr_assert_eq(truncate("users", (64L << 20) + 1), 0);
    is_refused("'users' is too large");
}

Test(file, is_read_again_when_it_has_changed)
{
    struct account_list *list = list_of_file();

    users_write("a:{PLAIN}secret:1:1:/h:\n");
    takes_secret_only(list, "a");
    users_write("a:{PLAIN}s3cret:1:1:/h:\n"); /* another file of the same size */
    cr_expect_eq(try_password(list, "a", "secret"), ACCOUNT_NO);
    cr_expect_eq(try_password(list, "a", "s3cret"), ACCOUNT_YES);
    FILE *to = fopen("users", "r+"); /* the same file, of the same size */
    fputs("b", to);
    fclose(to);
    cr_expect_eq(try_password(list, "a", "s3cret"), ACCOUNT_NO);
    cr_expect_eq(try_password(list, "b", "s3cret"), ACCOUNT_YES);
    chmod("users", 0622);
    is_refused("others may write 'users'");
    account_list_free(list);
}

Test(file, bytes_of_any_kind)
{
    struct account_list *list = list_of_file();
    struct account account;
    FILE *to = fopen("users", "w");

    for (int i = 0; i < 1024; i++)
        fputc(i * 37 & 0xff, to);
    fputs("\nalice:{PLAIN}secret:1:1:/h:", to); /* no newline at the end */
    fchmod(fileno(to), 0600);
    fclose(to);
    cr_expect_eq(account_find(list, "alice", &account, NULL), ACCOUNT_YES);
    account_free(&account);
    account_list_free(list);
}
