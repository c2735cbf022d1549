#include "folder/folder.h"

#include <errno.h>

#include "folder/folder-private.h"

void folder_say(const struct folder_append *append, enum folder_event event, const char *text)
{
    if (append->listener.say)
        append->listener.say(append->listener.ctx, event, text);
}

int folder_write_failed(const struct folder_append *append, const char *path, struct err *err)
{
    enum folder_event event = FOLDER_WRITE_FAILED;

    if (errno == ENOSPC)
        event = FOLDER_NO_SPACE;
    else if (errno == EDQUOT)
        event = FOLDER_OVER_QUOTA;
    err_set_errno(err, ERR_CANTCREAT, "cannot write '%s'", path);
    folder_say(append, event, path);
    return -1;
}

enum folder_shape folder_shape_of(const char *path)
{
    struct place place;

    place_parse(&place, path);
    place_free(&place);
    return place.shape;
}

/* A file has no room for more than one name: the others are told and left out. */
static void skip_links(const struct folder_append *append)
{
    struct buf text;

    if (!append->links || !*append->links)
        return;
    buf_init(&text, BUF_UNLIMITED);
    for (const char *const *link = append->links; *link; link++) {
        if (link != append->links)
            buf_add_byte(&text, ' ');
        buf_add_text(&text, *link);
    }
    folder_say(append, FOLDER_SKIPPED, text.p);
    buf_free(&text);
}

static int file_append(const struct place *place, const struct folder_append *append, size_t *written,
                       struct err *err)
{
    skip_links(append);
    folder_say(append, FOLDER_NAMED, place->path);
    folder_say(append, FOLDER_OPENING, place->path);
    if (place->shape == FOLDER_MBOX)
        return mbox_append(place->path, append, written, err);
    *written = text_plain_size(append, FOLDER_MBOX);
    return 0;
}

static int place_append(struct place *place, const struct folder_append *append, size_t *written,
                        struct err *err)
{
    if (place->shape == FOLDER_MBOX || place->shape == FOLDER_DEVNULL)
        return file_append(place, append, written, err);
    switch (place_prepare(place, append)) {
    case PLACE_FAILED:
        err_set_errno(err, ERR_CANTCREAT, "cannot make the directories of '%s'", place->path);
        folder_say(append, FOLDER_SKIPPED, place->path);
        return -1;
    case PLACE_NO_DIRECTORY: /* 3.22 delivers all the same: into a file of that name */
        place_become_file(place);
        return file_append(place, append, written, err);
    default:
        return directory_append(place, append, written, err);
    }
}

int folder_append(const char *path, const struct folder_append *append, size_t *written, struct err *err)
{
    struct place place;
    int result;

    *written = 0;
    place_parse(&place, path);
    result = place_append(&place, append, written, err);
    place_free(&place);
    return result;
}
