/*
 * What kind of condition a text is.  Procmail knows only when it runs: a `$` condition is
 * expanded and the result read again from its beginning, so the one function here is called
 * on what stands in the file (by whoever checks it) and on what came out (by the engine).
 */
#ifndef MAILWEIR_RECIPE_CONDITION_H
#define MAILWEIR_RECIPE_CONDITION_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

enum condition_kind {
    CONDITION_REGEX,
    CONDITION_PROGRAM, /* ? command */
    CONDITION_SIZE,    /* < n, > n */
    CONDITION_EXPAND,  /* $: expand .text as within double quotes, then condition_read again */
};

enum condition_area {
    CONDITION_AREA_FLAGS,    /* what the recipe's H and B say */
    CONDITION_AREA_HEAD,     /* H ?? */
    CONDITION_AREA_BODY,     /* B ?? */
    CONDITION_AREA_ALL,      /* HB ?? */
    CONDITION_AREA_VARIABLE, /* NAME ?? */
};

struct condition {
    enum condition_kind kind;
    bool negated;
    bool weighted;
    double weight, exponent; /* w^x */
    enum condition_area area;
    struct span variable;
    struct span text; /* regex: with its leading backslash still on; program: behind `?`;
                         size: with its sign */
};

/* A condition of which nothing has been read yet. */
void condition_init(struct condition *condition);

/* Reads on: prefixes add to what *condition already says.  Spans borrow from text, which must be
 * followed by a NUL byte. */
void condition_read(struct condition *condition, struct span text);

/* A raw condition as it is read first: without trailing blanks. */
struct span condition_trim(struct span raw);

/* Continued lines joined; blanks at the beginning of any further line are dropped. */
void condition_join(struct span text, struct buf *to);

/*
 * The expression of a regex condition as it is matched: without the one leading backslash it
 * loses, macros (^TO_, ^TO, ^FROM_DAEMON, ^FROM_MAILER) put in.
 * `shown` is what 3.22 shows in its log, with the backslash.
 * *any_case: a macro makes the whole ignore case.
 */
void condition_regex(struct span text, struct buf *expression, struct buf *shown, bool *any_case);

/* The name of the macro with which an expression begins, and *n, the bytes it takes there; SPAN_NULL: none. */
struct span condition_macro(struct span expression, size_t *n);

#endif
