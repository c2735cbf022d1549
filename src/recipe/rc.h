/*
 * An rc file as a tree: what it says, before anything of it is run.
 *
 *     rc ─ items ─ assignment   NAME = raw value
 *                  unset        NAME
 *                  recipe ────  raw head, conditions, action ─ folder, pipe, forward,
 *                               capture (NAME=| …), block ─ items
 *                  fault        what 3.22 does not understand, with what it says of it
 *
 * 3.22 runs a file up to its fault and goes on behind it, so rc_parse cannot fail: faults are
 * items, reported when they are reached.  Words (variables, quotes, backquotes) stay raw text,
 * since they are expanded when the file runs; each keeps its raw length, by which LINEBUF is
 * judged.  Everything belongs to the rc and goes with rc_free.
 */
#ifndef MAILWEIR_RECIPE_RC_H
#define MAILWEIR_RECIPE_RC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/span.h"

struct rc_place {
    unsigned line;   /* from 1 */
    unsigned column; /* from 1, in bytes */
};

enum rc_kind {
    RC_ASSIGN,
    RC_UNSET,
    RC_RECIPE,
    RC_SKIPPED,         /* Skipped "text" */
    RC_STRAY_BRACE,     /* Closing brace unexpected */
    RC_MISSING_BRACE,   /* Missing closing brace: last item of the outermost unclosed block */
};

enum rc_action {
    RC_FOLDER,
    RC_PIPE,
    RC_FORWARD,
    RC_BLOCK,
    RC_MISSING,    /* Missing action: another recipe begins */
    RC_INCOMPLETE, /* Incomplete recipe: the file ends */
};

struct rc_condition {
    struct rc_condition *next;
    struct rc_place place;
    struct span text; /* behind `*` and blanks, continuations and all */
};

struct rc_item {
    struct rc_item *next;
    struct rc_item *parent; /* the recipe whose block this is in, or NULL */
    enum rc_kind kind;
    struct rc_place place;
    struct span name;  /* of an assignment; of a recipe's capture, else empty */
    struct span value; /* raw: an assignment's value; a fault's text */

    /* a recipe's own */
    struct span head; /* raw, behind the colon */
    struct rc_condition *conditions;
    enum rc_action action;
    struct rc_place action_place;
    struct span action_prefix; /* of a folder: leading name characters, which begin no word */
    struct span action_text;   /* raw */
    struct rc_item *block;
    struct rc_place end_place; /* of the closing brace */
    bool unclosed;             /* it is missing: the file ends */
};

struct rc {
    struct arena *arena;
    char *name; /* as it was opened */
    struct span text; /* of the file, NUL behind it; every span in the tree is part of it */
    struct rc_item *items;
    bool has_tail; /* blanks or comments stand behind the last item */
};

struct rc *rc_parse(const char *name, struct span text);
void rc_free(struct rc *rc); /* NULL is fine */

/* A condition's or a pipe's raw text as 3.22 reads it: of a line that is a lone backslash only the
 * newline stays. */
void rc_line_text(struct span raw, struct buf *to);

/* The tree as text, a line for each node, for people and tests. */
void rc_print(const struct rc *rc, struct buf *to);

#endif
