/* What the rules see of an rc file: the node that is looked at, and what is known by then. */
#ifndef MAILWEIR_CHECK_CHECK_PRIVATE_H
#define MAILWEIR_CHECK_CHECK_PRIVATE_H

#include <sys/types.h>

#include "base/arena.h"
#include "check/check.h"
#include "recipe/condition.h"
#include "recipe/head.h"
#include "recipe/rc.h"

/* ---- pieces.c: an expression token by token, each with its place in the file */

enum piece_kind {
    PIECE_BYTE,
    PIECE_ANY,
    PIECE_SET,
    PIECE_NEWLINE, /* ^ or $ */
    PIECE_EDGE,    /* ^^ */
    PIECE_WORD,    /* \< or \> */
    PIECE_SPLIT,   /* \/ */
    PIECE_OPEN,
    PIECE_CLOSE,
    PIECE_OR,
    PIECE_REPEAT, /* * + ? */
    PIECE_MACRO,
};

struct piece {
    enum piece_kind kind;
    unsigned char byte; /* as written; of a PIECE_BYTE, what it stands for */
    bool escaped;
    bool unclosed; /* a set that no bracket ends */
    struct span raw;
};

struct pieces {
    struct piece *at;
    size_t n;
    bool lost_backslash; /* the first was written with a backslash that does not count */
};

struct pieces pieces_read(struct arena *arena, struct span text);
bool piece_is_byte(const struct pieces *pieces, size_t i, const char *any_of); /* not escaped */
bool piece_is_letter(const struct pieces *pieces, size_t i);
bool piece_is_alnum(const struct pieces *pieces, size_t i);
bool piece_can_be(const struct piece *piece, unsigned char c);

/* ---- words.c: raw text as words, and the variables in it */

struct word_text {
    struct word_text *next;
    struct span raw;
    struct span text; /* quotes resolved; variables and commands as `$NAME` and `` `command` `` */
    bool plain;       /* nothing in it is expanded */
};

struct reference {
    struct reference *next;
    struct span name;
    struct span raw;
    bool quoted;
    bool has_default; /* ${NAME-…} and its relatives */
    bool is_command;  /* name is the text of a backquoted command */
};

struct word_text *words_read(struct arena *arena, struct span raw);
/* In text as an action, a value, or the inside of double quotes is expanded. */
struct reference *references_read(struct arena *arena, struct span raw, bool in_quotes);
/* The variables a shell will expand in a command. */
struct reference *references_in_command(struct arena *arena, struct span command);
/* Does a quote or backquote in it have no partner?  Where it stands. */
const char *words_unclosed(struct span raw, char *quote);

/* ---- names.c: what is known of a name */

struct name {
    struct name *next_in_bucket, *next;
    struct span text;
    const struct rc_item *assigned; /* the first time */
    unsigned assignments;
    bool used;
    bool is_tainted;      /* its value is header text */
    const char *value;    /* where it is known by now */
    bool locked, written; /* as the name of a folder */
};

struct names {
    struct arena *arena;
    struct name **buckets;
    size_t size;
    struct name *first, **end;
};

void names_init(struct names *names, struct arena *arena, size_t expected);
struct name *names_find(const struct names *names, struct span text);
struct name *names_get(struct names *names, struct span text);

/* ---- variables of procmail's own: special.c */

enum special_kind {
    SPECIAL_TEXT,
    SPECIAL_NUMBER,
    SPECIAL_SWITCH,
};

struct special {
    const char *name;
    enum special_kind kind;
    bool is_set; /* has a value from the beginning */
};

const struct special *special_find(struct span name);
const struct special *special_near(struct span name); /* one letter off */
bool names_are_near(struct span a, struct span b);

/* ---- the walk */

enum node {
    NODE_FILE = 1 << 0,
    NODE_ASSIGN = 1 << 1,
    NODE_UNSET = 1 << 2,
    NODE_FAULT = 1 << 3,
    NODE_RECIPE = 1 << 4,
    NODE_CONDITION = 1 << 5,
    NODE_PATTERN = 1 << 6, /* a condition that is an expression, as it stands */
    NODE_END = 1 << 7,     /* all has been seen */
};

struct check {
    struct arena *arena;
    const struct check_options *options;
    const struct rc *rc;
    struct span text;
    const struct rule *rule;
    enum node node;
    struct check_finding **findings;
    size_t count, room;

    const struct rc_item *item;
    const struct rc_item *previous;      /* what stands before it in the same block */
    const struct rc_item *recipe_before; /* the nearest recipe of those */
    struct head head;                    /* of a recipe */
    struct span folder;                  /* an action that is one: raw text */
    struct word_text *folders;
    struct span command; /* an action that is one */

    struct condition condition;
    struct span condition_text; /* what condition.text is, in the file */
    struct span condition_raw;
    struct span condition_variable;
    bool is_expanded; /* a `$` condition: what it will be is only known in part */
    struct pieces pieces;

    struct names variables, folder_names;
    bool includes;        /* something is included somewhere */
    bool match_is_set;    /* a `\/` has been passed */
    bool match_is_free;   /* what it takes can have slashes and dots */
    bool relative_folder; /* one was named already */
    long linebuf;
};

struct rule {
    struct check_rule said;
    unsigned nodes; /* enum node: what it is shown */
    void (*look)(struct check *c);
};

struct rules {
    const struct rule *at;
    size_t n;
};

#define RULES(table)                        \
    {                                       \
        table, sizeof table / sizeof *table \
    }

extern const struct rules check_file_rules, check_flag_rules, check_lock_rules, check_condition_rules,
    check_pattern_rules, check_action_rules, check_program_rules, check_variable_rules, check_flow_rules;

/* `where` is part of the file's text. */
struct check_finding *found(struct check *c, struct span where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void mend(struct check *c, struct check_finding *finding, const char *at, size_t removed,
          const char *inserted);

struct span one_byte(const char *p);
bool span_has(struct span s, const char *text);
bool span_has_word(struct span s, const char *word); /* with nothing of a name on either side */

/* The command of a `?` condition or of an action, empty where there is none. */
struct span command_at(const struct check *c);

/* The raw head's parts: flags up to the colon, and from the colon on (empty where there is none). */
struct span head_flags_text(const struct rc_item *recipe);
struct span head_lock_text(const struct rc_item *recipe);

/* Does it, where its conditions hold, end the matter? */
bool recipe_delivers(const struct rc_item *recipe, const struct head *head);
bool recipe_is_chained(const struct head *head);
void head_read(struct check *c, const struct rc_item *recipe, struct head *head);

/* A value of which all parts are known, or NULL; relative paths stay relative. */
const char *value_known(struct check *c, struct span raw);
/* The path from the directory that MAILDIR will be, or NULL where that is not known. */
const char *path_known(struct check *c, const char *name);

/* Is there a condition that looks at this variable, here or around here? */
bool variable_is_guarded(const struct check *c, struct span name);
bool name_is_tainted(const struct check *c, struct span name);
bool reference_is_tainted(const struct check *c, const struct reference *reference);

#endif
