/*
 * What the files of this room share: the tree a pattern is read into, the literals that
 * every match must hold, the tree as a PCRE2 pattern, and the tree as a program for the
 * exact matchers.
 *
 * The tree is an array in which children stand before their parent and what is left in the
 * pattern before what is right.  So everything made of it is made by a loop, and a pattern
 * with a hundred thousand parentheses costs memory but no stack.
 *
 * In here the subject is the text with its two newline bytes (text.p - 1, text.n + 2
 * bytes), and positions count from the first of them.
 */
#ifndef MAILWEIR_PATTERN_PATTERN_PRIVATE_H
#define MAILWEIR_PATTERN_PATTERN_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

#define NONE UINT32_MAX

struct byteset {
    uint64_t word[4];
};

static inline bool byteset_has(const struct byteset *set, unsigned char c)
{
    return set->word[c >> 6] >> (c & 63) & 1;
}

static inline void byteset_add(struct byteset *set, unsigned char c)
{
    set->word[c >> 6] |= UINT64_C(1) << (c & 63);
}

static inline void byteset_remove(struct byteset *set, unsigned char c)
{
    set->word[c >> 6] &= ~(UINT64_C(1) << (c & 63));
}

/* ASCII only: bytes from 128 on have no case. */
static inline unsigned char byte_lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static inline unsigned char byte_upper(unsigned char c)
{
    return c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c;
}

/* ---- now and then while a large text is searched: pattern_set_rest() */

enum { REST_AFTER = 4 << 20 }; /* bytes */

struct rest {
    void (*take)(void *ctx);
    void *ctx;
    size_t looked_at;
};

static inline void rest_after(struct rest *rest, size_t n)
{
    rest->looked_at += n;
    if (rest->looked_at < REST_AFTER)
        return;
    rest->looked_at = 0;
    if (rest->take)
        rest->take(rest->ctx);
}

/* ---- tree.c */

enum node_kind {
    NODE_EMPTY,
    NODE_BYTE, /* in lower case where case does not matter; `^` and `$` are newlines */
    NODE_SET,
    NODE_EDGE,  /* ^^ */
    NODE_SPLIT, /* \/ */
    NODE_SEQUENCE,
    NODE_CHOICE,
    NODE_STAR,
    NODE_PLUS,
    NODE_MAYBE,
};

struct node {
    uint8_t kind;
    unsigned char byte;
    bool ends;      /* nothing but the end of the expression follows, see tree_finish() */
    uint32_t set;   /* NODE_SET: index in sets */
    uint32_t first; /* first child */
    uint32_t next;  /* next child of the same parent */
    uint32_t parent;
};

struct tree {
    struct node *nodes;
    uint32_t count, room;
    struct byteset *sets;
    uint32_t set_count, set_room;
    uint32_t root;
    bool caseless;
    bool faulty;
    bool splits; /* has a NODE_SPLIT */
};

/* A chain of nodes that have no parent yet. */
struct chain {
    uint32_t first, last;
};

#define CHAIN_EMPTY ((struct chain){NONE, NONE})

void tree_parse(struct tree *tree, struct span text, bool caseless);
void tree_free(struct tree *tree);

uint32_t tree_leaf(struct tree *tree, enum node_kind kind);
uint32_t tree_byte(struct tree *tree, unsigned char c);
uint32_t tree_set(struct tree *tree, const struct byteset *set);
uint32_t tree_parent(struct tree *tree, enum node_kind kind, struct chain children);
uint32_t tree_sequence(struct tree *tree, struct chain items); /* of one item: that item */
struct chain chain_of(uint32_t node);
struct chain chain_join(struct tree *tree, struct chain a, struct chain b);

/* ---- scan.c: bytes to tokens; grammar/pattern.y puts them together */

struct scan {
    struct tree *tree;
    const unsigned char *p, *end;
    uint32_t open;   /* parentheses */
    bool after_item; /* an operator here is one; elsewhere it is a literal */
};

/* ---- pattern.c */

struct pattern;
struct places;

const struct tree *pattern_tree(const struct pattern *pattern);
const struct places *pattern_places(const struct pattern *pattern); /* see PATTERN_ACCOUNT */
struct rest pattern_rest(const struct pattern *pattern);

struct span subject_of(struct span text); /* with the newlines around it */
/* A part of text, from positions in its subject; the newlines around it are cut off. */
struct span text_between(struct span text, size_t from, size_t end);

/* ---- pcre.c */

struct pcre;

enum pcre_answer {
    PCRE_NO,
    PCRE_YES,
    PCRE_UNKNOWN, /* a limit was met, or PCRE2 does not take the pattern */
};

struct pcre *pcre_new(const struct tree *tree);
void pcre_free(struct pcre *pcre);
enum pcre_answer pcre_matches(const struct pcre *pcre, struct span subject, size_t from);
void pcre_print(const struct tree *tree, struct buf *out); /* the tree in PCRE2's notation */

struct pcre_literal;

struct pcre_literal *pcre_literal_new(struct span bytes, bool caseless);
void pcre_literal_free(struct pcre_literal *literal); /* NULL is fine */
enum pcre_answer pcre_literal_find(const struct pcre_literal *literal, struct span subject, size_t from,
                                   size_t *at);

/* ---- literal.c */

enum {
    LITERAL_RUNS = 6,
    LITERAL_BYTES = 96,
};

/*
 * Runs of bytes that every match holds one behind the other, in this order.  What does not
 * fit is left out, which makes the test weaker, never wrong.
 */
struct literal {
    unsigned char bytes[LITERAL_BYTES];
    struct literal_run {
        uint8_t at, n;
        uint8_t rare; /* offset of the byte in it that mail has least of */
    } runs[LITERAL_RUNS];
    uint8_t count;
    bool caseless;
    bool leads;                              /* every match begins with the first run */
    bool whole;                              /* the first run is all there is: to find it is to match */
    struct pcre_literal *fast[LITERAL_RUNS]; /* made when a large subject asks for it */
    struct rest rest;
};

void literal_make(struct literal *literal, const struct tree *tree);
void literal_free(struct literal *literal);

/* Where the run begins that is found first from `from` on, or SIZE_MAX. */
size_t literal_find(struct literal *literal, unsigned run, struct span subject, size_t from);

/* Are all runs there, in order, from *from on?  If so no match begins before *from, which is
 * put further on where the first run begins all matches. */
bool literal_all(struct literal *literal, struct span subject, size_t *from);

/* ---- program.c: a state machine with many states at a time */

enum state_kind {
    STATE_BYTE,
    STATE_SET,
    STATE_BEGIN, /* takes the newline before the text */
    STATE_END,   /* takes nothing, is passed at the end of the text */
    STATE_FORK,  /* goes on to x and to y */
    STATE_SPLIT,
    STATE_FINAL,
};

struct state {
    uint8_t kind;
    unsigned char byte;
    uint32_t x; /* the next state */
    uint32_t y; /* STATE_FORK: the other one; STATE_SET: index in sets */
};

struct program {
    struct state *states;
    uint32_t count;
    uint32_t start, final;
    const struct byteset *sets; /* the tree's */
    unsigned char fold[256];    /* what STATE_BYTE is compared with */
    struct byteset first;       /* the bytes a match can begin with */
    bool skips;                 /* `first` says something: no match begins with another byte */
};

void program_make(struct program *program, const struct tree *tree);
/* Also tells, for each state, the leaf that it was made of; NONE for forks.  To be freed. */
uint32_t *program_make_with_leaves(struct program *program, const struct tree *tree);
void program_free(struct program *program);

/* Does the state take this byte?  (STATE_BEGIN is the caller's business.) */
static inline bool program_takes(const struct program *program, const struct state *state, unsigned char c)
{
    if (state->kind == STATE_BYTE)
        return state->byte == program->fold[c];
    return state->kind == STATE_SET && byteset_has(&program->sets[state->y], c);
}

/* The first position from `from` on at which a match can begin, at most subject.n - 1. */
size_t program_skip(const struct program *program, struct literal *literal, struct span subject, size_t from);

/* ---- states.c: a set of states, in the order in which they came */

struct stateset {
    uint32_t *list;
    uint32_t count, room;
    uint32_t *seen; /* by state: the round in which it was added */
    uint32_t round;
};

void stateset_init(struct stateset *set, const struct program *program);
void stateset_free(struct stateset *set);
void stateset_clear(struct stateset *set);
bool stateset_add(struct stateset *set, uint32_t state); /* false: it was there */

/* ---- search.c: where does the first match end */

struct search;

struct search *search_new(const struct program *program, struct literal *literal); /* both borrowed */
void search_free(struct search *search);                                           /* NULL is fine */

/*
 * The first position at which a match ends that begins at `from` or later, or SIZE_MAX.
 * `begins` tells that `from` is the newline before the text, so that `^^` may match.
 */
size_t search_end(struct search *search, struct span subject, size_t from, bool begins);

/* ---- outlook.c: can a match still end that came so far */

struct outlook;

/* Reads the whole subject, which must stay as it is meanwhile. */
struct outlook *outlook_new(const struct program *program, struct span subject, struct rest *rest);
void outlook_free(struct outlook *outlook); /* NULL is fine */
bool outlook_is_of(const struct outlook *outlook, struct span subject); /* NULL is of none */

/* Is there an end of the text, or of a part of it, at which the state before the byte at `at` leads to a match?
 * To be asked with growing positions, more or less. */
bool outlook_reaches(struct outlook *outlook, size_t at, uint32_t state);

/* ---- extract.c: what is behind `\/` */

struct extract;

struct found {
    size_t split; /* where it passed `\/`, or SIZE_MAX: it passed none */
    size_t end;
};

struct extract *extract_new(const struct program *program, struct literal *literal); /* both borrowed */
void extract_free(struct extract *extract);                                          /* NULL is fine */

/* A series of searches in one subject, each from where the one before ended, takes time in proportion to the
 * subject; it begins with extract_begin(). */
void extract_begin(struct extract *extract);
bool extract_find(struct extract *extract, struct span subject, size_t from, bool begins,
                  struct found *found);

/* ---- rank.c: how far in the expression is that */

/* For each node how much of the expression a way has behind it that comes to it.  To be freed. */
double *rank_nodes(const struct tree *tree);

#endif
