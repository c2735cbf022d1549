/* The operations that pretend, a file for each kind. */
#ifndef MAILWEIR_EXPLAIN_DRY_PRIVATE_H
#define MAILWEIR_EXPLAIN_DRY_PRIVATE_H

#include "explain/dry.h"

/* May a file of that name be made, as far as its directory goes? */
bool dry_can_make(const char *path);
/* Another process that explains what it does from here on, before we go on: 0 in there, or its number; -1. */
pid_t dry_fork(struct explain_dry *dry);

/* Both ways are gone: the one in which the program succeeds (true) is another process's.  The step that
 * depends on it, at *present, is told on each of them again.  Where that cannot be, `otherwise`. */
bool dry_either(struct explain_dry *dry, struct span program, struct explain_step **present, bool otherwise);

/* Would the program of the present condition succeed? */
bool dry_succeeds(struct explain_dry *dry, struct span program);

/* As people write it: $SHELL and its flags aside. */
struct span dry_words(struct explain_dry *dry, const struct deliver_command *command);
/* `| program` and `! address`. */
void dry_take(struct explain_dry *dry, const struct deliver_program *program,
              struct deliver_outcome *outcome);

void dry_note(struct explain_dry *dry, const char *before, const char *text, const char *after);

void dry_folder(void *ctx, const struct deliver_folder *folder, struct deliver_outcome *outcome);

void dry_pipe(void *ctx, const struct deliver_program *program, struct deliver_outcome *outcome);
void dry_filter(void *ctx, const struct deliver_program *program, struct message_builder *output,
                struct deliver_outcome *outcome);
void dry_capture(void *ctx, const struct deliver_program *program, struct buf *output,
                 struct deliver_outcome *outcome);
void dry_substitute(void *ctx, const struct deliver_program *program, struct buf *output,
                    struct deliver_outcome *outcome);

#endif
