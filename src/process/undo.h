/*
 * What must be undone if the process ends early: files of ours that must not stay behind
 * (lock files, temporary files).  Registered when made, forgotten when their time is over;
 * undo_all() runs at every orderly end, never in a signal handler.
 */
#ifndef MAILWEIR_PROCESS_UNDO_H
#define MAILWEIR_PROCESS_UNDO_H

struct undo;

/* Remembers to unlink `path` (copied; made absolute if it is relative). */
struct undo *undo_unlink(const char *path);

/* Remembers to call act(ctx); ctx stays the caller's. */
struct undo *undo_add(void (*act)(void *ctx), void *ctx);

/* Forgets one entry, without doing it.  NULL is fine, and so is the entry whose act is running. */
void undo_forget(struct undo *undo);

/* Does all that is registered, last first, and forgets it.  What another process (a parent)
 * registered is only forgotten. */
void undo_all(void);

/* In a forked child: what is registered belongs to the parent. */
void undo_disown(void);

#endif
