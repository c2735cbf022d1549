#include "message/message-private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"

static struct message_range area_range(const struct message *message, enum message_area area)
{
    static const enum message_part parts[] = {
        [MESSAGE_AREA_HEAD] = MESSAGE_HEAD,
        [MESSAGE_AREA_BODY] = MESSAGE_BODY,
        [MESSAGE_AREA_ALL] = MESSAGE_WHOLE,
    };

    return message_range(message, parts[area]);
}

size_t message_area_size(const struct message *message, enum message_area area)
{
    return area_range(message, area).n;
}

/* Within the header a newline before a blank becomes a space; the first text byte is exempt. */
static void unfold(const struct message *message, char *bytes)
{
    char *p = bytes + message->start;
    char *end = bytes + message->head_size;

    if (message->keeps_folds)
        return;
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
        p++;
        if (p < end && (*p == ' ' || *p == '\t'))
            p[-1] = ' ';
    }
}

/* A copy of these bytes with slack around; *kept owns it. */
static int copy_make(const struct message *message, struct message_range range, char **kept, struct err *err)
{
    char *copy = mem_alloc(range.n + 2 * MESSAGE_SLACK);
    struct span piece;

    copy[0] = '\n';
    for (size_t at = 0; at < range.n; at += piece.n) {
        if (message_read_at(message, range.from + at, range.n - at, &piece, err)) {
            free(copy);
            return -1;
        }
        memcpy(copy + MESSAGE_SLACK + at, piece.p, piece.n);
    }
    copy[MESSAGE_SLACK + range.n] = '\n';
    if (range.from == 0) /* it begins with the header */
        unfold(message, copy + MESSAGE_SLACK);
    *kept = copy;
    return 0;
}

/* ---- spooled messages */

/* A piece of the header, unfolded; the byte behind it, which may be in the next piece, is looked at. */
static int unfold_piece(const struct message *message, size_t at, char *bytes, size_t n, struct err *err)
{
    for (char *p = bytes, *end = bytes + n; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++) {
        size_t next = at + (size_t)(p - bytes) + 1;
        struct span behind;

        if (next <= message->start || next >= message->head_size)
            continue;
        if (p + 1 < end)
            behind = span_make(p + 1, 1);
        else if (message_peek(message, next, 1, &behind, err))
            return -1;
        if (*behind.p == ' ' || *behind.p == '\t')
            *p = ' ';
    }
    return 0;
}

static int write_spool(int fd, const char *p, size_t n, struct err *err)
{
    return io_write(fd, p, n) ? err_set_errno(err, ERR_TEMP, "cannot write the spool file") : 0;
}

static int unfold_to_spool(const struct message *message, int fd, struct err *err)
{
    char *copy = mem_alloc(MESSAGE_WINDOW);
    struct span piece;
    int result = write_spool(fd, "\n", MESSAGE_SLACK, err);

    for (size_t at = 0; !result && at < message->size; at += piece.n) {
        result = message_read_at(message, at, MESSAGE_WINDOW, &piece, err);
        if (result)
            break;
        memcpy(copy, piece.p, piece.n);
        result =
            unfold_piece(message, at, copy, piece.n, err) || write_spool(fd, copy, piece.n, err) ? -1 : 0;
    }
    free(copy);
    return result ? result : write_spool(fd, "\n", MESSAGE_SLACK, err);
}

/* A header of any size is unfolded in a file: pages that were changed in memory could not be given back. */
static int get_unfolded_spool(struct message *message, struct err *err)
{
    if (message->unfolded_spool >= 0)
        return message->unfolded_spool;
    message->unfolded_spool = message_spool_open(err);
    if (message->unfolded_spool >= 0 && unfold_to_spool(message, message->unfolded_spool, err))
        message_drop_copies(message);
    return message->unfolded_spool;
}

static int map_file(struct message *message, int fd, struct message_range range, int protection,
                    struct span *text, struct err *err)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t from = range.from / page * page; /* of the file, where byte 0 is the slack */
    size_t n = range.from + range.n + 2 * MESSAGE_SLACK - from;
    char *map = mmap(NULL, n, protection, MAP_PRIVATE | MAP_NORESERVE, fd, (off_t)from);

    if (map == MAP_FAILED)
        return err_set_errno(err, ERR_TEMP, "cannot map the spool file");
    message->mapping = map;
    message->mapping_n = n;
    message->mapping_changed = 0;
    *text = span_make(map + (range.from + MESSAGE_SLACK - from), range.n);
    return 0;
}

/* The header, or the whole message: the mapping begins where the message does. */
static int map_unfolded(struct message *message, struct message_range range, struct span *text,
                        struct err *err)
{
    bool in_memory = message->keeps_folds || message->head_size <= MESSAGE_SMALL;
    int fd = in_memory ? message->spool : get_unfolded_spool(message, err);

    if (fd < 0 || map_file(message, fd, range, PROT_READ | PROT_WRITE, text, err))
        return -1;
    if (in_memory && !message->keeps_folds) {
        unfold(message, message->mapping + MESSAGE_SLACK);
        message->mapping_changed = message->head_size + MESSAGE_SLACK;
    }
    message->mapping[MESSAGE_SLACK + range.n] = '\n';
    return 0;
}

/* ---- the body */

/* Is there a newline on either side of it anyway?  A filter of the body may follow a header that has
 * none at its end. */
static int stands_alone(const struct message *message, struct message_range range, bool *alone, struct err *err)
{
    struct span before;

    *alone = range.from == 0;
    if (*alone)
        return 0;
    if (message_peek(message, range.from - 1, 1, &before, err))
        return -1;
    *alone = *before.p == '\n';
    return 0;
}

static int map_body(struct message *message, struct message_range range, bool alone, struct span *text,
                    struct err *err)
{
    int protection = alone ? PROT_READ : PROT_READ | PROT_WRITE;

    if (map_file(message, message->spool, range, protection, text, err))
        return -1;
    if (!alone) {
        size_t at = (size_t)(text->p - message->mapping);

        message->mapping[at - 1] = message->mapping[at + range.n] = '\n';
        message->mapping_changed = at;
    }
    return 0;
}

static int body_open(struct message *message, struct message_range range, struct span *text, struct err *err)
{
    char **kept = &message->copies[MESSAGE_AREA_BODY];
    bool alone;

    if (stands_alone(message, range, &alone, err))
        return -1;
    if (!message->bytes)
        return map_body(message, range, alone, text, err);
    if (alone) {
        *text = span_make(message->bytes + range.from, range.n);
        return 0;
    }
    if (!*kept && copy_make(message, range, kept, err))
        return -1;
    *text = span_make(*kept + MESSAGE_SLACK, range.n);
    return 0;
}

int message_area_open(struct message *message, enum message_area area, struct span *text, struct err *err)
{
    struct message_range range = area_range(message, area);
    char **kept = &message->copies[area];

    message_area_close(message);
    if (range.n == 0) {
        *text = span_make(&"\n\n"[1], 0);
        return 0;
    }
    if (area == MESSAGE_AREA_BODY)
        return body_open(message, range, text, err);
    if (!*kept && range.n > MESSAGE_SMALL)
        return map_unfolded(message, range, text, err);
    if (!*kept && copy_make(message, range, kept, err))
        return -1;
    *text = span_make(*kept + MESSAGE_SLACK, range.n);
    return 0;
}

void message_drop_copies(struct message *message)
{
    message_area_close(message);
    for (size_t i = 0; i < sizeof message->copies / sizeof *message->copies; i++) {
        free(message->copies[i]);
        message->copies[i] = NULL;
    }
    if (message->unfolded_spool >= 0)
        close(message->unfolded_spool);
    message->unfolded_spool = -1;
}

void message_keep_folds(struct message *message, bool keep)
{
    if (!message || message->keeps_folds == keep)
        return;
    message->keeps_folds = keep;
    message_drop_copies(message);
}

void message_area_close(struct message *message)
{
    if (!message->mapping)
        return;
    munmap(message->mapping, message->mapping_n);
    message->mapping = NULL;
}

/* What was changed is not in the file: the unfolded header, and the newline behind the text. */
void message_area_rest(struct message *message)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t from = (message->mapping_changed + page - 1) / page * page, end;

    if (!message->mapping)
        return;
    end = (message->mapping_n - 1) / page * page;
    if (from < end)
        madvise(message->mapping + from, end - from, MADV_DONTNEED);
}
