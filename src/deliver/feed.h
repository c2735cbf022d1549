/*
 * What a program reads: a part of the message, or a text, with the final newline that 3.22 adds
 * when it does not end in an empty line (unless raw).
 */
#ifndef MAILWEIR_DELIVER_FEED_H
#define MAILWEIR_DELIVER_FEED_H

#include "deliver/ops.h"

struct feed {
    const struct deliver_program *program;
    size_t at;       /* bytes given */
    char tail[2];    /* the last two of them */
    bool newline_given;
};

void feed_init(struct feed *feed, const struct deliver_program *program);

/* The next piece; empty at the end.  -1: the message cannot be read. */
int feed_next(struct feed *feed, struct span *piece, struct err *err);

/* Bytes given, the added newline included. */
size_t feed_given(const struct feed *feed);

#endif
