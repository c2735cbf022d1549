#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder/folder-test.h"
#include "lock/lock.h"
#include "process/signal.h"
#include "process/spawn.h"

TestSuite(mbox, .init = test_enter, .fini = test_leave);

Test(mbox, story_in_3_22_s_order)
{
    cr_assert_eq(test_put("box", MESSAGE), 0);
    cr_assert_str_eq(test_story(), "named box\nopening box\nlocking\n");
    cr_assert_eq(test_written, strlen(MESSAGE) + 1);
    cr_assert_eq(test_mode("box"), 0600);
}

Test(mbox, messages_follow_each_other)
{
    cr_assert_eq(test_put("box", MESSAGE), 0);
    cr_assert_eq(test_put("box", MESSAGE), 0);
    cr_assert_str_eq(test_content("box", NULL), MESSAGE "\n" MESSAGE "\n");
}

Test(mbox, modes_follow_the_umask)
{
    umask(022);
    cr_assert_eq(test_put("box", MESSAGE), 0);
    cr_assert_eq(test_mode("box"), 0645);
    cr_assert_eq(chmod("box", 0600), 0);
    cr_assert_eq(test_put("box", MESSAGE), 0);
    cr_assert_eq(test_mode("box"), 0601, "the mark of new mail");
    cr_assert_eq(chmod("box", 0600), 0);
    umask(077);
    cr_assert_eq(test_put("box", MESSAGE), 0);
    cr_assert_eq(test_mode("box"), 0600);
}

Test(mbox, torn_tails_are_mended)
{
    static const struct {
        const char *tail, *mended;
    } tails[] = {
        {"", ""},
        {"\n", "\n"},
        {"\n\n", "\n\n"},
        {"x", "x\n\n"},
        {"x\n", "x\n\n"},
        {"x\n\n", "x\n\n"},
        {"From a\n\nhalf a li", "From a\n\nhalf a li\n\n"},
    };

    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        size_t n;

        test_make("box", tails[i].tail);
        cr_assert_eq(test_put("box", MESSAGE), 0);
        cr_assert(!strncmp(test_content("box", &n), tails[i].mended, strlen(tails[i].mended)));
        cr_assert_str_eq(test_content("box", NULL) + strlen(tails[i].mended), MESSAGE "\n");
        cr_assert_eq(test_written, strlen(MESSAGE) + 1, "only the message counts");
    }
}

Test(mbox, newlines_before_the_message_do_not_hide_it_from_torn_tails)
{
    test_make("box", "x");
    cr_assert_eq(test_put("box", "\n\n" MESSAGE), 0);
    cr_assert_str_eq(test_content("box", NULL), "x\n\n\n\n" MESSAGE "\n");
}

Test(mbox, tails_stay_before_what_is_no_message)
{
    test_make("box", "x");
    cr_assert_eq(test_put("box", MESSAGE_SHORT), 0);
    cr_assert_str_eq(test_content("box", NULL), "x" MESSAGE_SHORT "\n");
    test_append.raw = true;
    test_make("box", "x");
    cr_assert_eq(test_put("box", MESSAGE), 0);
    cr_assert_str_eq(test_content("box", NULL), "x" MESSAGE);
}

Test(mbox, links_are_skipped)
{
    const char *links[] = {"md/", "x", NULL};

    test_append.links = links;
    cr_assert_eq(test_put("box", MESSAGE), 0);
    cr_assert_str_eq(test_story(), "skipped md/ x\nnamed box\nopening box\nlocking\n");
    cr_assert_neq(access("md", F_OK), 0);
}

Test(mbox, null_device_takes_all)
{
    cr_assert_eq(test_put("/dev/null", MESSAGE), 0);
    cr_assert_str_eq(test_story(), "named /dev/null\nopening /dev/null\n");
    cr_assert_eq(test_written, strlen(MESSAGE), "without the added newline");
}

Test(mbox, symbolic_links_are_followed)
{
    cr_assert_eq(mkdir("d", 0700), 0);
    cr_assert_eq(symlink("d/new", "link"), 0);
    cr_assert_eq(test_put("link", MESSAGE), 0);
    cr_assert_str_eq(test_content("d/new", NULL), MESSAGE "\n");
}

Test(mbox, unreadable_file_can_be_appended_to)
{
    test_make("box", "x\n\n");
    cr_assert_eq(chmod("box", 0200), 0);
    cr_assert_eq(test_put("box", MESSAGE), 0);
    cr_assert_eq(chmod("box", 0600), 0);
    cr_assert_str_eq(test_content("box", NULL), "x\n\n" MESSAGE "\n");
}

/* A child that holds the kernel lock until it is killed. */
static pid_t hold(const char *path)
{
    int ready[2], fd = open(path, O_RDWR | O_CREAT, 0600);
    char c;
    pid_t child;

    cr_assert_eq(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        if (lock_kernel(fd, 0, NULL) < 0 || write(ready[1], "", 1) < 0)
            _exit(1);
        pause();
        _exit(0);
    }
    cr_assert_eq(read(ready[0], &c, 1), 1);
    close(fd);
    return child;
}

Test(mbox, deadline_passes_and_it_is_written_all_the_same)
{
    pid_t child = hold("box");

    test_append.kernel_lock_deadline = spawn_deadline(1);
    cr_assert_eq(test_put("box", MESSAGE), 0);
    cr_assert(test_told("lock-timeout box\n"));
    kill(child, SIGKILL);
}

Test(mbox, ending_signal_ends_the_wait_without_delivery)
{
    pid_t child = hold("box"), target = getpid();

    signal_install();
    if (fork() == 0) {
        usleep(200000);
        kill(target, SIGTERM);
        _exit(0);
    }
    cr_assert_eq(test_put("box", MESSAGE), -1);
    cr_assert_eq(test_err.class, ERR_TEMP);
    cr_assert_str_eq(test_content("box", NULL), "");
    kill(child, SIGKILL);
}

/* Somebody renames the file while we wait for its lock. */
Test(mbox, the_file_of_that_name_gets_it)
{
    int ready[2], fd = open("box", O_RDWR | O_CREAT, 0600);
    char c;

    cr_assert_eq(pipe(ready), 0);
    if (fork() == 0) {
        if (lock_kernel(fd, 0, NULL) < 0 || write(ready[1], "", 1) < 0)
            _exit(1);
        usleep(200000);
        _exit(rename("box", "old"));
    }
    cr_assert_eq(read(ready[0], &c, 1), 1);
    close(fd);
    cr_assert_eq(test_put("box", MESSAGE), 0);
    cr_assert_str_eq(test_content("box", NULL), MESSAGE "\n");
    cr_assert_str_eq(test_content("old", NULL), "");
}
