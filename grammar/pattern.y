/*
 * The pattern dialect: see src/pattern/pattern.h.  The scanner (src/pattern/scan.c) has
 * already mended what is wrong, so every run of tokens is a sentence.
 *
 * Chains are kept open as long as possible, so that a group which is neither repeated nor
 * a choice melts into what is around it.
 */
%code requires {
#include "pattern/pattern-private.h"
}
%code provides {
int pattern_yyparse(struct scan *scan);
int pattern_yylex(PATTERN_YYSTYPE *value, struct scan *scan);
}
%code {
#include "base/err.h"

/* Each level of nesting takes at least one byte of the pattern and a few words here, from
 * the heap: there is no reason to stop before memory does. */
#define YYMAXDEPTH (1 << 28)

static void pattern_yyerror(struct scan *scan, const char *message)
{
    (void)scan;
    (void)message;
}
}

%define api.pure full
%define api.prefix {pattern_yy}
%param {struct scan *scan}

%union {
    uint32_t node;
    enum node_kind kind;
    struct chain chain;
}

%token <node> ITEM
%token <kind> OPERATOR
%type <chain> choice branches sequence repeated item

%%

pattern: choice             { scan->tree->root = tree_sequence(scan->tree, $choice); }
    ;

choice: sequence
    | branches sequence     {
            uint32_t last = tree_sequence(scan->tree, $sequence);
            struct chain all = chain_join(scan->tree, $branches, chain_of(last));
            $$ = chain_of(tree_parent(scan->tree, NODE_CHOICE, all));
        }
    ;

branches: sequence '|'      { $$ = chain_of(tree_sequence(scan->tree, $sequence)); }
    | branches[left] sequence '|' {
            uint32_t branch = tree_sequence(scan->tree, $sequence);
            $$ = chain_join(scan->tree, $left, chain_of(branch));
        }
    ;

sequence: %empty            { $$ = CHAIN_EMPTY; }
    | sequence[left] repeated { $$ = chain_join(scan->tree, $left, $repeated); }
    ;

repeated: item
    | item OPERATOR         {
            uint32_t child = tree_sequence(scan->tree, $item);
            $$ = chain_of(tree_parent(scan->tree, $OPERATOR, chain_of(child)));
        }
    ;

item: ITEM                  { $$ = chain_of($ITEM); }
    | '(' choice ')'        {
            /* An empty group is something: `^^` before it is not at the end. */
            $$ = $choice.first != NONE ? $choice : chain_of(tree_leaf(scan->tree, NODE_EMPTY));
        }
    ;
