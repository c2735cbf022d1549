/*
 * Changing an mbox in place so that a crash at any moment loses nothing.
 *
 * The new tail of the file, from the first byte that changes on, is first written to a journal and synced;
 * then it goes over the old one, the file is cut, synced, and the journal removed.  Whoever opens the mbox
 * next under its lock finishes what was begun.  The journal knows a hash of each page of the old tail: a page
 * that is neither the old nor the new one was changed by somebody else, and then nothing is touched and the
 * journal is kept under another name.  What was delivered behind the tail meanwhile stays behind it.
 */
#ifndef MAILWEIR_FOLDER_MBOX_JOURNAL_H
#define MAILWEIR_FOLDER_MBOX_JOURNAL_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/span.h"

/* A new tail that is being written. */
struct mbox_journal;

/* The mbox is open for reading and writing and locked; `name` is that of the journal.  NULL: *err. */
struct mbox_journal *mbox_journal_begin(int mbox, const char *name, off_t from, struct err *err);

/* Adds to the tail; what cannot be written is told by finish. */
void mbox_journal_add(struct mbox_journal *journal, struct span bytes);
void mbox_journal_copy(struct mbox_journal *journal, off_t from, off_t end); /* of the mbox, as it was */

/* Makes it so, durably.  -1: the mbox is as it was (ERR_SPACE, ERR_TEMP), or where the disk failed half-way,
 * will be finished by mbox_journal_replay().  Frees the journal. */
int mbox_journal_finish(struct mbox_journal *journal, struct err *err);

enum replay_result {
    REPLAY_NOTHING, /* there was no journal, or nothing had been begun */
    REPLAY_DONE,
    REPLAY_FOREIGN, /* another changed what was begun: the journal is kept, as `name`.kept */
    REPLAY_FAILED,  /* *err; the journal stays */
};

enum replay_result mbox_journal_replay(int mbox, const char *name, struct err *err);

#endif
