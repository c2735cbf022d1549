/*
 * What must be undone if the process ends early: files of ours that must not stay behind
 * (lock files, temporary files).  Registered when made, forgotten when their time is over;
 * undo_all() runs at every orderly end.
 */
#ifndef MAILWEIR_PROCESS_UNDO_H
#define MAILWEIR_PROCESS_UNDO_H

struct undo;

/* Remembers to unlink `path` (copied; made absolute if it is relative). */
struct undo *undo_unlink(const char *path);

/* Forgets one entry, without doing it; NULL is fine. */
void undo_forget(struct undo *undo);

/* Does all that is registered, last first, and forgets it. */
void undo_all(void);

/* In a forked child: what is registered belongs to the parent. */
void undo_disown(void);

#endif
