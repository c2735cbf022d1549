/* The real operations, a file for each kind. */
#ifndef MAILWEIR_DELIVER_REAL_PRIVATE_H
#define MAILWEIR_DELIVER_REAL_PRIVATE_H

#include "deliver/real.h"

void real_folder(void *ctx, const struct deliver_folder *folder, struct deliver_outcome *outcome);

void real_pipe(void *ctx, const struct deliver_program *program, struct deliver_outcome *outcome);
void real_filter(void *ctx, const struct deliver_program *program, struct message_builder *output,
                 struct deliver_outcome *outcome);
void real_capture(void *ctx, const struct deliver_program *program, struct buf *output,
                  struct deliver_outcome *outcome);
void real_substitute(void *ctx, const struct deliver_program *program, struct buf *output,
                     struct deliver_outcome *outcome);

/* Resources are short: sleeps and counts down; false when it is no use to try again. */
bool real_retry(long *retries, long pause);

/* Passing trouble is told in our own words, since 3.22 has none for it. */
void real_trouble(struct deliver_real *real, const struct err *err, struct deliver_outcome *outcome);

#endif
