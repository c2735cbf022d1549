/*
 * What the files that read folders share: the shape decides by a table, and formats that keep a message in
 * a file of its own are one format with two ways to look for the files.
 */
#ifndef MAILWEIR_FOLDER_VIEW_PRIVATE_H
#define MAILWEIR_FOLDER_VIEW_PRIVATE_H

#include "base/arena.h"
#include "folder/uidlist.h"
#include "folder/view.h"
#include "message/message.h"

#define VIEW_OCTETS_UNKNOWN UINT64_MAX

/* One message of a view. */
struct viewed {
    struct view_message message;
    uint64_t octets;
    struct span key;  /* as in the list of UIDs */
    const char *name; /* of its file, below the folder */
    bool gone;
    bool learned; /* the list does not know its octets */
    off_t body;   /* of a message in an mbox: bytes of its body, which no reader changes */
};

struct view {
    const struct view_format *format;
    char *path;
    char *state; /* with what the names of further files begin */
    void (*say)(const char *text);
    uint32_t validity;
    struct viewed *messages; /* by UID */
    size_t count;
    struct arena *arena;    /* of the text that messages point to */
    struct mbox_seen *mbox; /* of an mbox: where its messages were when last looked at */
};

/* Where the bytes of a text are. */
struct view_text {
    int fd;               /* its own, or -1 */
    struct message *copy; /* NULL: they are in the file */
    off_t at;
    off_t end;
};

struct view_format {
    int (*open)(struct view *view, struct err *err);
    int (*text)(struct view *view, struct viewed *viewed, struct view_text *text, struct err *err);
    int (*remove)(struct view *view, const char *marked, struct err *err);
    void (*close)(struct view *view);
};

/* ---- view-files.c: a file for each message */

/* A file that was found; what an arena owns stays with it. */
struct found {
    struct span key;
    const char *name; /* below the folder */
    unsigned flags;
    uint64_t octets;   /* by its name, or VIEW_OCTETS_UNKNOWN */
    uint64_t order[3]; /* of arrival: the first that differs decides, then the key */
};

struct findings {
    struct found *files;
    size_t count;
    size_t room;
    struct arena *arena;
};

struct found *findings_add(struct findings *findings);

/* How the files are looked for.  -1 with errno. */
struct view_files {
    const char *list; /* name of the list of UIDs */
    int (*find)(const char *path, struct findings *findings);
    const char *const *directories; /* in which they are, below the folder; NULL at the end */
    bool (*is_it)(const char *path, struct span key); /* NULL: a name is never given to another message */
};

extern const struct view_files view_maildir, view_mh;

extern const struct view_format view_format_maildir, view_format_mh, view_format_mbox;

/* A field of the name's info that tells a size (`,W=22`), or VIEW_OCTETS_UNKNOWN. */
uint64_t view_size_in_name(struct span name, char letter);

#endif
