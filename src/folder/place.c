#include "folder/folder-private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

static void set(struct place *place, enum folder_shape shape, const char *path, size_t n)
{
    while (n > 1 && path[n - 1] == '/')
        n--;
    place->shape = shape;
    place->path = mem_strndup(path, n);
}

static bool is_directory(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Does the text alone tell?  A path of one character tells nothing, nor does `/.`. */
static bool parse_text(struct place *place, const char *path)
{
    size_t n = strlen(path);

    if (n > 1 && path[n - 1] == '/')
        set(place, FOLDER_MAILDIR, path, n);
    else if (n > 2 && path[n - 1] == '.' && path[n - 2] == '/')
        set(place, FOLDER_MH, path, n - 1);
    else
        return false;
    return true;
}

void place_become_file(struct place *place)
{
    place->shape = strcmp(place->path, "/dev/null") ? FOLDER_MBOX : FOLDER_DEVNULL;
}

void place_parse(struct place *place, const char *path)
{
    if (parse_text(place, path))
        return;
    place->path = mem_strdup(path);
    if (is_directory(path))
        place->shape = FOLDER_DIRECTORY;
    else
        place_become_file(place);
}

void place_parse_target(struct place *place, const char *path)
{
    if (!parse_text(place, path))
        *place = (struct place){.shape = FOLDER_DIRECTORY, .path = mem_strdup(path)};
}

void place_free(struct place *place)
{
    free(place->path);
    place->path = NULL;
}

/* One level; the parent must be there. */
static bool make_directory(const char *path)
{
    if (is_directory(path))
        return true;
    if (mkdir(path, 0777) < 0)
        return errno == EEXIST && is_directory(path); /* another made it meanwhile */
    return sync_parent(path, -1) == 0;
}

static enum place_state make_subdirectories(const struct place *place, const struct folder_append *append)
{
    static const char *const names[] = {"new", "cur", "tmp"};
    enum place_state state = PLACE_READY;

    for (size_t i = 0; i < sizeof names / sizeof *names && state == PLACE_READY; i++) {
        struct buf path;
        int saved;

        buf_init(&path, BUF_UNLIMITED);
        buf_printf(&path, "%s/%s", place->path, names[i]);
        if (!make_directory(path.p)) {
            saved = errno;
            folder_say(append, FOLDER_NO_DIRECTORY, path.p);
            state = PLACE_FAILED;
            errno = saved;
        }
        buf_free(&path);
    }
    return state;
}

static bool made_but_unsynced(const char *path)
{
    int saved = errno;
    bool made = is_directory(path);

    errno = saved;
    return made;
}

enum place_state place_prepare(const struct place *place, const struct folder_append *append)
{
    int saved;

    if (!make_directory(place->path)) {
        saved = errno;
        folder_say(append, FOLDER_NO_DIRECTORY, place->path);
        errno = saved;
        return err_errno_is_passing(saved) || made_but_unsynced(place->path) ? PLACE_FAILED
                                                                             : PLACE_NO_DIRECTORY;
    }
    return place->shape == FOLDER_MAILDIR ? make_subdirectories(place, append) : PLACE_READY;
}

void place_arrivals(const struct place *place, struct buf *path)
{
    buf_printf(path, "%s%s", place->path, place->shape == FOLDER_MAILDIR ? "/new" : "");
}
