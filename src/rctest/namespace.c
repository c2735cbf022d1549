#include "rctest/namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"

static int private_mounts(void)
{
    if (unshare(CLONE_NEWNS))
        return -1;
    return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

bool namespace_available(void)
{
    int status = 1;
    pid_t pid;

    if (geteuid() != 0)
        return false;
    pid = fork();
    if (pid == 0)
        _exit(private_mounts() ? 1 : 0);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return pid > 0 && status == 0;
}

static int write_etc(const struct sandbox *box, const char *name, struct span bytes)
{
    char path[PATH_MAX];
    int fd, failed;

    snprintf(path, sizeof path, "%s/etc/%s", box->path, name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return -1;
    failed = io_write(fd, bytes.p, bytes.n) || fchmod(fd, 0644);
    close(fd);
    return failed;
}

static int copy_from_etc(const struct sandbox *box, const char *name)
{
    char path[PATH_MAX];
    struct buf bytes;
    ssize_t got;
    int fd, failed;

    snprintf(path, sizeof path, "/etc/%s", name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0; /* not every system has it */
    buf_init(&bytes, BUF_UNLIMITED);
    while ((got = io_read(fd, buf_reserve(&bytes, 65536), 65536)) > 0)
        buf_commit(&bytes, (size_t)got);
    close(fd);
    failed = got < 0 ? -1 : write_etc(box, name, buf_span(&bytes));
    buf_free(&bytes);
    return failed;
}

/* What programs look up in /etc goes into the sandbox's own. */
static int fill_etc(const struct sandbox *box, struct err *err)
{
    static const char *const names[] = {"passwd",   "group", "nsswitch.conf",
                                        "services", "hosts", "ld.so.cache"};
    char path[PATH_MAX];
    int failed = 0;

    snprintf(path, sizeof path, "%s/etc", box->path);
    if (access(path, F_OK))
        return 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        failed += copy_from_etc(box, names[i]);
    return failed ? err_set_errno(err, ERR_CANTCREAT, "cannot fill '%s'", path) : 0;
}

int namespace_prepare(const struct rctest *test, const struct sandbox *box, struct err *err)
{
    const struct rctest_section *passwd = rctest_find(test, RCTEST_PASSWD);
    const struct group *mail = getgrnam("mail");
    char path[PATH_MAX];
    struct buf text;
    FILE *file;

    buf_init(&text, BUF_UNLIMITED);
    sandbox_expand(box, passwd->text, &text);
    snprintf(path, sizeof path, "%s/.passwd", box->path);
    file = fopen(path, "w");
    if (!file)
        return err_set_errno(err, ERR_CANTCREAT, "cannot make '%s'", path);
    fwrite(text.p, 1, text.n, file);
    fputs("root:x:0:0:root:/root:/bin/sh\n", file);
    buf_free(&text);
    if (fclose(file) || chmod(path, 0644) || chmod(box->path, 0711))
        return err_set_errno(err, ERR_CANTCREAT, "cannot write '%s'", path);
    snprintf(path, sizeof path, "%s/mail", box->path);
    if ((mkdir(path, 0755) && errno != EEXIST) || chown(path, 0, mail ? mail->gr_gid : 0) ||
        chmod(path, 02775))
        return err_set_errno(err, ERR_CANTCREAT, "cannot make '%s'", path);
    return fill_etc(box, err);
}

int namespace_enter(const char *sandbox)
{
    char path[PATH_MAX];

    if (private_mounts())
        return -1;
    snprintf(path, sizeof path, "%s/etc", sandbox);
    if (access(path, F_OK) == 0 && mount(path, "/etc", NULL, MS_BIND, NULL))
        return -1;
    snprintf(path, sizeof path, "%s/.passwd", sandbox);
    if (mount(path, "/etc/passwd", NULL, MS_BIND, NULL))
        return -1;
    snprintf(path, sizeof path, "%s/mail", sandbox);
    return mount(path, "/var/mail", NULL, MS_BIND, NULL);
}
