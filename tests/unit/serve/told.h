/* The faults of a configuration as one text: "LINE:COLUMN WORDS" a line. */
#ifndef MAILWEIR_TESTS_SERVE_TOLD_H
#define MAILWEIR_TESTS_SERVE_TOLD_H

#include "serve/conf.h"

struct told {
    struct buf text;
    struct buf shown; /* as conf_print_fault() prints them */
    unsigned count;
};

void told_init(struct told *told);
void told_free(struct told *told);
void told_add(void *told, const struct conf_fault *fault);

#endif
