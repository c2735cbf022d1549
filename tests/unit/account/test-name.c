#include <criterion/criterion.h>

#include "account/location.h"
#include "base/mem.h"

static bool ok(const char *name)
{
    return account_name_ok(span_of(name));
}

Test(name, usual_ones)
{
    const char *names[] = {"a",   "alice", "alice@example.org", "alice+tea", "J\xc3\xb6rg", ".alice",
                           "a.b", "..."};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_expect(ok(names[i]), "%s", names[i]);
}

Test(name, ones_that_could_be_taken_for_something_else)
{
    const char *names[] = {"",    ".",    "..",    "-r",       "#a",           "a/b",
                           "/",   "a:b",  "a b",   "a\nb",     "a\tb",         "a\x7f",
                           "a%u", "\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xc2\x85"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_expect(!ok(names[i]), "%s", names[i]);
    cr_expect(!account_name_ok(span_make("a\0b", 3)));
}

Test(name, of_64_bytes_and_not_of_65)
{
    char name[66] = {0};

    memset(name, 'a', 65);
    cr_expect(!ok(name));
    name[64] = '\0';
    cr_expect(ok(name));
}

static const char *locate(struct account *account, const char *home, const char *mail)
{
    const char *fault;

    *account = (struct account){.name = mem_strdup("alice")};
    fault = location_home(account, span_of(home), true);
    return fault ? fault : location_mail(account, span_of(mail));
}

static void lies(const char *home, const char *mail, const char *expected)
{
    struct account account;
    const char *fault = locate(&account, home, mail);

    cr_expect_null(fault, "%s %s: %s", home, mail, fault);
    if (!fault)
        cr_expect_str_eq(account.mail, expected);
    account_free(&account);
}

static void lies_nowhere(const char *home, const char *mail, const char *expected)
{
    struct account account;
    const char *fault = locate(&account, home, mail);

    cr_expect(fault && strcmp(fault, expected) == 0, "%s %s: %s", home, mail, fault ? fault : "is taken");
    account_free(&account);
}

Test(location, is_expanded)
{
    lies("/home/%u", "maildir:~/Maildir", "maildir:/home/alice/Maildir");
    lies("/home/x", "mbox:/var/mail/%u", "mbox:/var/mail/alice");
    lies("/home/x", "mh:%h/%u/100%%", "mh:/home/x/alice/100%");
    lies("/home/a b", "maildir:%h/~/x", "maildir:/home/a b/~/x");
}

Test(location, is_the_system_mailbox_without_a_maildir)
{
    lies("/nonexistent/%u", "", "mbox:" MAIL_SPOOL "/alice");
}

Test(location, is_refused)
{
    static char path[2048];

    lies_nowhere("", "", "a path that does not begin with a slash");
    lies_nowhere("home", "", "a path that does not begin with a slash");
    lies_nowhere("/home/../etc", "", "a path with .. in it");
    lies_nowhere("/home/..", "", "a path with .. in it");
    lies_nowhere("/h%h", "", "a % that stands for nothing");
    lies_nowhere("/h%", "", "a % that stands for nothing");
    lies_nowhere("/h", "maildir:%", "a % that stands for nothing");
    lies_nowhere("/h", "maildir:%x", "a % that stands for nothing");
    lies_nowhere("/h", "maildir:", "a path that does not begin with a slash");
    lies_nowhere("/h", "maildir:Maildir", "a path that does not begin with a slash");
    lies_nowhere("/h", "mbox:~/../x", "a path with .. in it");
    lies_nowhere("/h", "/var/mail/alice", "mail that is not maildir:PATH, mbox:PATH or mh:PATH");
    lies_nowhere("/h", "pop3:/x", "mail that is not maildir:PATH, mbox:PATH or mh:PATH");
    lies_nowhere("/h", "mbox:/x\x01", "a control character in a path");
    memset(path, 'x', ACCOUNT_PATH_MAX + 1);
    path[0] = '/';
    lies_nowhere(path, "", "a path that is too long");
    path[ACCOUNT_PATH_MAX] = '\0';
    lies_nowhere(path, "", "a path that is too long");
    lies_nowhere(path, "mh:~/x", "a path that is too long");
}
