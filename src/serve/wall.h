/*
 * What a process that hears strangers must not do, whatever becomes of it.
 *
 * A gate is walled in by wall_prepare() and its fronts by wall_raise(): the first takes away files, the
 * second all system calls but those of a dialogue.  Where the kernel or the machine has no such means, what
 * can be done is.
 */
#ifndef MAILWEIR_SERVE_WALL_H
#define MAILWEIR_SERVE_WALL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* No new privileges, no core, and by Landlock no files and no connections; it lasts, for all that are forked,
 * too. */
int wall_prepare(struct err *err);

/*
 * In the front: memory bytes of address space at most above `used`, no descriptors above `highest`, no files,
 * no processes; then only calls that move bytes.  Opening, connecting and such are refused with EPERM (a
 * library may try them for a message's sake), execve(2) and all the rest ends the process.
 */
int wall_raise(size_t memory, int highest, struct err *err);

/* Is there a filter of system calls on this machine? */
bool wall_has_filter(void);

/* Of address space, by /proc; 0: there is no telling. */
size_t wall_memory_used(void);

#endif
