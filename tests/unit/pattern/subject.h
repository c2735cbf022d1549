/* A text with the newline before and behind it that the pattern room asks for. */
#ifndef TESTS_UNIT_PATTERN_SUBJECT_H
#define TESTS_UNIT_PATTERN_SUBJECT_H

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/span.h"

static inline struct span subject_new(struct span text)
{
    char *p = mem_alloc(text.n + 2);

    p[0] = p[text.n + 1] = '\n';
    if (text.n)
        memcpy(p + 1, text.p, text.n);
    return span_make(p + 1, text.n);
}

static inline void subject_free(struct span text)
{
    free((char *)(text.p - 1));
}

#endif
