#include "message/message-private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

static int area_map(struct message *message, struct message_range range, bool writable, struct span *text,
                    struct err *err)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t from = range.from / page * page; /* of the file, where byte 0 is the slack */
    size_t n = range.from + range.n + 2 * MESSAGE_SLACK - from;
    int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    char *map = mmap(NULL, n, protection, MAP_PRIVATE | MAP_NORESERVE, message->spool, (off_t)from);

    if (map == MAP_FAILED)
        return err_set_errno(err, ERR_TEMP, "cannot map the spool file");
    message->mapping = map;
    message->mapping_n = n;
    map += range.from + MESSAGE_SLACK - from;
    if (writable) {
        if (range.from == 0)
            unfold(message, map);
        map[-1] = map[range.n] = '\n';
    }
    *text = span_make(map, range.n);
    return 0;
}

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

static int body_open(struct message *message, struct message_range range, struct span *text, struct err *err)
{
    char **kept = &message->copies[MESSAGE_AREA_BODY];
    bool alone;

    if (stands_alone(message, range, &alone, err))
        return -1;
    if (!message->bytes)
        return area_map(message, range, !alone, text, err);
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
        return area_map(message, range, true, text, err);
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
