#include "rctest/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "rctest/source.h"

int sandbox_make(struct sandbox *box, struct err *err)
{
    const char *parent = getenv("TMPDIR");
    char real[PATH_MAX];

    if (!parent || !*parent)
        parent = "/tmp";
    if (!realpath(parent, real))
        return err_set_errno(err, ERR_CANTCREAT, "no directory for sandboxes '%s'", parent);
    if ((size_t)snprintf(box->path, sizeof box->path, "%s/rctest-XXXXXX", real) >= sizeof box->path)
        return err_set(err, ERR_CANTCREAT, "name too long for sandboxes '%s'", real);
    if (!mkdtemp(box->path))
        return err_set_errno(err, ERR_CANTCREAT, "cannot make a sandbox '%s'", box->path);
    return 0;
}

static int path_in(const struct sandbox *box, const char *name, char *path, size_t size, struct err *err)
{
    while (*name == '/')
        name++;
    if ((size_t)snprintf(path, size, "%s/%s", box->path, name) >= size)
        return err_set(err, ERR_DATA, "name too long '%s'", name);
    if (strstr(name, ".."))
        return err_set(err, ERR_DATA, "name leads out of the sandbox '%s'", name);
    return 0;
}

static int make_parents(const struct sandbox *box, char *path, struct err *err)
{
    for (char *slash = path + strlen(box->path) + 1; (slash = strchr(slash, '/')); slash++) {
        int made;

        *slash = '\0';
        made = mkdir(path, 0755);
        if (made < 0 && errno != EEXIST)
            return err_set_errno(err, ERR_CANTCREAT, "cannot make directory '%s'", path);
        *slash = '/';
    }
    return 0;
}

/* Mode, owner and age as the section has them. */
static int dress(const struct rctest_section *section, const char *path, mode_t usual, struct err *err)
{
    struct timespec times[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};

    if (chmod(path, section->mode >= 0 ? (mode_t)section->mode : usual))
        return err_set_errno(err, ERR_CANTCREAT, "cannot chmod '%s'", path);
    if (section->owner >= 0 && chown(path, (uid_t)section->owner, (gid_t)section->owner))
        return err_set_errno(err, ERR_CANTCREAT, "cannot chown '%s'", path);
    if (section->age < 0)
        return 0;
    times[0].tv_sec = times[1].tv_sec = time(NULL) - section->age;
    times[0].tv_nsec = times[1].tv_nsec = 0;
    if (utimensat(AT_FDCWD, path, times, 0))
        return err_set_errno(err, ERR_CANTCREAT, "cannot set the time of '%s'", path);
    return 0;
}

static int make_file(const struct rctest_section *section, const char *path, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    int failed;

    if (fd < 0)
        return err_set_errno(err, ERR_CANTCREAT, "cannot make '%s'", path);
    failed = io_write(fd, section->text.p, section->text.n);
    if (close(fd) || failed)
        return err_set_errno(err, ERR_CANTCREAT, "cannot write '%s'", path);
    return dress(section, path, 0600, err);
}

static int make_link(const struct sandbox *box, const struct rctest_section *section, const char *path,
                     struct err *err)
{
    struct buf target;
    int failed;

    buf_init(&target, PATH_MAX);
    sandbox_expand(box, span_trim_end(section->text), &target);
    if (target.n && target.p[target.n - 1] == '\n')
        buf_cut(&target, target.n - 1);
    failed = symlink(target.p ? target.p : "", path);
    buf_free(&target);
    return failed ? err_set_errno(err, ERR_CANTCREAT, "cannot make link '%s'", path) : 0;
}

int sandbox_source(const struct rctest *test, const struct rctest_section *section, char *path, size_t size,
                   struct err *err)
{
    const char *name = section->arg, *file = test->file, *slash = strrchr(file, '/');
    int n = *name == '/' || !slash ? 0 : (int)(slash - file + 1);

    if ((size_t)snprintf(path, size, "%.*s%s", n, file, name) >= size)
        return err_set(err, ERR_DATA, "name too long '%s'", name);
    return 0;
}

static int copy_rc(const struct rctest *test, const struct rctest_section *section, const char *path,
                   struct err *err)
{
    char from[PATH_MAX];
    struct rctest_section copy = *section;
    struct buf text;
    int result;

    if (sandbox_source(test, section, from, sizeof from, err))
        return -1;
    if (source_read_file(from, &text))
        return err_set_errno(err, ERR_NOINPUT, "%s:%u: cannot read '%s'", test->file, section->line, from);
    copy.text = buf_span(&text);
    result = make_file(&copy, path, err);
    buf_free(&text);
    return result;
}

const char *sandbox_name(const struct rctest_section *section)
{
    const char *name = section->kind == RCTEST_RC_FILE ? section->as : section->arg;

    return name ? name : ".procmailrc";
}

static int fill_one(const struct sandbox *box, const struct rctest *test,
                    const struct rctest_section *section, struct err *err)
{
    char path[PATH_MAX];
    const char *name = sandbox_name(section);

    if (path_in(box, name, path, sizeof path, err) || make_parents(box, path, err))
        return -1;
    if (section->kind == RCTEST_LINK)
        return make_link(box, section, path, err);
    if (section->kind == RCTEST_RC_FILE)
        return copy_rc(test, section, path, err);
    if (section->kind != RCTEST_DIR)
        return make_file(section, path, err);
    if (mkdir(path, 0700) && errno != EEXIST)
        return err_set_errno(err, ERR_CANTCREAT, "cannot make directory '%s'", path);
    return dress(section, path, 0700, err);
}

int sandbox_fill(const struct sandbox *box, const struct rctest *test, struct err *err)
{
    for (const struct rctest_section *s = test->sections; s; s = s->next)
        if (s->kind == RCTEST_RC || s->kind == RCTEST_RC_FILE || s->kind == RCTEST_FILE ||
            s->kind == RCTEST_DIR || s->kind == RCTEST_LINK)
            if (fill_one(box, test, s, err))
                return -1;
    return 0;
}

void sandbox_expand(const struct sandbox *box, struct span text, struct buf *to)
{
    const char *hit;

    while ((hit = span_find(text, span_of("$HOME")))) {
        size_t before = (size_t)(hit - text.p);

        buf_add(to, text.p, before);
        buf_add_text(to, box->path);
        text = span_from(text, before + strlen("$HOME"));
    }
    buf_add_span(to, text);
}

static int open_up(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)where;
    if (type == FTW_D || type == FTW_DNR)
        (void)chmod(path, 0700);
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    (void)remove(path);
    return 0;
}

void sandbox_remove(const struct sandbox *box)
{
    nftw(box->path, open_up, 16, FTW_PHYS);
    nftw(box->path, remove_one, 16, FTW_PHYS | FTW_DEPTH);
}
