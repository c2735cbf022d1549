/*
 * What an rc file would do with a message, as a list of steps: made by a reader of the trace and by
 * operations that only pretend (explain/dry.h), then printed.
 *
 * Steps stand in the order in which things happen.  A copy of the process (a block with `c`) is explained
 * where it begins, between EXPLAIN_COPY and EXPLAIN_COPY_END.  Where both ways of an unknown condition are
 * looked at (explain_dry.both), its steps so far are followed by EXPLAIN_WAY, the condition once more as it
 * fares there, what follows from it up to EXPLAIN_WAY_END, then by EXPLAIN_WAY of the other, which goes on to
 * the end.  Texts belong to the explanation.
 */
#ifndef MAILWEIR_EXPLAIN_EXPLAIN_H
#define MAILWEIR_EXPLAIN_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/span.h"
#include "trace/trace.h"

enum explain_kind {
    EXPLAIN_RCFILE,    /* text: its name */
    EXPLAIN_ASSIGN,    /* text: NAME=value, raw: the value as it stands there */
    EXPLAIN_RECIPE,    /* text: its first line behind the colon, expanded */
    EXPLAIN_CONDITION, /* raw, more: after `$`; what was searched, and how it fared */
    EXPLAIN_PASSED,    /* text: why the recipe was not carried out */
    EXPLAIN_ACTION,    /* raw, text: expanded, more: what came of it */
    EXPLAIN_DELIVERY,  /* text: where to, subject: what that is; matched: it would work; number: a program's
                          exit status */
    EXPLAIN_COMMAND,   /* text: a program, subject: what for; unknown: it was not run; number: status; more:
                          output */
    EXPLAIN_NOTE,      /* text: what the log would say, or ours */
    EXPLAIN_COPY,      /* a copy of the process goes on from here … */
    EXPLAIN_COPY_END,  /* … and ended; number: its exit status */
    EXPLAIN_WAY, /* one way from here on, text: this program would succeed (matched) or fail; total: the way
                    it goes on from … */
    EXPLAIN_WAY_END,       /* … and ended, where another follows; number: its exit status */
    EXPLAIN_RECIPIENT,     /* for this user, from here on … */
    EXPLAIN_RECIPIENT_END, /* … up to here; number: the exit status */
    EXPLAIN_END,           /* text: why no further recipe is looked at */
    EXPLAIN_KINDS
};

struct explain_step {
    struct explain_step *next;
    enum explain_kind kind;
    struct span file; /* empty: outside of all */
    unsigned line, column;
    unsigned copy; /* 0: the agent itself, 1 …: copies of the process */
    unsigned way;  /* 0: before any of several ways, 1 … */
    struct span text, raw, more, subject;

    /* of a condition */
    struct span expression;
    struct span told;                 /* what a VERBOSE log says of it */
    struct span before, hit, after;   /* the text that matched, and its surroundings */
    struct span match;                /* MATCH */
    size_t hit_at;                    /* offset of .hit in the area that was searched */
    struct span got, instead, wanted; /* where it did not match: the nearest miss */
    struct span miss;                 /* the same in words */
    size_t got_at;                    /* offset of .got */
    bool has_miss, lacks_field, case_differs, at_end, is_cut;
    bool searched, sized, asked; /* an expression, a size, a program */
    bool matched, negated, weighted, settled;
    bool unknown; /* it would need a program that was not run; of an assignment: its value would */
    bool both;    /* both ways follow: how it fares is said there */
    bool exists;  /* of a delivery: the folder is there */
    bool assumed; /* the program that takes it is taken to succeed, and it matters … */
    bool unread;  /* … it does not read all */
    bool logged;  /* of a note: the log would say so */
    bool late;    /* … that a program took too long */
    double added, score;
    long number, total;
};

struct explain {
    struct trace_reader reader;
    struct arena *arena;
    struct explain_step *first, *last;
    struct explain_step *condition, *action; /* the present one */
    struct explain_step *assignment;         /* the last one */
    struct explain_unsure *unsure_names;
    struct span raw; /* of the assignment to come */
    unsigned copy, copies, way, ways;
    bool timed_out; /* a program took too long */
    bool unsure;    /* what was expanded last would hold the output of a program that was not run */
    int status;     /* the exit status the agent would have */
};

void explain_init(struct explain *explain);
void explain_free(struct explain *explain);

/* A new step; its place is the caller's to set. */
struct explain_step *explain_add(struct explain *explain, enum explain_kind kind,
                                 const struct trace_place *place);
struct span explain_keep(struct explain *explain, struct span text);

/* Steps from one process to another, which adds them to its own; 0 or -1. */
int explain_send(const struct explain_step *from, int fd);
int explain_receive(struct explain *explain, int fd);

/* Would the variable hold the output of a program that was not run?  And that it would, or does not. */
bool explain_is_unsure(const struct explain *explain, struct span name);
void explain_set_unsure(struct explain *explain, struct span assignment, bool unsure);

/* How the search of a condition fared, where it matched or its nearest miss: fills in what the step says of
 * it. */
void explain_search(struct explain *explain, struct explain_step *step, struct span text, bool case_matters);

/* ---- printers */

struct explain_page {
    struct span head, body; /* of the message, unfolded and as much as is shown */
    size_t size;
    bool colour;
};

void explain_text(const struct explain *explain, const struct explain_page *page, FILE *to);
void explain_quiet(const struct explain *explain, FILE *to); /* the outcome alone */
void explain_json(const struct explain *explain, const struct explain_page *page, FILE *to);
void explain_html(const struct explain *explain, const struct explain_page *page, FILE *to);

/* For a terminal, which what comes from outside must not steer. */
void explain_put(struct span text, FILE *to);

/* In words: why a recipe was passed, and why the walk ended. */
const char *explain_why_passed(struct span why);
const char *explain_why_ended(struct span why);

#endif
