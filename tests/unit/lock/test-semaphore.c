#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lock/lock-private.h"
#include "process/signal.h"
#include "process/undo.h"

static char dir[] = P_tmpdir "/mailweir-XXXXXX";

static void enter(void)
{
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(chdir(dir), 0);
    umask(077);
    signal_install();
}

static void leave(void)
{
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(rmdir(dir), 0, "something was left behind");
}

TestSuite(semaphore, .init = enter, .fini = leave);

static enum lock_end end_of(const char *path, struct lock_wait *wait)
{
    struct lock *lock;
    enum lock_end end = lock_wait(path, wait, NULL, &lock);

    cr_assert_str_eq(lock_path(lock), path);
    if (end == LOCK_MADE)
        lock_release(lock, NULL);
    else
        lock_disown(lock);
    return end;
}

/* A file with that text, last changed `age` seconds ago. */
static void make(const char *name, const char *text, long age)
{
    struct timespec times[2] = {{.tv_sec = time(NULL) - age}, {.tv_sec = time(NULL) - age}};
    FILE *to = fopen(name, "w");

    fputs(text, to);
    fclose(to);
    cr_assert_eq(utimensat(AT_FDCWD, name, times, 0), 0);
}

Test(semaphore, is_made)
{
    struct lock_wait wait = {.retries = 0};

    cr_assert_eq(end_of("a", &wait), LOCK_MADE);
    cr_assert_neq(access("a", F_OK), 0);
}

Test(semaphore, outlives_us)
{
    struct lock_wait wait = {.retries = 0};
    struct lock *lock;

    cr_assert_eq(lock_wait("a", &wait, NULL, &lock), LOCK_MADE);
    lock_disown(lock);
    undo_all();
    cr_assert_eq(access("a", F_OK), 0);
    cr_assert_eq(lock_break("a"), 0);
    cr_assert_eq(lock_break("a"), -1);
}

Test(semaphore, retries_are_used_up_over_all)
{
    struct lock_wait wait = {.retries = 3};

    make("a", "0", 0);
    cr_assert_eq(end_of("b", &wait), LOCK_MADE);
    cr_assert_eq(wait.retries, 3);
    cr_assert_eq(end_of("a", &wait), LOCK_BUSY);
    cr_assert_eq(wait.retries, 0);
    unlink("a");
}

Test(semaphore, what_does_not_pass_is_not_waited_for)
{
    static const char *const names[] = {"", "none/a", "none/", "/proc/a"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct lock_wait wait = {.retries = -1, .sleep = 100};

        cr_assert_eq(end_of(names[i], &wait), LOCK_CANNOT, "%s", names[i]);
    }
}

Test(semaphore, old_locks_are_forced_but_no_mailbox)
{
    static const struct {
        const char *text;
        long age, timeout;
        enum lock_end end;
    } cases[] = {
        {"0", 100, 50, LOCK_MADE},    {"host 123456, since this morning", 100, 50, LOCK_MADE},
        {"From", 100, 50, LOCK_MADE}, {"From a@b", 100, 50, LOCK_BUSY},
        {"0", 100, 0, LOCK_BUSY},     {"0", 100, -1, LOCK_BUSY},
        {"0", 100, 200, LOCK_BUSY},   {"0", -100, 50, LOCK_BUSY},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lock_wait wait = {.retries = 0, .timeout = cases[i].timeout};

        make("a", cases[i].text, cases[i].age);
        cr_assert_eq(end_of("a", &wait), cases[i].end, "case %zu", i);
        unlink("a");
    }
}

/* Two find the same lock stale; the first forces it, and makes his own. */
Test(semaphore, the_new_lock_of_another_is_not_forced)
{
    struct lock *lock = lock_new("a");
    struct stat stale;

    make("a", "0", 100);
    cr_assert_eq(stat("a", &stale), 0);
    cr_assert_eq(link("a", "keeps its inode"), 0);
    unlink("a");
    make("a", "0", 0);
    errno = 0;
    cr_assert_eq(lock_force(lock, &stale), -1);
    cr_assert_eq(errno, EAGAIN);
    cr_assert_eq(access("a", F_OK), 0);
    cr_assert_eq(stat("a", &stale), 0);
    cr_assert_eq(lock_force(lock, &stale), 0);
    cr_assert_neq(access("a", F_OK), 0);
    cr_assert_eq(lock_force(lock, &stale), -1);
    unlink("keeps its inode");
    lock_free(lock);
}

Test(semaphore, a_directory_is_not_moved_away)
{
    struct lock *lock = lock_new("a");
    struct stat stale;

    cr_assert_eq(mkdir("a", 0700), 0);
    cr_assert_eq(stat("a", &stale), 0);
    cr_assert_eq(lock_force(lock, &stale), -1);
    cr_assert_eq(errno, EISDIR);
    cr_assert_eq(rmdir("a"), 0);
    lock_free(lock);
}

Test(semaphore, a_signal_ends_the_wait)
{
    struct lock_wait wait = {.retries = -1, .sleep = 100};

    make("a", "0", 0);
    raise(SIGTERM);
    cr_assert_eq(end_of("a", &wait), LOCK_INTERRUPTED);
    unlink("a");
}
