/*
 * What an mbox itself cannot be trusted to keep: UIDVALIDITY, the next UID, and which messages were given
 * one. A reader that removes the first message takes X-IMAPbase with it, and an X-UID may come with a message
 * from elsewhere.
 *
 *     1795550856 41
 *     39 1204
 *     40 17
 *
 * The first line tells UIDVALIDITY and the next UID; then a line a message: its UID, and bytes of its body.
 * Some may be gone from the mbox.
 */
#ifndef MAILWEIR_FOLDER_MBOX_GIVEN_H
#define MAILWEIR_FOLDER_MBOX_GIVEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

enum { MBOX_PARTING = 4 }; /* bytes at most that end a last line and make an empty one */

struct mbox_given {
    uint32_t validity; /* 0: nothing is known */
    uint32_t next;
    struct mbox_given_uid {
        uint32_t uid; /* ascending */
        off_t body;
    } * uids;
    size_t count, room;
};

/* What the file says, up to the first line that makes no sense; what is no such file says nothing. */
void mbox_given_read(struct mbox_given *given, const char *name);

/* Puts it there durably, in a step: `name`.tmp becomes it. */
int mbox_given_write(const struct mbox_given *given, const char *name, struct err *err);

void mbox_given_add(struct mbox_given *given, uint32_t uid, off_t body);

/* Readers change headers, not bodies; behind the last a delivery may have put what parts two messages. */
bool mbox_given_has(const struct mbox_given *given, uint32_t uid, off_t body);

void mbox_given_free(struct mbox_given *given);

#endif
