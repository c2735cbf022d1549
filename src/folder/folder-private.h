/*
 * What the files of this room share.
 */
#ifndef MAILWEIR_FOLDER_PRIVATE_H
#define MAILWEIR_FOLDER_PRIVATE_H

#include <sys/stat.h>

#include "base/buf.h"
#include "folder/folder.h"

/* ---- telling */

void folder_say(const struct folder_append *append, enum folder_event event, const char *text);

/* Says by errno why `path` could not be written, and fills *err from errno; -1. */
int folder_write_failed(const struct folder_append *append, const char *path, struct err *err);

/* ---- text.c: what of the message goes into a folder of that shape */

enum text_result {
    TEXT_DONE,
    TEXT_UNWRITTEN,  /* errno */
    TEXT_UNREADABLE, /* *err */
};

/* Writes `before`, then the text, to fd; *written counts the text alone. */
enum text_result text_write(int fd, const char *before, const struct folder_append *append,
                            enum folder_shape shape, size_t *written, struct err *err);

/* Bytes of the message that are part of the text, without what is added to it. */
size_t text_plain_size(const struct folder_append *append, enum folder_shape shape);

/* Will the text begin with a From_ line, newlines before it aside? */
bool text_begins_message(const struct folder_append *append, enum folder_shape shape);

/* ---- sync.c */

/* Makes the directory's entries durable; fd is an open file of the same file system (-1: none)
 * for where the directory cannot be opened. */
int sync_directory(const char *path, int fd);

/* The same for the directory that `path` is in. */
int sync_parent(const char *path, int fd);

/* What mail readers see as new mail: o+x on an existing folder, where the umask permits it.  As in
 * 3.22 `path`, which is the folder or in it, gets the mode of the folder with that bit. */
void mark_new_mail(const char *path, const char *folder);
bool mark_permitted(void);

/* ---- place.c: a folder as a place in the file system */

struct place {
    enum folder_shape shape;
    char *path; /* without the slashes and dots that told the shape */
};

/* By the text of the path and, for a first folder, by a look at what is there; a link target is
 * always a directory of one kind or another. */
void place_parse(struct place *place, const char *path);
void place_parse_target(struct place *place, const char *path);
void place_become_file(struct place *place); /* an mbox, or /dev/null */
void place_free(struct place *place);

enum place_state {
    PLACE_READY,
    PLACE_NO_DIRECTORY, /* it is none, and could not be made one */
    PLACE_FAILED,       /* it is one, but cannot be used: new, cur or tmp of a Maildir, or the disk */
};

/* Makes the directories that are missing, and says what cannot be made (errno). */
enum place_state place_prepare(const struct place *place, const struct folder_append *append);

/* The directory in which messages appear. */
void place_arrivals(const struct place *place, struct buf *path);

/* ---- name.c: names for messages in directories */

/* Appends a name that is unique on this host, without a directory: time.pid_n.host. */
void name_unique(struct buf *name);

/* Names for one message in one place, one after the other until one is free. */
struct naming {
    const struct place *place;
    const struct folder_append *append;
    ino_t ino;            /* of the message's file */
    unsigned long number; /* of the next MH message */
    unsigned attempt;
    struct buf name; /* the present one, with the directory */
};

void naming_start(struct naming *naming, const struct place *place, const struct folder_append *append,
                  ino_t ino);
void naming_next(struct naming *naming);
void naming_end(struct naming *naming);

/* ---- the formats */

int mbox_append(const char *path, const struct folder_append *append, size_t *written, struct err *err);
int directory_append(const struct place *place, const struct folder_append *append, size_t *written,
                     struct err *err);

#endif
