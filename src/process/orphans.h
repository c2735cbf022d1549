/*
 * What programs leave in the background when they end: ours to wait for, and to end.
 */
#ifndef MAILWEIR_PROCESS_ORPHANS_H
#define MAILWEIR_PROCESS_ORPHANS_H

/* From here on processes below this one become its children when their parent ends. */
void orphans_adopt(void);

/* Kills our children, whatever group or session they are in.  Theirs, adopted then, need a further call. */
void orphans_kill(void);

#endif
