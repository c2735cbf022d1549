/*
 * The tree as a PCRE2 pattern, for small subjects; a literal as machine code, for large ones.
 *
 * The tree only for small ones, because none of PCRE2's limits makes it linear: they count calls per
 * place where a match may begin, and the scanning of `a+` not at all, so that `a+[bc]` on a
 * line of a million a's would take hours without meeting any.
 */
#include "pattern/pattern-private.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/err.h"
#include "base/mem.h"

enum {
    NODES_MAX = 4096, /* larger patterns are not worth it */
    MATCH_LIMIT = 200,
    DEPTH_LIMIT = 200,
    HEAP_LIMIT = 512, /* KiB */
};

struct pcre {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

static void print_byte(struct buf *out, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    bool plain = (c >= '0' && c <= '9') || (byte_lower(c) >= 'a' && byte_lower(c) <= 'z');

    if (!plain)
        buf_add_byte(out, '\\');
    if (plain || (c >= ' ' && c <= '~')) {
        buf_add_byte(out, (char)c);
        return;
    }
    buf_add_byte(out, 'x');
    buf_add_byte(out, digits[c >> 4]);
    buf_add_byte(out, digits[c & 15]);
}

static void print_range(struct buf *out, unsigned from, unsigned to)
{
    print_byte(out, (unsigned char)from);
    if (to == from)
        return;
    buf_add_byte(out, '-');
    print_byte(out, (unsigned char)to);
}

static void print_set(struct buf *out, const struct byteset *set)
{
    unsigned count = 0;
    bool inverted;

    for (unsigned c = 0; c < 256; c++)
        count += byteset_has(set, (unsigned char)c);
    if (count == 0) {
        buf_add_text(out, "(?!)");
        return;
    }
    inverted = count > 128 && count < 256;
    buf_add_text(out, inverted ? "[^" : "[");
    for (unsigned c = 0; c < 256; c++) {
        unsigned from = c;

        while (c < 256 && byteset_has(set, (unsigned char)c) != inverted)
            c++;
        if (c > from)
            print_range(out, from, c - 1);
    }
    buf_add_byte(out, ']');
}

static void print_leaf(struct buf *out, const struct tree *tree, const struct node *node)
{
    switch (node->kind) {
    case NODE_BYTE:
        print_byte(out, node->byte);
        break;
    case NODE_SET:
        print_set(out, &tree->sets[node->set]);
        break;
    case NODE_EDGE:
        buf_add_text(out, node->ends ? "(?:\\A\\x0a|\\x0a\\z)" : "\\A\\x0a");
        break;
    default:
        break;
    }
}

/* Does what an operator repeats need parentheses? */
static bool is_compound(const struct tree *tree, uint32_t child)
{
    return tree->nodes[child].kind != NODE_BYTE && tree->nodes[child].kind != NODE_SET;
}

static bool is_operator(const struct node *node)
{
    return node->kind >= NODE_STAR;
}

static void print_open(struct buf *out, const struct tree *tree, const struct node *node)
{
    if (node->first == NONE)
        print_leaf(out, tree, node);
    else if (node->kind == NODE_CHOICE || (is_operator(node) && is_compound(tree, node->first)))
        buf_add_text(out, "(?:");
}

static void print_close(struct buf *out, const struct tree *tree, const struct node *node)
{
    if (node->kind == NODE_CHOICE || (is_operator(node) && is_compound(tree, node->first)))
        buf_add_byte(out, ')');
    if (is_operator(node))
        buf_add_byte(out, node->kind == NODE_STAR ? '*' : node->kind == NODE_PLUS ? '+' : '?');
}

void pcre_print(const struct tree *tree, struct buf *out)
{
    uint32_t at = tree->root;

    for (;;) {
        print_open(out, tree, &tree->nodes[at]);
        if (tree->nodes[at].first != NONE) {
            at = tree->nodes[at].first;
            continue;
        }
        for (;;) {
            print_close(out, tree, &tree->nodes[at]);
            if (at == tree->root)
                return;
            if (tree->nodes[at].next != NONE)
                break;
            at = tree->nodes[at].parent;
        }
        if (tree->nodes[tree->nodes[at].parent].kind == NODE_CHOICE)
            buf_add_byte(out, '|');
        at = tree->nodes[at].next;
    }
}

static pcre2_code *compile(const struct tree *tree)
{
    struct buf text;
    int error;
    size_t offset;
    pcre2_code *code;

    buf_init(&text, BUF_UNLIMITED);
    pcre_print(tree, &text);
    code =
        pcre2_compile((PCRE2_SPTR)text.p, text.n, tree->caseless ? PCRE2_CASELESS : 0, &error, &offset, NULL);
    buf_free(&text);
    return code;
}

struct pcre *pcre_new(const struct tree *tree)
{
    struct pcre *pcre = mem_alloc(sizeof *pcre);

    pcre->code = tree->count <= NODES_MAX ? compile(tree) : NULL;
    if (!pcre->code)
        return pcre;
    pcre->data = pcre2_match_data_create(1, NULL);
    pcre->limits = pcre2_match_context_create(NULL);
    if (!pcre->data || !pcre->limits)
        err_out_of_memory();
    pcre2_set_match_limit(pcre->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(pcre->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(pcre->limits, HEAP_LIMIT);
    return pcre;
}

void pcre_free(struct pcre *pcre)
{
    if (!pcre)
        return;
    pcre2_match_context_free(pcre->limits);
    pcre2_match_data_free(pcre->data);
    pcre2_code_free(pcre->code);
    free(pcre);
}

enum pcre_answer pcre_matches(const struct pcre *pcre, struct span subject, size_t from)
{
    int result;

    if (!pcre->code)
        return PCRE_UNKNOWN;
    result = pcre2_match(pcre->code, (PCRE2_SPTR)subject.p, subject.n, from, 0, pcre->data, pcre->limits);
    if (result >= 0)
        return PCRE_YES;
    return result == PCRE2_ERROR_NOMATCH ? PCRE_NO : PCRE_UNKNOWN;
}

/* ---- literals */

struct pcre_literal {
    pcre2_code *code; /* NULL: there is no machine code to be had here */
    pcre2_match_data *data;
};

struct pcre_literal *pcre_literal_new(struct span bytes, bool caseless)
{
    struct pcre_literal *literal = mem_alloc(sizeof *literal);
    uint32_t options = PCRE2_LITERAL | (caseless ? PCRE2_CASELESS : 0);
    int error;
    size_t offset;

    literal->code = pcre2_compile((PCRE2_SPTR)bytes.p, bytes.n, options, &error, &offset, NULL);
    if (!literal->code)
        return literal;
    if (pcre2_jit_compile(literal->code, PCRE2_JIT_COMPLETE) != 0) {
        pcre2_code_free(literal->code);
        literal->code = NULL;
        return literal;
    }
    literal->data = pcre2_match_data_create(1, NULL);
    if (!literal->data)
        err_out_of_memory();
    return literal;
}

void pcre_literal_free(struct pcre_literal *literal)
{
    if (!literal)
        return;
    pcre2_match_data_free(literal->data);
    pcre2_code_free(literal->code);
    free(literal);
}

enum pcre_answer pcre_literal_find(const struct pcre_literal *literal, struct span subject, size_t from,
                                   size_t *at)
{
    int result;

    if (!literal->code)
        return PCRE_UNKNOWN;
    result = pcre2_jit_match(literal->code, (PCRE2_SPTR)subject.p, subject.n, from, 0, literal->data, NULL);
    if (result == PCRE2_ERROR_NOMATCH)
        return PCRE_NO;
    if (result < 0)
        return PCRE_UNKNOWN;
    *at = pcre2_get_ovector_pointer(literal->data)[0];
    return PCRE_YES;
}
