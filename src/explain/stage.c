#include "explain/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"

int stage_make(struct stage *stage, const char *real_home, struct err *err)
{
    const char *tmp = getenv("TMPDIR");

    stage->real = real_home;
    if (!tmp || *tmp != '/' || strlen(tmp) > 32)
        tmp = "/tmp";
    snprintf(stage->root, sizeof stage->root, "%s/explain-XXXXXX", tmp);
    if (!mkdtemp(stage->root))
        return err_set_errno(err, ERR_CANTCREAT, "cannot make a directory in '%s'", tmp);
    snprintf(stage->home, sizeof stage->home, "%s/home", stage->root);
    return 0;
}

/* What of the path lies below the real home, or NULL. */
static const char *below(const struct stage *stage, const char *path)
{
    size_t n = strlen(stage->real);

    while (n && stage->real[n - 1] == '/')
        n--;
    return n && !strncmp(path, stage->real, n) && (path[n] == '/' || !path[n]) ? path + n : NULL;
}

char *stage_name(const struct stage *stage, const char *path)
{
    const char *rest = below(stage, path);
    struct buf name;
    char *kept;

    buf_init(&name, BUF_UNLIMITED);
    buf_printf(&name, "%s%s", rest ? stage->home : "", rest ? rest : path);
    kept = mem_strdup(name.p);
    buf_free(&name);
    return kept;
}

/* ---- making things */

/* All directories on the way to the file, and with a slash at its end the file, too. */
static int make_way(char *path)
{
    for (char *p = path + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(path, 0700) && errno != EEXIST)
            return -1;
        *p = '/';
    }
    return 0;
}

static int make_directory(const char *path, const char *within)
{
    struct buf whole;
    int failed;

    buf_init(&whole, BUF_UNLIMITED);
    buf_printf(&whole, "%s/%s/", path, within);
    failed = make_way(whole.p);
    buf_free(&whole);
    return failed;
}

static int copy_file(const char *from, char *to)
{
    enum { PIECE = 1 << 16 };
    int in = open(from, O_RDONLY | O_CLOEXEC), out = -1, failed = 0;
    char piece[PIECE];
    ssize_t got = 0;

    if (in >= 0 && make_way(to) == 0)
        out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    while (out >= 0 && !failed && (got = io_read(in, piece, PIECE)) > 0)
        failed = io_write(out, piece, (size_t)got);
    failed = failed || in < 0 || out < 0 || got < 0;
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return failed ? -1 : 0;
}

/* ---- what the recipes need */

struct filling {
    const struct stage *stage;
    struct buf maildir; /* as the recipes have it */
    struct err *err;
    bool only_look;
};

static int refuse(struct filling *f, const struct explain_step *step, const char *what, const char *path)
{
    return err_set(f->err, ERR_USAGE, "cannot be compared: %.*s:%u %s outside of $HOME: '%s'",
                   (int)step->file.n, step->file.p, step->line, what, path);
}

/* Whole, from MAILDIR on; false: not in the home. */
static bool whole_path(const struct filling *f, struct span text, struct buf *path)
{
    if (!text.n || *text.p != '/')
        buf_printf(path, "%s/", f->maildir.p);
    buf_add_span(path, text);
    return below(f->stage, path->p) && !strstr(path->p, "/../") &&
           !(path->n > 2 && !strcmp(path->p + path->n - 3, "/.."));
}

/* The same kind of folder as the real one; where that is missing, only its directory. */
static int make_folder(const struct explain_step *step, const char *real, char *name)
{
    static const char *const within[] = {"new", "cur", "tmp"};
    struct stat st;

    if (stat(real, &st)) {
        char *slash = strrchr(name, '/'), *there = strrchr(real, '/');
        char *parent = mem_strndup(real, (size_t)(there - real));
        int failed = access(parent, F_OK) ? 0 : make_way(name);

        free(parent);
        return slash ? failed : -1;
    }
    if (!S_ISDIR(st.st_mode))
        return copy_file("/dev/null", name);
    if (!span_eq_text(step->subject, "maildir"))
        return make_directory(name, ".");
    for (size_t i = 0; i < sizeof within / sizeof *within; i++)
        if (make_directory(name, within[i]))
            return -1;
    return 0;
}

typedef int make_fn(struct filling *f, const struct explain_step *step, const char *real, char *name);

static int make_copy(struct filling *f, const struct explain_step *step, const char *real, char *name)
{
    (void)f;
    (void)step;
    return access(real, R_OK) == 0 ? copy_file(real, name) : 0;
}

static int make_delivery(struct filling *f, const struct explain_step *step, const char *real, char *name)
{
    (void)f;
    return make_folder(step, real, name);
}

static int make_maildir(struct filling *f, const struct explain_step *step, const char *real, char *name)
{
    struct stat st;

    (void)f;
    (void)step;
    return stat(real, &st) == 0 && S_ISDIR(st.st_mode) ? make_directory(name, ".") : 0;
}

static void follow_maildir(struct filling *f, const char *path)
{
    buf_cut(&f->maildir, 0);
    buf_add_text(&f->maildir, path);
}

/* A path of the recipes, brought to the stage. */
static int bring(struct filling *f, const struct explain_step *step, struct span text, const char *what,
                 make_fn *make)
{
    struct buf path;
    int failed;

    buf_init(&path, BUF_UNLIMITED);
    if (!whole_path(f, text, &path)) {
        failed = what && strcmp(path.p, "/dev/null") ? refuse(f, step, what, path.p) : 0;
    } else {
        char *name = stage_name(f->stage, path.p);

        if (make == make_maildir)
            follow_maildir(f, path.p);
        failed = f->only_look ? 0 : make(f, step, path.p, name);
        if (failed)
            err_set_errno(f->err, ERR_CANTCREAT, "cannot make '%s'", name);
        free(name);
    }
    buf_free(&path);
    return failed;
}

static const struct {
    const char *name, *what;
    make_fn *make;
} assigned[] = {
    {"MAILDIR=", "MAILDIR is", make_maildir},
    {"INCLUDERC=", NULL, make_copy},
    {"SWITCHRC=", NULL, make_copy},
    {"LOGFILE=", "the log is", make_delivery},
    {"LOCKFILE=", "a lock is", make_delivery},
};

static int bring_assigned(struct filling *f, const struct explain_step *step)
{
    for (size_t i = 0; i < sizeof assigned / sizeof *assigned; i++) {
        struct span value = span_from(step->text, strlen(assigned[i].name));

        if (span_starts(step->text, assigned[i].name) && value.n)
            return bring(f, step, value, assigned[i].what, assigned[i].make);
    }
    return 0;
}

static int bring_delivery(struct filling *f, const struct explain_step *step)
{
    static const char *const elsewhere[] = {"stdout", "discard", "program", "forward"};

    if (!step->file.n) /* DEFAULT and ORGMAIL have places of their own */
        return 0;
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        if (span_eq_text(step->subject, elsewhere[i]))
            return 0;
    return bring(f, step, step->text, "a folder is", make_delivery);
}

static int bring_all(struct filling *f, const struct explain *explain)
{
    int failed = 0;

    buf_init(&f->maildir, BUF_UNLIMITED);
    buf_add_text(&f->maildir, f->stage->real);
    for (const struct explain_step *step = explain->first; step && !failed; step = step->next) {
        if (step->kind == EXPLAIN_RCFILE)
            failed = bring(f, step, step->text, NULL, make_copy);
        else if (step->kind == EXPLAIN_ASSIGN)
            failed = bring_assigned(f, step);
        else if (step->kind == EXPLAIN_DELIVERY)
            failed = bring_delivery(f, step);
    }
    buf_free(&f->maildir);
    return failed;
}

int stage_open(const struct stage *stage, struct err *err)
{
    if (mkdir(stage->home, 0700))
        return err_set_errno(err, ERR_CANTCREAT, "cannot make '%s'", stage->home);
    return 0;
}

int stage_fill(const struct stage *stage, const struct explain *explain, struct err *err)
{
    struct filling f = {.stage = stage, .err = err};

    return stage_open(stage, err) || bring_all(&f, explain) ? -1 : 0;
}

int stage_check(const struct stage *stage, const struct explain *explain, struct err *err)
{
    struct stage itself = *stage;
    struct filling f = {.stage = &itself, .err = err, .only_look = true};

    itself.real = stage->home;
    return bring_all(&f, explain);
}

int stage_add_sendmail(const struct stage *stage, struct err *err)
{
    static const char script[] = "#!/bin/sh\nexec cat >/dev/null\n";
    char path[128];
    int fd, failed;

    snprintf(path, sizeof path, "%s/sendmail", stage->root);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    failed = fd < 0 || io_write(fd, script, sizeof script - 1);
    if (failed)
        err_set_errno(err, ERR_CANTCREAT, "cannot make '%s'", path);
    if (fd >= 0)
        close(fd);
    return failed ? -1 : 0;
}

/* ---- the end */

int stage_keep(const struct stage *stage, const char *name, struct err *err)
{
    char kept[128];

    snprintf(kept, sizeof kept, "%s/%s", stage->root, name);
    if (rename(stage->home, kept))
        return err_set_errno(err, ERR_CANTCREAT, "cannot rename '%s'", stage->home);
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

/* A UMASK may have shut us out. */
static int unlock_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    return kind == FTW_DNR && chmod(path, S_IRWXU) == 0;
}

void stage_remove(const struct stage *stage)
{
    enum { DESCRIPTORS = 16 };

    while (nftw(stage->root, unlock_one, DESCRIPTORS, FTW_PHYS) == 1)
        ;
    nftw(stage->root, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
}
