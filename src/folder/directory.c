#include "folder/folder-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum { MOST_NAMES = 100000 }; /* tried for one message */

/* A message that is being written, under a name that no reader of mail looks at: in tmp/ of a
 * Maildir, elsewhere with `_` before it. */
struct draft {
    const struct folder_append *append;
    const struct place *place;
    struct buf temp;
    int fd;
    struct stat st;
};

/* ---- the temporary file */

static void make_temporary_name(struct draft *draft)
{
    buf_cut(&draft->temp, 0);
    buf_printf(&draft->temp, "%s/%s", draft->place->path,
               draft->place->shape == FOLDER_MAILDIR ? "tmp/" : "_");
    name_unique(&draft->temp);
}

static int draft_open(struct draft *draft)
{
    for (int i = 0; i < MOST_NAMES; i++) {
        make_temporary_name(draft);
        draft->fd = open(draft->temp.p, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0667);
        if (draft->fd >= 0)
            return fstat(draft->fd, &draft->st);
        if (errno != EEXIST)
            return -1;
    }
    return -1;
}

static int draft_unopened(struct draft *draft, struct err *err)
{
    struct buf text;

    err_set_errno(err, ERR_CANTCREAT, "cannot create '%s'", draft->temp.p);
    if (draft->fd >= 0) { /* it was made, but cannot be looked at */
        close(draft->fd);
        unlink(draft->temp.p);
    }
    folder_say(draft->append, FOLDER_WRITE_FAILED, draft->temp.p);
    buf_init(&text, BUF_UNLIMITED);
    buf_add_text(&text, draft->temp.p);
    if (draft->place->shape == FOLDER_MH) { /* 3.22's words */
        buf_cut(&text, 0);
        buf_printf(&text, "%s/.", draft->place->path);
    }
    folder_say(draft->append, FOLDER_NO_TEMP, text.p);
    buf_free(&text);
    return -1;
}

static int draft_finish(struct draft *draft)
{
    int fd = draft->fd, result = fsync(fd), saved = errno;

    draft->fd = -1;
    if (close(fd) < 0 && errno != EINTR && result == 0)
        return -1;
    errno = saved;
    return result;
}

static int draft_write(struct draft *draft, size_t *written, struct err *err)
{
    const struct folder_append *append = draft->append;
    enum text_result result = text_write(draft->fd, "", append, draft->place->shape, written, err);

    if (result == TEXT_UNREADABLE)
        return -1;
    if (result == TEXT_DONE && draft_finish(draft) == 0)
        return 0;
    if (!append->ignore_errors)
        return folder_write_failed(append, draft->temp.p, err);
    if (draft->fd >= 0)
        draft_finish(draft);
    *written = text_plain_size(append, draft->place->shape);
    return 0;
}

/* ---- its final name */

/* NFS may report a failure for what was done: then the name is ours all the same. */
static bool is_ours(const struct draft *draft, const char *name)
{
    struct stat st;

    return lstat(name, &st) == 0 && st.st_dev == draft->st.st_dev && st.st_ino == draft->st.st_ino;
}

/* Never over what is there.  *taken: somebody else has that name. */
static int give_name(const struct draft *draft, const char *name, bool first, bool *taken)
{
    const char *from = draft->temp.p;
    int result = link(from, name), saved = errno;

    if (result < 0 && is_ours(draft, name))
        return 0;
    errno = saved;
    *taken = result < 0 && errno == EEXIST;
#ifdef RENAME_NOREPLACE /* file systems without hard links */
    if (result < 0 && first && (errno == EPERM || errno == ENOTSUP || errno == ENOSYS)) {
        result = renameat2(AT_FDCWD, from, AT_FDCWD, name, RENAME_NOREPLACE);
        *taken = result < 0 && errno == EEXIST;
    }
#endif
    return result;
}

static int publish(const struct draft *draft, struct naming *naming, bool first)
{
    bool taken;

    for (;;) {
        if (give_name(draft, naming->name.p, first, &taken) == 0)
            return 0;
        if (!taken || naming->attempt >= MOST_NAMES)
            return -1;
        naming_next(naming);
    }
}

static int sync_place(const struct place *place)
{
    struct buf path;
    int result;

    buf_init(&path, BUF_UNLIMITED);
    place_arrivals(place, &path);
    result = sync_directory(path.p, -1);
    buf_free(&path);
    return result;
}

/* 3.22 marks tmp/ of a Maildir that is the first folder, new/ of a further one, and elsewhere the
 * directory itself. */
static void mark_place(const struct place *place, bool first)
{
    struct buf path;

    buf_init(&path, BUF_UNLIMITED);
    if (place->shape == FOLDER_MAILDIR && first)
        buf_printf(&path, "%s/tmp", place->path);
    else
        place_arrivals(place, &path);
    mark_new_mail(path.p, place->path);
    buf_free(&path);
}

/* ---- further names */

static void link_to(const struct draft *draft, const struct place *target)
{
    const struct folder_append *append = draft->append;
    struct naming naming;

    naming_start(&naming, target, append, draft->st.st_ino);
    folder_say(append, FOLDER_LINKING, naming.name.p);
    if (publish(draft, &naming, false) < 0) {
        folder_say(append, FOLDER_LINK_FAILED, naming.name.p);
    } else if (sync_place(target) < 0) {
        unlink(naming.name.p);
        folder_say(append, FOLDER_LINK_FAILED, naming.name.p);
    } else {
        folder_say(append, FOLDER_LINKED_NAME, naming.name.p);
        mark_place(target, false);
    }
    naming_end(&naming);
}

static void link_to_all(const struct draft *draft)
{
    for (const char *const *links = draft->append->links; links && *links; links++) {
        struct place target;

        place_parse_target(&target, *links);
        if (place_prepare(&target, draft->append) == PLACE_READY)
            link_to(draft, &target);
        else
            folder_say(draft->append, FOLDER_SKIPPED, target.path);
        place_free(&target);
    }
}

/* ---- all of it */

/* 3.22 tells where a message goes before it is written, but of a Maildir afterwards. */
static void announce(const struct draft *draft, const char *name)
{
    if (draft->place->shape == FOLDER_MAILDIR)
        return;
    folder_say(draft->append, FOLDER_NAMED, name);
    folder_say(draft->append, FOLDER_OPENING, name);
    folder_say(draft->append, FOLDER_KERNEL_LOCKING, "");
}

static bool has_links(const struct draft *draft)
{
    return draft->append->links && *draft->append->links;
}

/* The temporary name stays while there is something to link: a mail reader may move the final
 * one away at any time. */
static int settle(struct draft *draft, struct naming *naming, struct err *err)
{
    const struct folder_append *append = draft->append;

    if (publish(draft, naming, true) < 0) {
        err_set_errno(err, ERR_CANTCREAT, "cannot link '%s' to '%s'", draft->temp.p, naming->name.p);
        folder_say(append, FOLDER_NO_TEMP, draft->temp.p);
        return -1;
    }
    if (!has_links(draft))
        unlink(draft->temp.p);
    if (sync_place(draft->place) < 0) {
        folder_write_failed(append, naming->name.p, err);
        unlink(naming->name.p);
        return -1;
    }
    return 0;
}

static int write_and_settle(struct draft *draft, struct naming *naming, size_t *written, struct err *err)
{
    char *expected = mem_strdup(naming->name.p);
    int result = -1;

    announce(draft, expected);
    if (draft_write(draft, written, err) == 0 && settle(draft, naming, err) == 0) {
        if (draft->place->shape == FOLDER_MAILDIR || strcmp(expected, naming->name.p))
            folder_say(draft->append, FOLDER_NAMED, naming->name.p);
        result = 0;
    }
    free(expected);
    return result;
}

int directory_append(const struct place *place, const struct folder_append *append, size_t *written,
                     struct err *err)
{
    struct draft draft = {.append = append, .place = place, .fd = -1};
    struct naming naming;
    int result;

    buf_init(&draft.temp, BUF_UNLIMITED);
    if (draft_open(&draft) < 0) {
        result = draft_unopened(&draft, err);
        buf_free(&draft.temp);
        return result;
    }
    naming_start(&naming, place, append, draft.st.st_ino);
    result = write_and_settle(&draft, &naming, written, err);
    if (draft.fd >= 0)
        close(draft.fd);
    if (result == 0) {
        mark_place(place, true);
        link_to_all(&draft);
    }
    if (result < 0 || has_links(&draft))
        /* Not synced: what comes back under this name after a crash, no reader looks at. */
        unlink(draft.temp.p);
    naming_end(&naming);
    buf_free(&draft.temp);
    return result;
}
