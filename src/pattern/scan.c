/*
 * Tokens of a pattern.  Written by hand because what a byte means depends on what stands
 * before it (`*` at the start, `]` in a class) and because the mending of faulty
 * parentheses is done here: a `)` too many ends the expression, those that are missing are
 * supplied at the end.  So the grammar never meets a fault.
 */
#include "pattern/pattern-private.h"

#include "grammar/pattern.h"

int pattern_yylex(PATTERN_YYSTYPE *value, struct scan *scan);

static void add_both_cases(struct byteset *set, unsigned char c)
{
    byteset_add(set, byte_lower(c));
    byteset_add(set, byte_upper(c));
}

static void add_byte(const struct scan *scan, struct byteset *set, unsigned char c)
{
    if (scan->tree->caseless)
        add_both_cases(set, c);
    else
        byteset_add(set, c);
}

/* The end of a range may begin the next one (`a-c-e`), so it is not read past.  A range
 * upside down holds its two ends. */
static void add_range(struct scan *scan, struct byteset *set)
{
    unsigned char from = scan->p[0], to = scan->p[2];

    add_byte(scan, set, from);
    add_byte(scan, set, to);
    for (unsigned c = from; c < to; c++)
        add_byte(scan, set, (unsigned char)c);
    scan->p += 2;
}

/* No newline, ever, in what is told by what it is not. */
static void invert(struct byteset *set)
{
    for (unsigned i = 0; i < 4; i++)
        set->word[i] = ~set->word[i];
    byteset_remove(set, '\n');
}

static uint32_t scan_class(struct scan *scan)
{
    struct byteset set = {{0}};
    bool inverted = scan->p < scan->end && *scan->p == '^';
    const unsigned char *begin = scan->p += inverted;

    while (scan->p < scan->end && (*scan->p != ']' || scan->p == begin)) {
        if (scan->end - scan->p > 2 && scan->p[1] == '-' && scan->p[2] != ']')
            add_range(scan, &set);
        else
            add_byte(scan, &set, *scan->p++);
    }
    if (scan->p < scan->end)
        scan->p++;
    if (inverted)
        invert(&set);
    return tree_set(scan->tree, &set);
}

static uint32_t any_byte(struct scan *scan)
{
    struct byteset set = {{0}};

    invert(&set);
    return tree_set(scan->tree, &set);
}

/* `\<` and `\>`: what is no part of a word, newlines too. */
static uint32_t no_word(struct scan *scan)
{
    struct byteset set = {{0}};

    for (unsigned c = '0'; c <= '9'; c++)
        byteset_add(&set, (unsigned char)c);
    for (unsigned c = 'a'; c <= 'z'; c++)
        add_both_cases(&set, (unsigned char)c);
    byteset_add(&set, '_');
    invert(&set);
    byteset_add(&set, '\n');
    return tree_set(scan->tree, &set);
}

static uint32_t scan_escape(struct scan *scan)
{
    unsigned char c;

    if (scan->p == scan->end)
        return tree_byte(scan->tree, '\\');
    c = *scan->p++;
    if (c == '/')
        return tree_leaf(scan->tree, NODE_SPLIT);
    if (c == '<' || c == '>')
        return no_word(scan);
    return tree_byte(scan->tree, c);
}

static uint32_t scan_item(struct scan *scan, unsigned char c)
{
    switch (c) {
    case '\\':
        return scan_escape(scan);
    case '[':
        return scan_class(scan);
    case '.':
        return any_byte(scan);
    case '^':
        if (scan->p < scan->end && *scan->p == '^') {
            scan->p++;
            return tree_leaf(scan->tree, NODE_EDGE);
        }
        return tree_byte(scan->tree, '\n');
    case '$':
        return tree_byte(scan->tree, '\n');
    default:
        return tree_byte(scan->tree, c);
    }
}

/* The operator's kind of node; NODE_EMPTY when c is none. */
static enum node_kind operator_kind(unsigned char c)
{
    return c == '*' ? NODE_STAR : c == '+' ? NODE_PLUS : c == '?' ? NODE_MAYBE : NODE_EMPTY;
}

static int scan_end(struct scan *scan)
{
    if (scan->open == 0)
        return 0;
    scan->tree->faulty = true;
    scan->open--;
    return ')';
}

static int scan_close(struct scan *scan)
{
    if (scan->open == 0) {
        scan->tree->faulty = true;
        scan->p = scan->end;
        return 0;
    }
    scan->open--;
    scan->after_item = true;
    return ')';
}

int pattern_yylex(PATTERN_YYSTYPE *value, struct scan *scan)
{
    unsigned char c;

    if (scan->p == scan->end)
        return scan_end(scan);
    c = *scan->p++;
    if (c == ')')
        return scan_close(scan);
    if (c == '(' || c == '|') {
        scan->open += c == '(';
        scan->after_item = false;
        return c;
    }
    if (scan->after_item && operator_kind(c) != NODE_EMPTY) {
        scan->after_item = false;
        value->kind = operator_kind(c);
        return OPERATOR;
    }
    scan->after_item = true;
    value->node = scan_item(scan, c);
    return ITEM;
}
