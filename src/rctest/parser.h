/*
 * Between grammar/rctest and the tree: what the grammar calls when it has read something.
 * Faults are noted in the parser, with their places; parsing goes on, so that one run shows
 * all of them, or the first fifty.
 */
#ifndef MAILWEIR_RCTEST_PARSER_H
#define MAILWEIR_RCTEST_PARSER_H

#include "rctest/rctest.h"

struct rctest_word {
    struct span text;
    struct rctest_word *next;
};

struct rctest_parser {
    struct arena *arena;
    const char *file;
    struct span source;
    size_t offset;     /* of the scanner in source: tokens are spans of it */
    struct span token; /* the last one */
    unsigned line;
    struct buf *faults;
    unsigned fault_count;
    struct rctest *first, *last;
    struct rctest_section *last_section;
};

/* `at` is a part of the source, which is shown and marked; or SPAN_NULL. */
void parser_fault(struct rctest_parser *parser, struct span at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void parser_begin_test(struct rctest_parser *parser, unsigned line, struct span title);
/* `head` is where the section begins, `line` its number. */
void parser_add_section(struct rctest_parser *parser, unsigned line, struct span head,
                        struct rctest_word *words, struct span text);

/* A new word in front of `rest`, which was read behind it, or alone. */
struct rctest_word *parser_word(struct rctest_parser *parser, struct span text);

/* `a` and, right behind it in the source, `b`; an empty `a` is just `b`. */
struct span parser_join(struct span a, struct span b);

#endif
