/*
 * What is wrong with an rc file, told without running it: findings, each by a rule, with a place
 * in the text, what to do about it and, where that is safe, the edits that do it.
 *
 * A rule is an error (it cannot do what was meant), a warning (it most likely does not) or a note
 * (worth knowing; the file may be meant so).  Nothing is executed and nothing is written.
 */
#ifndef MAILWEIR_CHECK_CHECK_H
#define MAILWEIR_CHECK_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/span.h"

enum check_severity {
    CHECK_ERROR,
    CHECK_WARNING,
    CHECK_NOTE,
};

struct arena;

struct check_rule {
    const char *id;
    enum check_severity severity;
    bool fixes; /* findings may come with edits */
    const char *title;
    const char *why;
    const char *remedy;
};

struct check_edit {
    size_t offset, removed;
    const char *inserted;
    struct check_edit *next; /* of the same finding */
};

struct check_finding {
    const struct check_rule *rule;
    size_t offset, length;
    unsigned line, column; /* from 1, in bytes */
    const char *text;
    struct check_edit *edits; /* belong together: all of them or none */
    struct check_edit *last_edit;
};

struct check_options {
    const bool *enabled; /* by rule, check_rule_count() of them; NULL: all */
    bool files;          /* the file system may be looked at: includes, folders, rights */
    const char *path;    /* where the text was read from, or NULL */
    const char *home;    /* what HOME will be, or NULL */
};

struct check_result {
    struct arena *arena;
    const char *name;
    struct span text;                /* a copy of what was checked */
    struct check_finding **findings; /* in the order of the text */
    size_t count;
};

struct check_result *check_run(const char *name, struct span text, const struct check_options *options);
void check_free(struct check_result *result); /* NULL is fine */

/* The rules, in the order of the manual. */
size_t check_rule_count(void);
const struct check_rule *check_rule_at(size_t i);
const struct check_rule *check_rule_find(const char *id, size_t *index); /* NULL: there is none */

const char *check_severity_name(enum check_severity severity);

/* The worst of it: does the file need work? */
bool check_is_clean(const struct check_result *result);

/* Adds the text with all edits carried out that do not touch each other; how many findings those were of. */
size_t check_mend(const struct check_result *result, struct buf *to);

/* Mends, checks again and so on, until nothing is left that can be mended.  How many were. */
size_t check_mend_all(const char *name, struct span text, const struct check_options *options,
                      struct buf *to);

/* ---- reports */

void check_print_text(const struct check_result *result, bool colour, FILE *to);

/* Of several files; every call but the first is told so. */
void check_print_json(const struct check_result *result, bool first, FILE *to);
void check_print_sarif(const struct check_result *const *results, size_t count, FILE *to);

/* A difference of the two texts as diff -u shows it, one hunk for each run of changed lines. */
void check_print_difference(const char *name, struct span before, struct span after, FILE *to);

#endif
