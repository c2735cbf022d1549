/* What the processes of the server have in common. */
#ifndef MAILWEIR_SERVE_PROCESS_H
#define MAILWEIR_SERVE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* In a child: signals as they are by default but for SIGPIPE, none blocked; SIGTERM when the parent ends, who
 * must be `parent` still. */
void process_begin(pid_t parent, const char *name);

/* Becomes that user without any other group, for good. */
int process_become(uid_t uid, gid_t gid, struct err *err);

/* As root: the same for a process that hears strangers, with this root directory (may be NULL). */
int process_hide(const char *root, uid_t uid, gid_t gid, struct err *err);

/* A descriptor for these signals, which are blocked; ends with 0. */
int process_signals(const int *signals, struct err *err);
/* The next one; 0: none. */
int process_next_signal(int fd);

/* The signal comes when the parent dies; to be called again after each change of ids. */
void process_die_with_parent(int signal);

/* "exited with 1", "was killed by signal 11 (Segmentation fault)"; "" for an end that is as it should be. */
const char *process_end(int status, char *text, size_t size);

#endif
