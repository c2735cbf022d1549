#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "recipe/trust.h"

static char directory[] = "/tmp/trust.XXXXXX";
static char path[64], fifo[64];

static void set_up(void)
{
    int fd;

    cr_assert_not_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/rc", directory);
    snprintf(fifo, sizeof fifo, "%s/fifo", directory);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    cr_assert_eq(write(fd, "A=1\n", 4), 4);
    close(fd);
    cr_assert_eq(mkfifo(fifo, 0600), 0);
}

static void tear_down(void)
{
    unlink(path);
    unlink(fifo);
    rmdir(directory);
}

static enum trust_verdict verdict(const char *name, enum trust_origin origin, uid_t uid, gid_t gid)
{
    struct buf text;
    enum trust_verdict v;

    buf_init(&text, BUF_UNLIMITED);
    v = trust_read(name, origin, uid, gid, &text);
    if (v == TRUST_OK && !strcmp(name, path))
        cr_expect_str_eq(text.p, "A=1\n");
    buf_free(&text);
    return v;
}

Test(trust, of_files, .init = set_up, .fini = tear_down)
{
    uid_t uid = getuid();
    gid_t gid = getgid();

    cr_expect_eq(verdict(path, TRUST_DEFAULT, uid, gid), TRUST_OK);
    cr_expect_eq(verdict("/nonexistent", TRUST_DEFAULT, uid, gid), TRUST_UNREADABLE);
    cr_expect_eq(verdict(directory, TRUST_INCLUDE, uid, gid), TRUST_UNREADABLE);
    cr_expect_eq(verdict(fifo, TRUST_INCLUDE, uid, gid), TRUST_UNREADABLE);
    cr_expect_eq(verdict("/dev/null", TRUST_NAMED, uid, gid), TRUST_OK);
    chmod(path, 0602);
    cr_expect_eq(verdict(path, TRUST_NAMED, uid, gid), TRUST_SUSPICIOUS);
    cr_expect_eq(verdict(path, TRUST_CURRENT, uid, gid), TRUST_OK);
    cr_expect_eq(verdict(path, TRUST_INCLUDE, uid, gid), TRUST_OK);
    chmod(path, 0620);
    cr_expect_eq(verdict(path, TRUST_NAMED, uid, gid + 1), TRUST_OK);
    cr_expect_eq(verdict(path, TRUST_DEFAULT, uid, gid + 1), TRUST_SUSPICIOUS);
    cr_expect_eq(verdict(path, TRUST_DEFAULT, uid, gid), TRUST_OK);
}

Test(trust, of_directories, .init = set_up, .fini = tear_down)
{
    chmod(directory, 01777);
    cr_expect_eq(verdict(path, TRUST_NAMED, getuid(), getgid()), TRUST_OK);
    chmod(directory, 0777);
    cr_expect_eq(verdict(path, TRUST_NAMED, getuid(), getgid()), TRUST_SUSPICIOUS);
    chmod(directory, 0770);
    cr_expect_eq(verdict(path, TRUST_DEFAULT, getuid(), getgid() + 1), TRUST_SUSPICIOUS);
    cr_expect_eq(verdict(path, TRUST_NAMED, getuid(), getgid() + 1), TRUST_OK);
}

Test(trust, an_empty_include_is_passed_over, .init = set_up, .fini = tear_down)
{
    cr_assert_eq(truncate(path, 0), 0);
    cr_expect_eq(verdict(path, TRUST_INCLUDE, getuid(), getgid()), TRUST_EMPTY);
}
