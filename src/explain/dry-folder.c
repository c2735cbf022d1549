/* Folders: which kind, is it there, and could it be written. */
#include "explain/dry-private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "folder/folder.h"

static const char *const shapes[] = {
    [FOLDER_MBOX] = "mbox",           [FOLDER_MAILDIR] = "maildir", [FOLDER_MH] = "mh",
    [FOLDER_DIRECTORY] = "directory", [FOLDER_DEVNULL] = "discard",
};

/* Without what told the shape. */
static char *bare(const char *path, enum folder_shape shape)
{
    size_t n = strlen(path);

    if (shape == FOLDER_MH)
        n--;
    while (shape != FOLDER_MBOX && n > 1 && path[n - 1] == '/')
        n--;
    return mem_strndup(path, n);
}

static bool is_directory(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool writable(const char *path)
{
    return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0;
}

/* A file that is there, or a directory that cannot be made, is taken for an mbox. */
static enum folder_shape real_shape(enum folder_shape shape, const char *path)
{
    if (shape == FOLDER_MBOX || shape == FOLDER_DEVNULL || is_directory(path))
        return shape;
    return access(path, F_OK) == 0 || !dry_can_make(path) ? FOLDER_MBOX : shape;
}

/* An mbox: a file that is there, or may be made; a link that leads nowhere and what is no file are refused.
 */
static bool mbox_would_work(const struct explain_dry *dry, const char *path)
{
    struct stat st;

    if (dry->made && !strcmp(path, dry->made))
        return true;
    if (stat(path, &st) == 0)
        return S_ISREG(st.st_mode) && writable(path);
    return *path && lstat(path, &st) != 0 && dry_can_make(path);
}

/* A directory, and the one within in which messages arrive. */
static bool directory_would_work(const char *path, const char *within)
{
    struct buf whole;
    struct stat st;
    bool works;

    if (stat(path, &st))
        return dry_can_make(path);
    buf_init(&whole, BUF_UNLIMITED);
    buf_printf(&whole, "%s/%s", path, within);
    works = stat(whole.p, &st) ? writable(path) : S_ISDIR(st.st_mode) && writable(whole.p);
    buf_free(&whole);
    return works;
}

static bool would_work(const struct explain_dry *dry, const char *path, enum folder_shape shape)
{
    static const char *const within[] = {"new", "cur", "tmp"};

    if (shape == FOLDER_DEVNULL)
        return true;
    if (shape == FOLDER_MBOX)
        return mbox_would_work(dry, path);
    if (shape != FOLDER_MAILDIR)
        return directory_would_work(path, ".");
    for (size_t i = 0; i < sizeof within / sizeof *within; i++)
        if (!directory_would_work(path, within[i]))
            return false;
    return true;
}

/* The name a message will have: those that are made up when it is written are only hinted at. */
static void tell_name(const struct deliver_folder *folder, enum folder_shape shape, const char *path)
{
    static const char *const endings[] = {
        [FOLDER_MBOX] = "",    [FOLDER_MAILDIR] = "/new/0.0_0.host",
        [FOLDER_MH] = "/1",    [FOLDER_DIRECTORY] = "/",
        [FOLDER_DEVNULL] = "",
    };
    struct buf name;

    buf_init(&name, BUF_UNLIMITED);
    buf_printf(&name, "%s%s", path, endings[shape]);
    if (shape == FOLDER_DIRECTORY)
        buf_printf(&name, "%s0", folder->msgprefix);
    folder->named(folder->ctx, name.p, false);
    buf_free(&name);
}

static void tell(struct explain_dry *dry, const char *what, const char *path, bool works)
{
    struct explain_step *step = explain_add(dry->explain, EXPLAIN_DELIVERY, &dry->trace->place);

    step->subject = span_of(what);
    step->text = explain_keep(dry->explain, span_of(path));
    step->matched = works;
    step->exists = access(path, F_OK) == 0;
}

static void tell_links(struct explain_dry *dry, const struct deliver_folder *folder)
{
    for (const char *const *link = folder->links; link && *link; link++)
        tell(dry, "link", *link, true);
}

/* What the log abstract would say. */
static size_t size_of(const struct deliver_folder *folder, enum folder_shape shape)
{
    struct folder_append append = {.message = folder->message, .part = folder->part, .raw = folder->raw};

    return folder_size(&append, shape);
}

void dry_folder(void *ctx, const struct deliver_folder *folder, struct deliver_outcome *outcome)
{
    struct explain_dry *dry = ctx;
    enum folder_shape shape;
    char *path;

    *outcome = (struct deliver_outcome){.done = true, .has_written = true};
    if (*folder->path == '|') {
        outcome->written = size_of(folder, FOLDER_DIRECTORY);
        folder->named(folder->ctx, "|", false);
        tell(dry, "stdout", "|", true);
        return;
    }
    shape = folder_shape_of(folder->path);
    path = bare(folder->path, shape);
    shape = real_shape(shape, path);
    outcome->done = outcome->has_written = would_work(dry, path, shape);
    outcome->written = size_of(folder, shape);
    tell_name(folder, shape, path);
    tell(dry, shapes[shape], path, outcome->done);
    if (outcome->done && shape != FOLDER_MBOX)
        tell_links(dry, folder);
    free(path);
}
