#include <criterion/criterion.h>
#include <stdio.h>
#include <time.h>

#include "pattern/account.h"
#include "pattern/pattern-private.h"
#include "pattern/pattern.h"

#include "pattern/subject.h"

/*
 * The obvious matcher: from the set of positions at which a node may begin it makes the set
 * of those at which it may end.  A set is a word with a bit per position.
 */
struct oracle {
    const struct tree *tree;
    struct span subject;
};

static uint32_t ends_of(const struct oracle *o, uint32_t node, uint32_t begins);

static bool takes(const struct oracle *o, const struct node *node, unsigned char c)
{
    if (node->kind == NODE_SET)
        return byteset_has(&o->tree->sets[node->set], c);
    return node->byte == (o->tree->caseless ? byte_lower(c) : c);
}

static uint32_t ends_of_leaf(const struct oracle *o, const struct node *node, uint32_t begins)
{
    size_t last = o->subject.n - 1;
    uint32_t ends = 0;

    if (node->kind == NODE_EDGE)
        return (begins & 1) << 1 | (node->ends ? begins & UINT32_C(1) << last : 0);
    if (node->kind != NODE_BYTE && node->kind != NODE_SET)
        return begins;
    for (size_t i = 0; i <= last; i++)
        if (begins >> i & 1 && takes(o, node, (unsigned char)o->subject.p[i]))
            ends |= UINT32_C(2) << i;
    return ends;
}

static uint32_t ends_of_children(const struct oracle *o, const struct node *node, uint32_t begins)
{
    uint32_t ends = node->kind == NODE_SEQUENCE ? begins : 0;

    for (uint32_t child = node->first; child != NONE; child = o->tree->nodes[child].next)
        if (node->kind == NODE_SEQUENCE)
            ends = ends_of(o, child, ends);
        else
            ends |= ends_of(o, child, begins);
    return ends;
}

static uint32_t ends_of(const struct oracle *o, uint32_t at, uint32_t begins)
{
    const struct node *node = &o->tree->nodes[at];
    uint32_t ends, more;

    if (node->first == NONE)
        return ends_of_leaf(o, node, begins);
    if (node->kind == NODE_SEQUENCE || node->kind == NODE_CHOICE)
        return ends_of_children(o, node, begins);
    ends = ends_of(o, node->first, begins);
    if (node->kind == NODE_MAYBE)
        return begins | ends;
    while ((more = ends | ends_of(o, node->first, ends)) != ends)
        ends = more;
    return node->kind == NODE_STAR ? begins | ends : ends;
}

static size_t lowest(uint32_t set)
{
    for (size_t i = 0; i < 32; i++)
        if (set >> i & 1)
            return i;
    return SIZE_MAX;
}

/* ---- random patterns */

struct random {
    uint64_t state;
    char text[400];
    size_t n;
};

static unsigned choose(struct random *r, unsigned n)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(r->state >> 33) % n;
}

static void put(struct random *r, const char *text)
{
    r->n += (size_t)snprintf(r->text + r->n, sizeof r->text - r->n, "%s", text);
}

static void put_expression(struct random *r, unsigned depth)
{
    static const char *const atoms[] = {"a", "a", "b", "b", ".", "^", "$", "^^", "\\<", "[ab]", "[^a]", "-"};
    static const char *const operators[] = {"*", "+", "?"};
    unsigned kind = depth && r->n < 200 ? choose(r, 5) : 0;

    if (kind == 0) {
        put(r, atoms[choose(r, sizeof atoms / sizeof *atoms)]);
    } else if (kind <= 2) {
        put_expression(r, depth - 1);
        put_expression(r, depth - 1);
    } else {
        put(r, "(");
        put_expression(r, depth - 1);
        if (kind == 3) {
            put(r, "|");
            if (choose(r, 6))
                put_expression(r, depth - 1);
        }
        put(r, ")");
        if (choose(r, 2))
            put(r, operators[choose(r, 3)]);
    }
}

static struct span random_subject(struct random *r)
{
    static const char bytes[] = "aaabbA-\n\n_";
    char text[16];
    size_t n = choose(r, 12);

    for (size_t i = 0; i < n; i++)
        text[i] = bytes[choose(r, sizeof bytes - 1)];
    return subject_new(span_make(text, n));
}

static uint64_t seed(void)
{
    const char *given = getenv("PATTERN_SEED");
    uint64_t value = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);

    printf("PATTERN_SEED=%llu\n", (unsigned long long)value);
    return value;
}

static void check_search(const struct tree *tree, struct span subject, uint32_t want, const char *expression)
{
    struct program program;
    struct literal literal;
    struct search *search;
    struct pcre *pcre = pcre_new(tree);
    enum pcre_answer answer = pcre_matches(pcre, subject, 0);

    program_make(&program, tree);
    literal_make(&literal, tree);
    search = search_new(&program, &literal);
    cr_expect_eq(search_end(search, subject, 0, true), lowest(want), "search '%s' on '%.*s'", expression,
                 (int)subject.n, subject.p);
    cr_expect(answer == PCRE_UNKNOWN || (answer == PCRE_YES) == (want != 0), "pcre '%s' on '%.*s'",
              expression, (int)subject.n, subject.p);
    search_free(search);
    pcre_free(pcre);
    literal_free(&literal);
    program_free(&program);
}

Test(engines, agree_with_the_obvious_matcher)
{
    struct random r = {.state = seed()};

    for (unsigned i = 0; i < 20000; i++) {
        struct span text = random_subject(&r);
        struct span subject = span_make(text.p - 1, text.n + 2);
        struct tree tree;
        struct oracle oracle = {&tree, subject};

        r.n = 0;
        put_expression(&r, 4);
        tree_parse(&tree, span_make(r.text, r.n), true);
        check_search(&tree, subject, ends_of(&oracle, tree.root, (UINT32_C(1) << subject.n) - 1), r.text);
        tree_free(&tree);
        subject_free(text);
    }
}

/* left\/right: the first position that is both an end of left and a begin of right. */
static bool obvious_match(const struct tree *left, const struct tree *right, struct span subject,
                          size_t *split, size_t *end)
{
    struct oracle l = {left, subject}, r = {right, subject};
    size_t last = subject.n - 1;
    uint32_t splits = ends_of(&l, left->root, (UINT32_C(1) << last) - 1);

    for (*split = 0; *split <= last; ++*split) {
        uint32_t ends = splits >> *split & 1 ? ends_of(&r, right->root, UINT32_C(1) << *split) : 0;

        for (*end = subject.n; ends && !(ends >> *end & 1);)
            --*end;
        if (ends)
            return true;
    }
    return false;
}

/* `^^` at the end of the left part is no end of the text, so the left part is not the whole. */
static void clear_ends(struct tree *tree)
{
    for (uint32_t i = 0; i < tree->count; i++)
        tree->nodes[i].ends = false;
}

Test(engines, extract_least_left_and_most_right)
{
    struct random r = {.state = seed() + 1};

    for (unsigned i = 0; i < 20000; i++) {
        struct span text = random_subject(&r), match = SPAN_NULL;
        struct span subject = span_make(text.p - 1, text.n + 2);
        struct tree left, right;
        struct pattern *pattern;
        size_t half, split = 0, end = 0;
        bool want, found;

        r.n = 0;
        put(&r, "(");
        put_expression(&r, 3);
        half = r.n;
        put(&r, ")\\/(");
        put_expression(&r, 3);
        put(&r, ")");
        tree_parse(&left, span_make(r.text + 1, half - 1), true);
        clear_ends(&left);
        tree_parse(&right, span_make(r.text + half + 3, r.n - half - 3), true);
        want = obvious_match(&left, &right, subject, &split, &end);
        pattern = pattern_new(span_make(r.text, r.n), 0);
        found = pattern_extract(pattern, text, &match);
        /* Behind the newline behind the text nothing is extracted, but it may match. */
        cr_expect_eq(found && match.p, want, "'%s' on '%.*s'", r.text, (int)text.n, text.p);
        if (found && match.p && want) {
            size_t a = split > 0 ? split - 1 : 0, b = end > 0 ? end - 1 : 0;

            b = b < text.n ? b : text.n;
            cr_expect(match.p == text.p + a && match.n == b - a, "'%s' on '%.*s': '%.*s'", r.text,
                      (int)text.n, text.p, (int)match.n, match.p);
        }
        pattern_free(pattern);
        tree_free(&left);
        tree_free(&right);
        subject_free(text);
    }
}

/* The first match: leftmost, then longest. */
static void check_where(const struct oracle *o, struct span text, struct span where, const char *expression)
{
    size_t begin = 0, end, last = o->subject.n - 1;
    uint32_t ends;

    while (!(ends = ends_of(o, o->tree->root, UINT32_C(1) << begin)))
        begin++;
    for (end = o->subject.n; !(ends >> end & 1);)
        end--;
    begin = begin > 0 ? begin - 1 : 0;
    end = end > last ? last : end;
    end = end > 0 ? end - 1 : 0;
    begin = begin < text.n ? begin : text.n;
    cr_expect(where.p == text.p + begin && where.n == (end > begin ? end - begin : 0),
              "'%s' on '%.*s': '%.*s'", expression, (int)text.n, text.p, (int)where.n, where.p);
}

Test(engines, account_for_the_first_match)
{
    struct random r = {.state = seed() + 2};

    for (unsigned i = 0; i < 20000; i++) {
        struct span text = random_subject(&r);
        struct tree tree;
        struct oracle oracle = {&tree, span_make(text.p - 1, text.n + 2)};
        struct pattern_account account;
        struct pattern *pattern;
        bool want;

        r.n = 0;
        put_expression(&r, 4);
        tree_parse(&tree, span_make(r.text, r.n), true);
        want = ends_of(&oracle, tree.root, (UINT32_C(1) << oracle.subject.n) - 1) != 0;
        pattern = pattern_new(span_make(r.text, r.n), PATTERN_ACCOUNT);
        pattern_account(pattern, text, &account);
        cr_expect_eq(account.matched, want, "'%s' on '%.*s'", r.text, (int)text.n, text.p);
        if (want)
            check_where(&oracle, text, account.where, r.text);
        else
            cr_expect(account.wanted_length && account.wanted_at + account.wanted_length <= r.n, "'%s'",
                      r.text);
        pattern_free(pattern);
        tree_free(&tree);
        subject_free(text);
    }
}
