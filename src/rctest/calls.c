#include "rctest/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

/* One directory a call: mkdir(1) makes sure that two calls at a time do not take the same. */
static const char script[] =
    "#!/bin/sh\n"
    "name=${0##*/} test=${0%/bin/*}\n"
    "PATH=/usr/bin:/bin\n"
    "umask 077\n"
    "[ -d \"$test/calls\" ] || exit 75\n"
    "n=0\n"
    "until mkdir \"$test/calls/$n\" 2>/dev/null; do n=$((n + 1)); [ $n -lt 10000 ] || exit 75; done\n"
    "[ \"$test/forward\" -ef \"$0\" ] && [ \"${1-}\" = -oi ] && shift\n"
    "printf '%s' \"$name\" >\"$test/calls/$n/command\"\n"
    "for word; do printf ' %s' \"$word\" >>\"$test/calls/$n/command\"; done\n"
    "cat >\"$test/calls/$n/input\"\n"
    "[ -f \"$test/output/$name\" ] && cat \"$test/output/$name\" || cat \"$test/calls/$n/input\"\n";

/* Where an rc file that is in use is tried, `sendmail` without a directory is not the real one either. */
bool calls_has_stubs(const struct rctest *test)
{
    return rctest_find(test, RCTEST_STUB) || rctest_find(test, RCTEST_CLOCK) ||
           rctest_find(test, RCTEST_RC_FILE);
}

unsigned calls_count(const struct tree *tree)
{
    char path[64];
    unsigned n = 0;

    do
        snprintf(path, sizeof path, CALLS_NOTES "/%u", n++);
    while (tree_find(tree, path));
    return n - 1;
}

static int write_file(const struct sandbox *box, const char *path, mode_t mode, struct span a, struct span b,
                      struct err *err)
{
    char full[PATH_MAX];
    int fd, failed;

    if ((size_t)snprintf(full, sizeof full, "%s/%s", box->path, path) >= sizeof full)
        return err_set(err, ERR_DATA, "name too long '%s'", path);
    fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0)
        return err_set_errno(err, ERR_CANTCREAT, "cannot make '%s'", full);
    failed = io_write(fd, a.p, a.n) || io_write(fd, b.p, b.n) || fchmod(fd, mode);
    if (close(fd) || failed)
        return err_set_errno(err, ERR_CANTCREAT, "cannot write '%s'", full);
    return 0;
}

static int make_directories(const struct sandbox *box, struct err *err)
{
    static const struct {
        const char *name;
        mode_t mode; /* whoever the program becomes can call them */
    } made[] = {{".test", 0755}, {CALLS_BIN, 0755}, {CALLS_NOTES, 01777}, {".test/output", 0755}};
    char path[PATH_MAX];

    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        snprintf(path, sizeof path, "%s/%s", box->path, made[i].name);
        if ((mkdir(path, 0700) && errno != EEXIST) || chmod(path, made[i].mode))
            return err_set_errno(err, ERR_CANTCREAT, "cannot make '%s'", path);
    }
    return 0;
}

static int make_stub(const struct sandbox *box, const char *name, const struct rctest_section *stub,
                     struct err *err)
{
    char path[PATH_MAX], end[32];

    snprintf(end, sizeof end, "exit %ld\n", stub ? stub->exit : 0);
    snprintf(path, sizeof path, CALLS_BIN "/%s", name);
    if (write_file(box, path, 0755, span_of(script), span_of(end), err))
        return -1;
    if (stub && stub->pass)
        return 0;
    snprintf(path, sizeof path, ".test/output/%s", name);
    return write_file(box, path, 0644, stub ? stub->text : SPAN_NULL, SPAN_NULL, err);
}

/* What is asked for the time of something else is answered by the real one. */
static int make_date(const struct sandbox *box, long when, struct err *err)
{
    char text[256];

    snprintf(text, sizeof text,
             "#!/bin/sh\n"
             "PATH=/usr/bin:/bin\n"
             "for word; do case $word in -d* | --date* | -r* | --reference*) exec date \"$@\" ;; esac; done\n"
             "exec date --date=@%ld \"$@\"\n",
             when);
    return write_file(box, CALLS_BIN "/date", 0755, span_of(text), SPAN_NULL, err);
}

static int link_forward(const struct sandbox *box, struct err *err)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/.test/forward", box->path);
    return symlink("bin/sendmail", path) ? err_set_errno(err, ERR_CANTCREAT, "cannot make '%s'", path) : 0;
}

int calls_prepare(const struct rctest *test, const struct sandbox *box, struct err *err)
{
    const struct rctest_section *clock = rctest_find(test, RCTEST_CLOCK);

    if (make_directories(box, err) || make_stub(box, "sendmail", NULL, err) || link_forward(box, err) ||
        (clock && make_date(box, clock->number, err)))
        return -1;
    for (const struct rctest_section *s = test->sections; s; s = s->next)
        if (s->kind == RCTEST_STUB && make_stub(box, s->arg, s, err))
            return -1;
    return 0;
}
