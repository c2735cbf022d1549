/*
 * The words of an rc file: quotes, backslashes, variables, backquotes, comments, read one
 * token at a time (procmailrc(5), "Environment variable assignments and substitutions").
 *
 * Reading needs no values, so the same scanner finds where raw text ends when a file is
 * parsed and drives expansion when it runs.  There is one exception: in an argument list an
 * unquoted variable that turns out empty does not begin a word, so a `#` right behind it is a
 * comment; whoever expands says so with word_set_place().
 */
#ifndef MAILWEIR_RECIPE_WORD_H
#define MAILWEIR_RECIPE_WORD_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

enum word_mode {
    WORD_ARGUMENTS, /* arguments up to the end of the line */
    WORD_VALUE,     /* one value, up to the first unquoted blank */
    WORD_TEXT,      /* one value up to the end of the line, runs of blanks become one */
};

enum word_kind {
    WORD_CHAR,        /* .c, to be taken literally */
    WORD_BREAK,       /* a blank between words */
    WORD_QUOTE,       /* an opening quote: there is a word, if only an empty one */
    WORD_VARIABLE,    /* $NAME ${NAME} $1 $? …: .name; .literal for $\NAME; .quoted within "" */
    WORD_ALTERNATIVE, /* ${NAME-  ${NAME:-  ${NAME+  ${NAME:+ ; .op and .if_empty; its text follows */
    WORD_ALTERNATIVE_END, /* the } of the innermost one */
    WORD_COMMAND,     /* `…`: .name is the command text, its own escapes resolved; .quoted */
    WORD_ALL_ARGUMENTS, /* "$@" */
    WORD_BAD_SUBSTITUTION, /* .name */
    WORD_UNEXPECTED_END, /* the text ended within quotes or behind a backslash; WORD_END follows */
    WORD_END,
    WORD_NOTHING, /* never given out */
};

struct word {
    enum word_kind kind;
    char c;
    char op;       /* '-' or '+' */
    bool if_empty; /* written with a colon: an empty value counts as unset */
    bool literal;
    bool quoted;
    bool braced;   /* ${NAME} */
    struct span name; /* borrowed from the scanner, good until the next token */
};

/* Where the scanner stands; the order matters: what is beyond WORD_PLACE_TEXT is quoted. */
enum word_place {
    WORD_PLACE_BEGIN, /* nothing yet */
    WORD_PLACE_GAP,   /* between words */
    WORD_PLACE_TEXT,
    WORD_PLACE_DOUBLE,
    WORD_PLACE_SINGLE,
};

struct word_scanner {
    struct span text;
    size_t at; /* next byte to be read; behind the terminator at WORD_END */
    enum word_mode mode;
    enum word_place place;
    unsigned braces;       /* open ${…- */
    unsigned quote_braces; /* of these, how many were open at the opening double quote */
    bool ended;
    bool kept_backslash; /* the next character is text whatever it is */
    struct buf name;
};

void word_scanner_init(struct word_scanner *scanner, struct span text, enum word_mode mode);
void word_scanner_free(struct word_scanner *scanner);

struct word word_next(struct word_scanner *scanner);

void word_set_place(struct word_scanner *scanner, enum word_place place);

/* How far a raw text of that mode reaches from the beginning of `text`, its terminator (newline
 * or blank) included. */
size_t word_extent(struct span text, enum word_mode mode);

/* [A-Za-z0-9_], and the same without digits. */
bool word_is_name_char(char c);
bool word_is_name_start(char c);

#endif
