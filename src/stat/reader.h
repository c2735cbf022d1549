/*
 * Reads a log: the three lines of each abstract (deliver/abstract.h), and what else stands there.
 *
 * A log is hostile text: strangers choose what is in it.  Bytes come in pieces of any size; of a line
 * longer than a megabyte only the beginning is looked at.  What a line is, is decided as 3.22's
 * mailstat does it.
 */
#ifndef MAILWEIR_STAT_READER_H
#define MAILWEIR_STAT_READER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

enum { STAT_UNDATED = INT_MIN };

/* One delivery, or one line that tells of a fault. */
struct stat_entry {
    struct span name; /* the folder, names of files in it left out; or ` ## ` and the line */
    int64_t size;     /* 0 for a fault */
    int day;          /* since 1970, by the From_ line; STAT_UNDATED */
    bool fault;
    bool bare; /* the line had no tab: it sorts before those of the same name that have */
};

struct stat_reader {
    void (*entry)(void *ctx, const struct stat_entry *entry); /* what is in it is lent */
    void *ctx;
    bool merge_faults; /* all of them under one name */
    struct buf line;
    int day; /* of the From_ line before */
};

void stat_reader_init(struct stat_reader *reader, void (*entry)(void *ctx, const struct stat_entry *entry),
                      void *ctx);
void stat_reader_feed(struct stat_reader *reader, struct span bytes);
void stat_reader_end(struct stat_reader *reader); /* a last line without a newline counts; frees */

/* The day of a From_ line, with or without a time zone; STAT_UNDATED if there is none. */
int stat_day_of(struct span line);

#endif
