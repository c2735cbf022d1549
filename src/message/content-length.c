/*
 * Content-Length as procmail keeps it: the number is written over the columns that are
 * there, so the field never changes its width.
 */
#include "message/message-private.h"

#include <stdio.h>
#include <string.h>

static const char field[] = "Content-Length:";

enum { COLUMNS_MAX = 27 }; /* digits that 3.22 fills; what is wider is blanked */

/* Offset of the next newline at or behind `at`, or the end of the header. */
static int line_end(const struct message *message, size_t at, size_t *end, struct err *err)
{
    struct span piece;

    for (; at < message->head_size; at += piece.n) {
        const char *newline;

        if (message_read_at(message, at, message->head_size - at, &piece, err))
            return -1;
        newline = span_find_byte(piece, '\n');
        if (newline) {
            *end = at + (size_t)(newline - piece.p);
            return 0;
        }
    }
    *end = message->head_size;
    return 0;
}

/* Offset behind the colon of the first such field, or 0. */
static int field_find(const struct message *message, size_t *offset, struct err *err)
{
    const size_t n = sizeof field - 1;

    *offset = 0;
    for (size_t at = 0; at + n <= message->head_size; at++) {
        struct span name;

        if (message_peek(message, at, n, &name, err))
            return -1;
        if (span_starts_nocase(name, field)) {
            *offset = at + n;
            return 0;
        }
        if (line_end(message, at, &at, err))
            return -1;
    }
    return 0;
}

/* The length to be written: of the body, less the empty line that separates messages in an mbox. */
static int body_length(const struct message *message, size_t *length, struct err *err)
{
    struct span last;

    *length = message->size - message->head_size;
    if (message->size < 2)
        return 0;
    if (message_read_at(message, message->size - 2, 1, &last, err))
        return -1;
    if (*last.p == '\n' && *length > 0)
        --*length;
    return 0;
}

static int columns_fill(struct message *message, size_t offset, size_t columns, char c, struct err *err)
{
    char piece[256];

    memset(piece, c, sizeof piece);
    while (columns) {
        size_t n = columns < sizeof piece ? columns : sizeof piece;

        if (message_patch(message, offset, piece, n, err))
            return -1;
        offset += n;
        columns -= n;
    }
    return 0;
}

int message_fix_content_length(struct message *message, struct err *err)
{
    char number[COLUMNS_MAX + 24];
    size_t offset, end, columns, digits, length, claimed;

    if (field_find(message, &offset, err))
        return -1;
    if (!offset)
        return 0;
    if (body_length(message, &length, err) || line_end(message, offset, &end, err))
        return -1;
    columns = end - offset;
    digits = columns < COLUMNS_MAX ? columns : COLUMNS_MAX;
    if (columns_fill(message, offset + digits, columns - digits, ' ', err))
        return -1;
    if ((size_t)snprintf(number, sizeof number, "%*zu", (int)digits, length) == digits) {
        if (message_patch(message, offset, number, digits, err))
            return -1;
        claimed = length;
    } else {
        if (columns_fill(message, offset, digits, '9', err))
            return -1;
        for (claimed = 0; digits; digits--)
            claimed = claimed * 10 + 9;
    }
    message->quotable_from = message->head_size + claimed;
    return 0;
}
