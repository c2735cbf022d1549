#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/undo.h"

static char dir[] = P_tmpdir "/mailweir-XXXXXX";

static void enter(void)
{
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(chdir(dir), 0);
}

static void leave(void)
{
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(rmdir(dir), 0, "something was left behind");
}

TestSuite(undo, .init = enter, .fini = leave);

static void touch(const char *name)
{
    close(open(name, O_WRONLY | O_CREAT, 0600));
}

Test(undo, relative_paths_stay_valid_after_chdir)
{
    touch("a");
    undo_unlink("a");
    cr_assert_eq(chdir("/"), 0);
    undo_all();
}

Test(undo, forgotten_files_stay)
{
    struct undo *undo;

    touch("a");
    undo = undo_unlink("a");
    undo_forget(undo);
    undo_forget(NULL);
    undo_all();
    cr_assert_eq(unlink("a"), 0);
}

static char order[10];

static void note(void *ctx)
{
    strcat(order, ctx);
}

Test(undo, last_first)
{
    char names[3][2] = {"a", "b", "c"};
    struct undo *b;

    undo_add(note, names[0]);
    b = undo_add(note, names[1]);
    undo_add(note, names[2]);
    undo_forget(b);
    undo_all();
    cr_assert_str_eq(order, "ca");
    undo_all();
    cr_assert_str_eq(order, "ca");
}

Test(undo, children_do_not_undo_for_their_parent)
{
    pid_t child;

    touch("a");
    undo_unlink("a");
    child = fork();
    if (child == 0) {
        touch("b");
        undo_unlink("b");
        undo_all();
        _exit(0);
    }
    waitpid(child, NULL, 0);
    cr_assert_neq(access("b", F_OK), 0);
    cr_assert_eq(access("a", F_OK), 0);
    undo_disown();
    undo_all();
    cr_assert_eq(unlink("a"), 0);
}
