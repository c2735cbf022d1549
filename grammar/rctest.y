/*
 * Files of recipe tests, mailweir-rctest(5).  The scanner knows lines; here they become
 * sections and tests.  Everything it means is in src/rctest/parser.c.
 */
%require "3.8"
%define api.pure full
%define api.prefix {rctest_yy}
%define parse.error detailed
%locations
%expect 0
%param {void *scanner}
%parse-param {struct rctest_parser *parser}

%code requires {
#include "rctest/parser.h"
}

%union {
    struct span span;
    struct rctest_word *word;
}

%{
#include "grammar/rctest.h"

int rctest_yylex(RCTEST_YYSTYPE *value, RCTEST_YYLTYPE *where, void *scanner);

static void rctest_yyerror(RCTEST_YYLTYPE *where, void *scanner, struct rctest_parser *parser,
                           const char *text)
{
    (void)scanner;
    (void)where;
    parser_fault(parser, parser->token, "%s", text);
}
%}

%token <span> TITLE "title" WORD "word" LINE "line"
%token <span> SECTION "section"
%type <word> words
%type <span> lines

%%

file
    : %empty
    | file test
    ;

test
    : title sections
    ;

title
    : TITLE                     { parser_begin_test(parser, (unsigned)@1.first_line, $1); }
    ;

sections
    : %empty
    | sections SECTION words lines
                                { parser_add_section(parser, (unsigned)@2.first_line, $2, $3, $4); }
    ;

words
    : WORD                      { $$ = parser_word(parser, $1); }
    | WORD words                { $$ = parser_word(parser, $1); $$->next = $2; }
    ;

lines
    : %empty                    { $$ = SPAN_NULL; }
    | lines LINE                { $$ = parser_join($1, $2); }
    ;
