#include <criterion/criterion.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <lockfile.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "lock/lock.h"
#include "process/signal.h"
#include "process/undo.h"

static char dir[] = P_tmpdir "/mailweir-XXXXXX";
static char story[4000]; /* one letter per event */

static const struct lock_policy quick = {.sleep = 0, .timeout = 1024, .suspend = 0};

static void enter(void)
{
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(chdir(dir), 0);
    umask(077);
    signal_install();
    story[0] = '\0';
}

static void leave(void)
{
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(rmdir(dir), 0, "something was left behind");
}

TestSuite(dotlock, .init = enter, .fini = leave);

static void note(void *ctx, enum lock_event event, const char *path)
{
    static const char letters[] = {
        [LOCK_TRYING] = 'L',       [LOCK_TEMP_FAILED] = 't',   [LOCK_FORCING] = 'F',
        [LOCK_FORCE_DENIED] = 'd', [LOCK_TRUNCATING] = 'T',    [LOCK_FAILED] = '!',
        [LOCK_RELEASING] = 'U',    [LOCK_RELEASE_FAILED] = 'u'};
    size_t n = strlen(story);

    (void)ctx;
    cr_assert_not_null(path);
    if (n < sizeof story - 1) {
        story[n] = letters[event];
        story[n + 1] = '\0';
    }
}

static const struct lock_listener listener = {.say = note};

static struct lock *acquire(const char *path, const struct lock_policy *policy, struct err *err)
{
    return lock_acquire(path, policy, &listener, err);
}

/* A file with n bytes, last changed `age` seconds ago. */
static void make(const char *name, size_t n, long age)
{
    struct timespec times[2] = {{.tv_sec = time(NULL) - age}, {.tv_sec = time(NULL) - age}};
    int fd = open(name, O_WRONLY | O_CREAT, 0600);

    while (n--)
        cr_assert_eq(io_write(fd, "x", 1), 0);
    close(fd);
    cr_assert_eq(utimensat(AT_FDCWD, name, times, 0), 0);
}

static pid_t send_later(int signum, unsigned ms)
{
    pid_t target = getpid(), child = fork();

    if (child == 0) {
        usleep(ms * 1000);
        kill(target, signum);
        _exit(0);
    }
    return child;
}

Test(dotlock, is_made_and_removed)
{
    struct lock *lock = acquire("a.lock", &quick, NULL);
    struct stat st;

    cr_assert_not_null(lock);
    cr_assert_str_eq(lock_path(lock), "a.lock");
    cr_assert_eq(stat("a.lock", &st), 0);
    cr_assert_eq(st.st_size, 1);
    cr_assert_eq(st.st_mode & 07777, 0400);
    lock_release(lock, &listener);
    cr_assert_neq(access("a.lock", F_OK), 0);
    cr_assert_str_eq(story, "LU");
    lock_release(NULL, &listener);
}

Test(dotlock, mode_follows_the_umask)
{
    struct lock *lock;
    struct stat st;

    umask(022);
    lock = acquire("a.lock", &quick, NULL);
    cr_assert_eq(stat("a.lock", &st), 0);
    cr_assert_eq(st.st_mode & 07777, 0444);
    lock_release(lock, NULL);
}

Test(dotlock, names_may_hold_any_bytes)
{
    static const char *const names[] = {"-r", "a b\n$x`", "\xff\xfe", "..x", "%s%n"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct lock *lock = acquire(names[i], &quick, NULL);

        cr_assert_not_null(lock);
        cr_assert_eq(access(names[i], F_OK), 0);
        lock_release(lock, NULL);
    }
}

Test(dotlock, relative_lock_is_released_after_chdir)
{
    struct lock *lock = acquire("a.lock", &quick, NULL);

    cr_assert_eq(chdir("/"), 0);
    lock_release(lock, &listener);
    cr_assert_str_eq(story, "LU");
    cr_assert_eq(chdir(dir), 0);
    cr_assert_neq(access("a.lock", F_OK), 0);
}

Test(dotlock, undo_removes_it)
{
    struct lock *lock = acquire("a.lock", &quick, NULL);

    cr_assert_eq(chdir("/"), 0);
    undo_all();
    cr_assert_eq(chdir(dir), 0);
    cr_assert_neq(access("a.lock", F_OK), 0);
    lock_disown(lock);
}

Test(dotlock, disowned_lock_stays)
{
    struct lock *lock = acquire("a.lock", &quick, NULL);

    lock_disown(lock);
    undo_all();
    cr_assert_eq(unlink("a.lock"), 0);
}

Test(dotlock, a_lock_that_is_no_longer_ours_is_left_alone)
{
    struct lock *lock = acquire("a.lock", &quick, NULL);

    cr_assert_eq(rename("a.lock", "kept"), 0);
    make("a.lock", 1, 0);
    lock_release(lock, &listener);
    cr_assert_str_eq(story, "LUu");
    cr_assert_eq(unlink("a.lock"), 0);
    cr_assert_eq(unlink("kept"), 0);
}

/* File systems like to use the number of an inode again at once. */
Test(dotlock, a_lock_with_our_number_is_left_alone)
{
    struct lock *lock = acquire("a.lock", &quick, NULL);

    cr_assert_eq(unlink("a.lock"), 0);
    make("a.lock", 1, 0);
    lock_release(lock, &listener);
    cr_assert_eq(unlink("a.lock"), 0);
}

static void count_tries(void *ctx, enum lock_event event, const char *path)
{
    (void)path;
    *(int *)ctx += event == LOCK_TRYING;
}

Test(dotlock, without_locksleep_the_processor_is_spared)
{
    const struct lock_policy hasty = {0, 0, 0};
    int tries = 0;

    make("a.lock", 1, 0);
    if (fork() == 0) {
        usleep(1500 * 1000);
        unlink("a.lock");
        _exit(0);
    }
    lock_release(lock_acquire("a.lock", &hasty, &(struct lock_listener){count_tries, &tries}, NULL), NULL);
    cr_assert_leq(tries, 4, "%d tries", tries);
}

Test(dotlock, waits_until_it_is_given_back)
{
    const struct lock_policy policy = {.sleep = 1, .timeout = 1024};
    struct lock *lock;

    make("a.lock", 1, 0);
    if (fork() == 0) {
        usleep(300000);
        unlink("a.lock");
        _exit(0);
    }
    lock = acquire("a.lock", &policy, NULL);
    cr_assert_not_null(lock);
    cr_assert_str_eq(story, "LL");
    lock_release(lock, NULL);
}

/* liblockfile would remove it: it is older than five minutes. */
Test(dotlock, old_lock_is_respected_below_the_timeout)
{
    struct err err;

    make("a.lock", 1, 900);
    send_later(SIGTERM, 2500);
    cr_assert_null(acquire("a.lock", &quick, &err));
    cr_assert_eq(err.class, ERR_TEMP);
    cr_assert_eq(signal_received(), SIGTERM);
    cr_assert_eq(strspn(story, "L"), strlen(story));
    cr_assert_geq(strlen(story), 2);
    cr_assert_eq(unlink("a.lock"), 0);
}

Test(dotlock, without_timeout_no_lock_is_forced)
{
    const struct lock_policy policy = {.sleep = 1, .timeout = 0};

    make("a.lock", 1, 100000);
    send_later(SIGHUP, 100);
    cr_assert_null(acquire("a.lock", &policy, NULL));
    cr_assert_str_eq(story, "L");
    cr_assert_eq(unlink("a.lock"), 0);
}

Test(dotlock, stale_lock_is_forced)
{
    const struct lock_policy policy = {.sleep = 1, .timeout = 100, .suspend = 1};
    time_t before = time(NULL);
    struct lock *lock;

    make("a.lock", 16, 102);
    lock = acquire("a.lock", &policy, NULL);
    cr_assert_not_null(lock);
    cr_assert_str_eq(story, "LFL");
    cr_assert_gt(time(NULL), before, "SUSPEND");
    lock_release(lock, NULL);
}

Test(dotlock, large_file_is_no_lock_to_be_forced)
{
    make("a.lock", 17, 100000);
    send_later(SIGTERM, 100);
    cr_assert_null(acquire("a.lock", &quick, NULL));
    cr_assert_str_eq(story, "L");
    cr_assert_eq(unlink("a.lock"), 0);
}

Test(dotlock, missing_directory_is_tried_eight_times)
{
    struct err err;

    cr_assert_null(acquire("none/a.lock", &quick, &err));
    cr_assert_str_eq(story, "LtLtLtLtLtLtLtLt!");
    cr_assert_eq(err.class, ERR_CANTCREAT);
    cr_assert_eq(err.errnum, ENOENT);
}

Test(dotlock, directories_and_fifos_fail_at_once_and_stay, .timeout = 20)
{
    cr_assert_eq(mkdir("d", 0700), 0);
    cr_assert_eq(mkfifo("f", 0600), 0);
    cr_assert_null(acquire("d", &quick, NULL));
    cr_assert_null(acquire("f", &quick, NULL));
    cr_assert_str_eq(story, "L!L!");
    cr_assert_eq(rmdir("d"), 0);
    cr_assert_eq(unlink("f"), 0);
}

Test(dotlock, long_name_is_cut)
{
    char name[300];
    struct lock *lock;

    memset(name, 'x', 257);
    strcpy(name + 257, "");
    lock = acquire(name, &quick, NULL);
    cr_assert_not_null(lock);
    cr_assert_eq(strlen(lock_path(lock)), 255);
    cr_assert_str_eq(story, "LTLTL");
    lock_release(lock, NULL);
}

Test(dotlock, no_permission_fails_at_once)
{
    struct passwd *nobody = getpwnam("nobody");
    pid_t child;
    int status;

    if (geteuid() != 0 || !nobody)
        cr_skip_test("needs root and nobody");
    cr_assert_eq(chmod(dir, 0755), 0);
    child = fork();
    if (child == 0) {
        if (setresuid(nobody->pw_uid, nobody->pw_uid, nobody->pw_uid) < 0)
            _exit(2);
        _exit(acquire("a.lock", &quick, NULL) || strcmp(story, "Lt!"));
    }
    waitpid(child, &status, 0);
    cr_assert_eq(status, 0);
}

/* liblockfile's, which starts its helper where we have no rights; or another is quicker than that, so often,
 * and then no more. */
static int quicker;

int lockfile_create(const char *name, int retries, int flags)
{
    int (*real)(const char *, int, int) =
        (int (*)(const char *, int, int))dlsym(RTLD_NEXT, "lockfile_create");

    if (quicker == 0)
        return real(name, retries, flags);
    return --quicker ? L_MAXTRYS : L_SUCCESS;
}

Test(dotlock, another_is_quicker_than_the_helper)
{
    struct passwd *nobody = getpwnam("nobody");
    struct lock_policy policy = {.sleep = 1, .timeout = 1024};
    pid_t child;
    int status;

    if (geteuid() != 0 || !nobody)
        cr_skip_test("needs root and nobody");
    cr_assert_eq(chmod(dir, 0755), 0);
    child = fork();
    if (child == 0) {
        if (setresuid(nobody->pw_uid, nobody->pw_uid, nobody->pw_uid) < 0)
            _exit(2);
        quicker = 3;
        _exit(!acquire("a.lock", &policy, NULL) || quicker > 0);
    }
    waitpid(child, &status, 0);
    cr_assert_eq(status, 0);
}

Test(dotlock, denied_force_is_tried_once)
{
    struct passwd *nobody = getpwnam("nobody");
    pid_t child;
    int status;

    if (geteuid() != 0 || !nobody)
        cr_skip_test("needs root and nobody");
    cr_assert_eq(chmod(dir, 01777), 0);
    make("a.lock", 1, 100000);
    child = fork();
    if (child == 0) {
        if (setresuid(nobody->pw_uid, nobody->pw_uid, nobody->pw_uid) < 0)
            _exit(2);
        _exit(acquire("a.lock", &quick, NULL) || strcmp(story, "LdL!"));
    }
    waitpid(child, &status, 0);
    cr_assert_eq(status, 0);
    cr_assert_eq(unlink("a.lock"), 0);
}

/* Each child adds one to a number in a file, under the lock. */
static void count_up(int fd)
{
    const struct lock_policy policy = {.sleep = 0, .timeout = 0};

    for (int i = 0; i < 3; i++) {
        struct lock *lock = lock_acquire("a.lock", &policy, NULL, NULL);
        int n = 0;

        if (!lock)
            _exit(1);
        io_pread(fd, &n, sizeof n, 0);
        usleep(1000);
        n++;
        io_pwrite(fd, &n, sizeof n, 0);
        lock_release(lock, NULL);
    }
}

Test(dotlock, excludes_others)
{
    enum { CHILDREN = 3 };
    int fd = open("number", O_RDWR | O_CREAT, 0600), n = 0, status;

    for (int i = 0; i < CHILDREN; i++)
        if (fork() == 0) {
            count_up(fd);
            _exit(0);
        }
    while (wait(&status) > 0)
        cr_assert_eq(status, 0);
    cr_assert_eq(io_pread(fd, &n, sizeof n, 0), sizeof n);
    cr_assert_eq(n, 3 * CHILDREN);
    close(fd);
    unlink("number");
}
