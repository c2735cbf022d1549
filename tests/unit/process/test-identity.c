#include <criterion/criterion.h>
#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/identity.h"

Test(identity, finds_by_name)
{
    struct identity identity;
    struct err err;

    cr_assert_eq(identity_find(&identity, "root", &err), 0);
    cr_assert_eq(identity.uid, 0);
    cr_assert(identity.known);
    identity_free(&identity);
    cr_assert_eq(identity_find(&identity, "ROOT", &err), 0, "lower case is tried");
    cr_assert_str_eq(identity.name, "root");
    identity_free(&identity);
}

Test(identity, refuses_names_that_are_none)
{
    static const char *const names[] = {"", ".", "..", "../root", "ro/ot", "root\n", "no-such-user-here"};
    struct identity identity;
    struct err err;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_assert_eq(identity_find(&identity, names[i], &err), -1);
        cr_assert_eq(err.class, ERR_NOUSER);
    }
}

Test(identity, invoker_by_hint_or_uid)
{
    struct passwd *entry = getpwuid(getuid());
    struct identity identity;

    if (!entry)
        cr_skip_test("no entry");
    cr_assert_eq(identity_of_invoker(&identity, "no-such-user-here", NULL), 0);
    cr_assert_eq(identity.uid, getuid());
    identity_free(&identity);
    cr_assert_eq(identity_of_invoker(&identity, NULL, NULL), 0);
    cr_assert_eq(identity.uid, getuid());
    identity_free(&identity);
}

Test(identity, uid_without_entry_is_no_error)
{
    struct identity identity;
    int status;

    if (getuid() != 0)
        cr_skip_test("needs root");
    if (fork() == 0) {
        if (setresuid(54321, 54321, 54321) < 0)
            _exit(1);
        _exit(identity_of_invoker(&identity, "root", NULL) < 0 || identity.known ||
              strcmp(identity.name, "54321") || strcmp(identity.shell, "/bin/sh") ||
              identity_assume(&identity, NULL) < 0);
    }
    wait(&status);
    cr_assert_eq(status, 0);
}

/* In a child: nothing of root is left after assuming a user. */
static int child_has_assumed(const char *name)
{
    struct identity identity;
    gid_t groups[100];
    int n;

    if (identity_find(&identity, name, NULL) < 0)
        return 1;
    if (!identity_may_assume(&identity) || identity_assume(&identity, NULL) < 0)
        return 2;
    if (getuid() != identity.uid || geteuid() != identity.uid || getgid() != identity.gid)
        return 3;
    if (setuid(0) == 0 || setgid(0) == 0 || setgroups(0, NULL) == 0)
        return 4;
    n = getgroups(100, groups);
    for (int i = 0; i < n; i++)
        if (groups[i] == 0)
            return 5;
    if (identity_assume(&identity, NULL) < 0)
        return 6;
    identity_free(&identity);
    if (identity_find(&identity, "root", NULL) < 0 || identity_may_assume(&identity))
        return 7;
    return identity_assume(&identity, NULL) == 0 ? 8 : 0;
}

Test(identity, assumed_rights_cannot_be_taken_back)
{
    int status;

    if (getuid() != 0 || !getpwnam("nobody"))
        cr_skip_test("needs root and nobody");
    if (fork() == 0)
        _exit(child_has_assumed("nobody"));
    wait(&status);
    cr_assert(WIFEXITED(status));
    cr_assert_eq(WEXITSTATUS(status), 0, "step %d", WEXITSTATUS(status));
}

Test(identity, assuming_oneself_changes_nothing)
{
    struct identity identity;

    cr_assert_eq(identity_of_invoker(&identity, NULL, NULL), 0);
    cr_assert_eq(identity_assume(&identity, NULL), 0);
    cr_assert_eq(getuid(), identity.uid);
    identity_free(&identity);
}
