/*
 * An mbox taken apart: where its messages are, and the fields in which Dovecot, UW's programs and we keep
 * what an mbox has no other place for (X-IMAPbase, X-UID, Status, X-Status, X-Keywords).  mbox(5), RFC 4155.
 *
 * A message begins at each line `From sender date`, an empty line before it or not: where one is missing,
 * two messages are not taken for one.  In a body that a Content-Length field vouches for, none begins.
 */
#ifndef MAILWEIR_FOLDER_MBOX_SCAN_H
#define MAILWEIR_FOLDER_MBOX_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/span.h"

/* A field that readers are not shown: bytes [from, end) of the file. */
struct mbox_field {
    off_t from;
    off_t end;
    bool is_number; /* X-UID and X-IMAPbase: what a new number replaces */
};

struct mbox_message {
    off_t from;      /* its From_ line */
    off_t head;      /* its first field, behind From_ and `>From ` lines */
    off_t tail;      /* behind its last field: where another may be put in */
    off_t body;      /* behind the empty line; = end where there is none */
    off_t end;       /* the empty line that parts it from the next is not in it */
    off_t next;      /* where the next begins, or the size of the file */
    uint64_t octets; /* of the text as a protocol sends it, without hidden fields */
    uint32_t uid;    /* by its X-UID; 0: none */
    unsigned flags;  /* enum view_flag */
    size_t hidden;   /* the first of its hidden fields in the scan's; those of the next message end them */
};

struct mbox_scan {
    struct mbox_message *messages;
    size_t count;
    struct mbox_field *hidden; /* in the order of the file */
    size_t hidden_count;
    uint32_t validity; /* by the first message's X-IMAPbase; 0: there is none */
    uint32_t next;     /* the next UID by it */
    char *keywords;    /* what else it says; NULL: nothing */
    off_t last_at;     /* where it tells the last UID given, and in how many digits */
    size_t last_digits;
    bool internal; /* the first message is none: Dovecot and UW's programs leave it in a folder that they
                      empty, so that UIDs are not given again (X-IMAP in the place of X-IMAPbase) */
    off_t size;
};

/* Reads the file from its beginning.  ERR_DATA: it is no mbox; ERR_TEMP: it cannot be read. */
int mbox_scan(int fd, struct mbox_scan *scan, struct err *err);
void mbox_scan_free(struct mbox_scan *scan);

/* Is that line one with which a message begins? */
bool mbox_is_from_line(struct span text);

/* The hidden fields of one message. */
const struct mbox_field *mbox_hidden(const struct mbox_scan *scan, size_t index, size_t *count);

#endif
