/*
 * The list of UIDs beside the messages of a folder, in the format that Dovecot gives `dovecot-uidlist`
 * (versions 1 and 3), so that either program goes on where the other stopped:
 *
 *     3 V1795550856 N5 G7150982888ee056bba56000083ecc375
 *     1 W22 :1795500001.M5P1.vm
 *
 * V is UIDVALIDITY, N the next UID, G the identity of the folder; then a line a message, UIDs ascending:
 * fields of a letter and a value, and the message's key, which never changes: in a Maildir its file's name
 * before `:2,`.  Fields that we do not know are kept as they are.
 */
#ifndef MAILWEIR_FOLDER_UIDLIST_H
#define MAILWEIR_FOLDER_UIDLIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum { UIDLIST_GUID = 32 }; /* hexadecimal digits */

struct uid_record {
    uint32_t uid;
    struct span key;
    struct span fields; /* `W22 S19`, without blanks around; often empty */
};

struct uidlist {
    uint32_t validity; /* 0: there is no list yet */
    uint32_t next;     /* above each UID ever given */
    char guid[UIDLIST_GUID + 1];
    struct uid_record *records; /* UIDs ascending */
    size_t count;
    struct arena *arena; /* owns the records' text */
};

void uidlist_init(struct uidlist *list);
void uidlist_clear(struct uidlist *list); /* as after init */
void uidlist_free(struct uidlist *list);

/* Adds what the text says to a list just made.  A last line without newline is one that its writer did not
 * finish: it counts as not there.  ERR_DATA, with the line's number: this is no such list, and none of it
 * can be trusted. */
int uidlist_parse(struct uidlist *list, struct span text, struct err *err);

/* The key in a name of a file: up to `:2,` or `:1,`, whatever stands behind that.  Other colons, and one at
 * the beginning, are part of it. */
struct span uidlist_key(struct span name);

/* A list begins: UIDVALIDITY is `now` (seconds since 1970), but above `least`. */
void uidlist_begin(struct uidlist *list, uint32_t now, uint32_t least);

/* Gives the next UID to a message; NULL: all 2^32 - 1 are used up. */
struct uid_record *uidlist_add(struct uidlist *list, struct span key);

/* The value of a field of one letter; SPAN_NULL: there is none. */
struct span uid_field(const struct uid_record *record, char letter);

/* Adds a field that is not there yet. */
void uid_field_add(struct uidlist *list, struct uid_record *record, char letter, const char *value);

void uidlist_print(const struct uidlist *list, struct buf *to);
void uid_record_print(const struct uid_record *record, struct buf *to);

#endif
