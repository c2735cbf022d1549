/*
 * reader: a folder as a session reads it, for the tests.
 *
 *     reader maildir|mh|mbox PATH              lists: UIDVALIDITY, then UID, octets and Subject of each
 * message reader maildir|mh|mbox PATH UID...       removes those
 *
 * 75, and a line on standard error, where it fails.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "folder/view.h"

static void say(const char *text)
{
    fprintf(stderr, "reader: %s\n", text);
}

static int fail(const struct err *err)
{
    say(err->text);
    return 75;
}

static enum folder_shape shape_of(const char *name)
{
    return strcmp(name, "mh") == 0 ? FOLDER_MH : strcmp(name, "mbox") == 0 ? FOLDER_MBOX : FOLDER_MAILDIR;
}

static int list_one(struct view *view, size_t index, struct err *err)
{
    struct view_text *text = view_text_open(view, index, err);
    char bytes[4096], *subject;
    uint64_t octets;

    if (!text || view_octets(view, index, &octets, err) < 0) {
        view_text_close(text);
        return -1;
    }
    bytes[view_text_read(text, bytes, sizeof bytes - 1)] = '\0';
    view_text_close(text);
    subject = strstr(bytes, "Subject: ");
    printf("%" PRIu32 " %" PRIu64 " %.*s\n", view_message(view, index)->uid, octets,
           subject ? (int)strcspn(subject + 9, "\n") : 1, subject ? subject + 9 : "-");
    return 0;
}

static int list(struct view *view, struct err *err)
{
    printf("%" PRIu32 "\n", view_validity(view));
    for (size_t i = 0; i < view_count(view); i++)
        if (list_one(view, i, err) < 0)
            return -1;
    return 0;
}

static int remove_uids(struct view *view, char **uids, struct err *err)
{
    char *marked = mem_alloc(view_count(view) + 1);
    int result;

    for (; *uids; uids++)
        for (size_t i = 0; i < view_count(view); i++)
            if (view_message(view, i)->uid == strtoul(*uids, NULL, 10))
                marked[i] = 1;
    result = view_remove(view, marked, err);
    free(marked);
    return result;
}

int main(int argc, char **argv)
{
    struct err err = {0};
    struct view *view;
    int result;

    if (argc < 3)
        return 64;
    view = view_open(shape_of(argv[1]), argv[2], NULL, say, &err);
    if (!view)
        return fail(&err);
    result = argc > 3 ? remove_uids(view, argv + 3, &err) : list(view, &err);
    view_close(view);
    if (fflush(stdout) != 0)
        return 75;
    return result < 0 ? fail(&err) : 0;
}
