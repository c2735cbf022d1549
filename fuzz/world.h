/*
 * A world in which nothing happens, for engine runs: no program is started, nothing is written,
 * and how each act ends is read from the input.
 */
#ifndef MAILWEIR_FUZZ_WORLD_H
#define MAILWEIR_FUZZ_WORLD_H

#include "base/buf.h"
#include "engine/run.h"
#include "trace/trace.h"

struct world {
    struct span endings; /* a byte for each act; no more of them: all goes well */
    struct span output;  /* what every program prints */
    size_t acts, events;
    struct buf said; /* the last event in 3.22's words */
    char *locks[DELIVER_LOCKS];
    struct trace trace;
    struct trace_reader reader;
    struct run *run;
};

/* Takes the message over. */
void world_init(struct world *world, struct message *message, struct span endings, struct span output);
void world_free(struct world *world);

#endif
