/*
 * Programs of ours that recipes call, run without a process.
 *
 * Nothing may tell the difference but a clock.  So it is done only where the program that execvp(3) would
 * find is the very file that was installed beside us, no shell stands between, and its arguments and what it
 * reads are such that it reads, prints and ends.  Whatever is in doubt is left to a process.
 */
#ifndef MAILWEIR_DELIVER_INNER_H
#define MAILWEIR_DELIVER_INNER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "deliver/ops.h"

enum { INNER_KINDS = 2 };

/* The files beside us, looked at once.  All zero at first. */
struct inner_tools {
    bool known;
    struct {
        bool there; /* and we may execute it */
        dev_t device;
        ino_t inode;
    } files[INNER_KINDS];
};

struct inner;

/* NULL: a process is needed.  The command is borrowed. */
struct inner *inner_new(struct inner_tools *tools, const struct deliver_program *program);
void inner_free(struct inner *inner); /* NULL is fine */

struct inner_output {
    struct buf out, said; /* what it prints, and what it has to say on standard error */
    int status;           /* of its exit */
};

/* False, and nothing done: what it prints may be too much to be held. */
bool inner_run(const struct inner *inner, struct span input, struct inner_output *output);
void inner_output_free(struct inner_output *output); /* all zero is fine */

#endif
