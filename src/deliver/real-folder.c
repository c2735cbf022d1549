#include "deliver/real-private.h"

#include <string.h>
#include <unistd.h>

#include "folder/folder.h"
#include "process/spawn.h"

static const enum trace_kind kinds[] = {
    [FOLDER_OPENING] = TRACE_OPENING,
    [FOLDER_KERNEL_LOCKING] = TRACE_KERNEL_LOCKING,
    [FOLDER_KERNEL_LOCK_FAILED] = TRACE_KERNEL_LOCK_FAILED,
    [FOLDER_KERNEL_LOCK_TIMEOUT] = TRACE_TIMEOUT_WAITING,
    [FOLDER_KERNEL_UNLOCK_FAILED] = TRACE_KERNEL_UNLOCK_FAILED,
    [FOLDER_NO_DIRECTORY] = TRACE_NO_DIRECTORY,
    [FOLDER_SKIPPED] = TRACE_SKIPPED,
    [FOLDER_NO_TEMP] = TRACE_NO_TEMP_FILE,
    [FOLDER_UNREADABLE] = TRACE_CANNOT_READ,
    [FOLDER_LINKING] = TRACE_LINKING,
    [FOLDER_LINK_FAILED] = TRACE_CANNOT_LINK,
    [FOLDER_NO_SPACE] = TRACE_NO_SPACE,
    [FOLDER_OVER_QUOTA] = TRACE_OVER_QUOTA,
    [FOLDER_WRITE_FAILED] = TRACE_WRITE_ERROR,
    [FOLDER_TRUNCATED] = TRACE_TRUNCATED,
};

struct folder_talk {
    struct deliver_real *real;
    const struct deliver_folder *folder;
};

static void talk(void *ctx, enum folder_event event, const char *text)
{
    struct folder_talk *t = ctx;

    if (event == FOLDER_NAMED || event == FOLDER_LINKED_NAME) {
        t->folder->named(t->folder->ctx, text, event == FOLDER_LINKED_NAME);
        return;
    }
    if (event == FOLDER_TRUNCATED && !t->real->log_is_file && !t->real->log->verbose)
        return; /* 3.22 does not tell it to whoever reads standard error */
    trace_say_text(t->real->trace, kinds[event], text);
}

void real_folder(void *ctx, const struct deliver_folder *folder, struct deliver_outcome *outcome)
{
    struct deliver_real *real = ctx;
    struct folder_talk t = {real, folder};
    struct folder_append append = {
        .message = folder->message,
        .part = folder->part,
        .raw = folder->raw,
        .ignore_errors = folder->ignore_errors,
        .msgprefix = folder->msgprefix,
        .links = folder->links,
        .offset = &outcome->offset,
        .kernel_lock_deadline = spawn_deadline(folder->timeout),
        .listener = {talk, &t},
    };
    struct err err = {0};
    int result;

    *outcome = (struct deliver_outcome){0};
    if (*folder->path == '|' && !folder->links) {
        folder->named(folder->ctx, folder->path, false);
        result = folder_write_plain(real->standard_output, &append, &outcome->written, &err);
    } else {
        result = folder_append(folder->path, &append, &outcome->written, &err);
    }
    outcome->done = result == 0;
    outcome->has_written = outcome->done || outcome->written; /* 3.22 tells the size of what it tried */
    outcome->passing = result && (err.class == ERR_SPACE || err.class == ERR_TEMP);
}
