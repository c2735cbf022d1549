/* What the grammar, the scanner and the tree of an rc file share. */
#ifndef MAILWEIR_RECIPE_RC_PRIVATE_H
#define MAILWEIR_RECIPE_RC_PRIVATE_H

#include "recipe/rc.h"

/* A token: a raw text and where it begins. */
struct rc_text {
    struct span text;
    struct rc_place place;
};

struct rc_items {
    struct rc_item *first, *last;
};

struct rc_conditions {
    struct rc_condition *first, *last;
};

/* Where in a recipe the scanner is. */
enum rc_state {
    RC_STATE_ITEM,
    RC_STATE_VALUE,
    RC_STATE_CONDITIONS,
    RC_STATE_ACTION,
    RC_STATE_FOLDER,
};

struct rc_reader {
    struct arena *arena;
    struct rc_item *items;

    struct span text;
    size_t at;
    struct rc_place place; /* of the byte at `at` */
    enum rc_state state;
    size_t depth;          /* open blocks */
    bool has_tail;
    bool missing_told;
    bool captured;         /* behind NAME= of an action */
    bool line_was_empty;   /* an empty line stood before the conditions' end */
    long conditions_left;  /* lines that are conditions without `*` (old syntax) */
};

struct rc_items rc_append(struct rc_items items, struct rc_item *item);
struct rc_conditions rc_condition_append(struct rc_reader *reader, struct rc_conditions conditions,
                                         struct rc_text text);
struct rc_item *rc_assignment(struct rc_reader *reader, struct rc_text name, struct rc_text value);
struct rc_item *rc_simple(struct rc_reader *reader, enum rc_kind kind, struct rc_text text);
struct rc_item *rc_action(struct rc_reader *reader, enum rc_action action, struct rc_text text);
struct rc_item *rc_folder(struct rc_reader *reader, struct rc_text prefix, struct rc_text rest);
struct rc_item *rc_block(struct rc_reader *reader, struct rc_text open, struct rc_items items,
                         struct rc_text close);
struct rc_item *rc_recipe(struct rc_item *recipe, struct rc_text head, struct rc_conditions conditions);
struct rc_item *rc_capture(struct rc_item *recipe, struct rc_text name);

#endif
