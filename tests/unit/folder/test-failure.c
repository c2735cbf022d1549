#include <criterion/criterion.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder/folder-test.h"
#include "process/signal.h"

TestSuite(failure, .init = test_enter, .fini = test_leave, .timeout = 60);

static char large[100000];

/* A message that does not fit: no file may grow beyond a part of it. */
static void make_large(void)
{
    struct rlimit limit = {.rlim_cur = 50000, .rlim_max = 50000};

    signal_install(); /* SIGXFSZ is ignored */
    memset(large, 'x', sizeof large);
    memcpy(large, "From a\nS: x\n\n", 13);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

Test(failure, mbox_is_cut_back)
{
    make_large();
    test_make("box", "x");
    cr_assert_eq(test_put_bytes("box", large, sizeof large), -1);
    cr_assert_str_eq(test_story(), "named box\nopening box\nlocking\nwrite-failed box\ntruncated\n");
    cr_assert_eq(test_err.class, ERR_SPACE);
    cr_assert_eq(test_err.errnum, EFBIG);
    cr_assert_str_eq(test_content("box", NULL), "x");
}

Test(failure, new_mbox_leaves_nothing)
{
    make_large();
    cr_assert_eq(test_put_bytes("box", large, sizeof large), -1);
    cr_assert_eq(test_count("."), 0);
}

Test(failure, directories_show_nothing)
{
    make_large();
    cr_assert_eq(mkdir("d", 0700), 0);
    cr_assert_eq(test_put_bytes("md/", large, sizeof large), -1);
    cr_assert(!strncmp(test_story(), "write-failed md/tmp/", 20));
    cr_assert_eq(test_put_bytes("mh/.", large, sizeof large), -1);
    cr_assert(test_told("named mh/1\nopening mh/1\nlocking\nwrite-failed mh/_"));
    cr_assert_eq(test_put_bytes("d", large, sizeof large), -1);
    cr_assert_eq(test_count("md/new"), 0);
    cr_assert_eq(test_count("md/tmp"), 0);
    cr_assert_eq(test_count("mh"), 0);
    cr_assert_eq(test_count("d"), 0);
}

Test(failure, ignored_errors_are_none)
{
    size_t n;

    make_large();
    test_append.ignore_errors = true;
    cr_assert_eq(test_put_bytes("box", large, sizeof large), 0);
    cr_assert_eq(test_written, sizeof large);
    cr_assert_not_null(test_content("box", &n));
    cr_assert_eq(n, 50000);
    cr_assert_eq(test_put_bytes("md/", large, sizeof large), 0);
    cr_assert_eq(test_count("md/new"), 1);
}

Test(failure, full_device)
{
    if (access("/dev/full", W_OK) < 0)
        cr_skip_test("no such device");
    cr_assert_eq(test_put("/dev/full", MESSAGE), -1);
    cr_assert_eq(test_err.class, ERR_SPACE);
    cr_assert_eq(test_err.errnum, ENOSPC);
    cr_assert(test_told("write-failed /dev/full\n"));
    cr_assert(!test_told("truncated\n"));
}

Test(failure, fifos_are_no_folders)
{
    cr_assert_eq(mkfifo("ff", 0600), 0);
    cr_assert_eq(test_put("ff", MESSAGE), -1);
    cr_assert_str_eq(test_story(), "named ff\nopening ff\nwrite-failed ff\n");
    cr_assert_eq(test_err.class, ERR_CANTCREAT);
    cr_assert_eq(test_put("ff/", MESSAGE), -1);
    cr_assert_str_eq(test_story(), "no-directory ff\nnamed ff\nopening ff\nwrite-failed ff\n");
}

static int as_nobody(void)
{
    struct passwd *nobody = getpwnam("nobody");

    cr_assert_eq(mkdir("ro", 0755), 0);
    cr_assert_eq(mkdir("open", 0777), 0);
    cr_assert_eq(mkdir("blind", 0777), 0);
    cr_assert_eq(chmod("open", 0777) | chmod("ro", 0755) | chmod("blind", 0733) | chmod(".", 0755), 0);
    if (geteuid() != 0 || !nobody)
        cr_skip_test("needs root and nobody");
    cr_assert_eq(setresuid(nobody->pw_uid, nobody->pw_uid, nobody->pw_uid), 0);
    return 0;
}

/* The test goes on in a child without rights, so that the parent can clean up. */
#define IN_CHILD(body)              \
    do {                            \
        int status;                 \
        pid_t child = fork();       \
        if (child == 0) {           \
            as_nobody();            \
            body;                   \
            _exit(0);               \
        }                           \
        waitpid(child, &status, 0); \
        cr_assert_eq(status, 0);    \
    } while (0)

static void expect(const char *folder, const char *story)
{
    int result = test_put(folder, MESSAGE);

    if (result != -1 || !test_told(story) || test_err.class != ERR_CANTCREAT) {
        fprintf(stderr, "%s: %d %s", folder, result, test_story());
        _exit(1);
    }
}

Test(failure, no_permission)
{
    if (geteuid() != 0 || !getpwnam("nobody"))
        cr_skip_test("needs root and nobody");
    IN_CHILD({
        expect("ro/box", "write-failed ro/box\n");
        expect("ro", "write-failed ro/_");
        expect("ro/.", "no-temp ro/.\n");
        expect("ro/", "no-directory ro/new\nskipped ro\n");
    });
}

Test(failure, unreadable_mh_directory_is_numbered_from_one)
{
    if (geteuid() != 0 || !getpwnam("nobody"))
        cr_skip_test("needs root and nobody");
    IN_CHILD({
        if (test_put("blind/.", MESSAGE) < 0 || !test_told("unreadable blind/.\nnamed blind/1\n"))
            _exit(1);
        if (test_put("blind/.", MESSAGE) < 0 || strcmp(test_name(), "blind/2"))
            _exit(2);
    });
    cr_assert_eq(test_count("blind"), 2);
}

Test(failure, links_that_cannot_be_made_do_not_matter)
{
    const char *links[] = {"ro", "open", NULL};

    if (geteuid() != 0 || !getpwnam("nobody"))
        cr_skip_test("needs root and nobody");
    test_append.links = links;
    IN_CHILD({
        if (test_put("open/.", MESSAGE) < 0 || !test_told("link-failed ro/msg.") ||
            !test_told("linked open/msg."))
            _exit(1);
    });
    cr_assert_eq(test_count("open"), 2);
    cr_assert_eq(test_count("ro"), 0);
}
