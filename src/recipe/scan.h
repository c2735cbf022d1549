/*
 * The scanner of rc files: which raw text comes next.  What a line is depends on where it
 * stands; how far words reach is known to recipe/word.h alone.
 */
#ifndef MAILWEIR_RECIPE_SCAN_H
#define MAILWEIR_RECIPE_SCAN_H

#include "grammar/recipe.h"
#include "recipe/rc-private.h"

int recipe_yylex(RECIPE_YYSTYPE *value, struct rc_reader *reader);

#endif
