/*
 * The structure of an rc file (procmailrc(5)).  The scanner (recipe/scan.c) gives whole raw
 * texts; here they become the tree.  Any text is a file: the scanner never gives a sequence
 * that does not fit.
 */
%code top {
#define YYMAXDEPTH 100000000 /* blocks may nest as deep as memory allows */
#define YYSTACK_USE_ALLOCA 0
}

%code requires {
#include "recipe/rc-private.h"
}

%define api.pure full
%define api.prefix {recipe_yy}
%define api.token.prefix {TOKEN_}
%define parse.error simple
%param { struct rc_reader *reader }

%union {
    struct rc_text text;
    struct rc_item *item;
    struct rc_items items;
    struct rc_conditions conditions;
}

%token <text> ASSIGN VALUE UNSET SKIPPED STRAY_BRACE MISSING_BRACE
%token <text> HEAD CONDITION CAPTURE FORWARD PIPE FOLDER_PREFIX FOLDER OPEN CLOSE MISSING INCOMPLETE

%type <items> items
%type <item> item recipe action
%type <conditions> conditions

%code {
#include "base/err.h"
#include "recipe/scan.h"

static void recipe_yyerror(struct rc_reader *reader, const char *text)
{
    (void)reader;
    err_bug(text);
}
}

%%

file:
    items                       { reader->items = $1.first; }
    ;

items:
    %empty                      { $$ = (struct rc_items){NULL, NULL}; }
  | items item                  { $$ = rc_append($1, $2); }
    ;

item:
    ASSIGN VALUE                { $$ = rc_assignment(reader, $1, $2); }
  | UNSET                       { $$ = rc_simple(reader, RC_UNSET, $1); }
  | SKIPPED                     { $$ = rc_simple(reader, RC_SKIPPED, $1); }
  | STRAY_BRACE                 { $$ = rc_simple(reader, RC_STRAY_BRACE, $1); }
  | MISSING_BRACE               { $$ = rc_simple(reader, RC_MISSING_BRACE, $1); }
  | recipe
    ;

recipe:
    HEAD conditions action      { $$ = rc_recipe($3, $1, $2); }
  | HEAD conditions CAPTURE action
                                { $$ = rc_capture(rc_recipe($4, $1, $2), $3); }
    ;

conditions:
    %empty                      { $$ = (struct rc_conditions){NULL, NULL}; }
  | conditions CONDITION        { $$ = rc_condition_append(reader, $1, $2); }
    ;

action:
    FOLDER_PREFIX FOLDER        { $$ = rc_folder(reader, $1, $2); }
  | PIPE                        { $$ = rc_action(reader, RC_PIPE, $1); }
  | FORWARD                     { $$ = rc_action(reader, RC_FORWARD, $1); }
  | OPEN items CLOSE            { $$ = rc_block(reader, $1, $2, $3); }
  | MISSING                     { $$ = rc_action(reader, RC_MISSING, $1); }
  | INCOMPLETE                  { $$ = rc_action(reader, RC_INCOMPLETE, $1); }
    ;
