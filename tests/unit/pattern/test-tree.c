#include <criterion/criterion.h>

#include "pattern/pattern-private.h"

/* The tree as PCRE2's notation shows it. */
static void check(const char *expression, const char *want, bool caseless)
{
    struct tree tree;
    struct buf out;

    buf_init(&out, BUF_UNLIMITED);
    tree_parse(&tree, span_of(expression), caseless);
    pcre_print(&tree, &out);
    cr_expect_str_eq(out.p, want, "'%s' is printed '%s'", expression, out.p);
    buf_free(&out);
    tree_free(&tree);
}

Test(tree, prints_as_pcre)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"aB", "ab"},
        {"^a$", "\\x0aa\\x0a"},
        {"a.b", "a[^\\x0a]b"},
        {"a|b|", "(?:a|b|)"},
        {"x(a|bc)y", "x(?:a|bc)y"},
        {"((ab)c)", "abc"},
        {"(ab)*c+d?", "(?:ab)*c+d?"},
        {"(a*)*", "(?:a*)*"},
        {"(a|b)+", "(?:(?:a|b))+"},
        {"()*", "(?:)*"},
        {"a**", "a*\\*"},
        {"*a", "\\*a"},
        {"(*|?)", "(?:\\*|\\?)"},
        {"^^a", "\\A\\x0aa"},
        {"a^^", "a(?:\\A\\x0a|\\x0a\\z)"},
        {"a(b|^^)", "a(?:b|(?:\\A\\x0a|\\x0a\\z))"},
        {"(a^^)*", "(?:a\\A\\x0a)*"},
        {"a\\/b", "ab"},
        {"\\.\\n", "\\.n"},
        {"[ab]", "[A-Ba-b]"},
        {"[^ab]", "[^\\x0aA-Ba-b]"},
        {"\\<", "[^0-9A-Z\\_a-z]"},
        {"[", "(?!)"},
        {"\xe4\x01", "\\xe4\\x01"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i][0], cases[i][1], true);
    check("aB", "aB", false);
}

Test(tree, tells_what_it_met)
{
    struct tree tree;

    tree_parse(&tree, span_of("(a(b\\/c)"), true);
    cr_expect(tree.faulty);
    cr_expect(tree.splits);
    tree_free(&tree);
    tree_parse(&tree, span_of("[a]b"), true);
    cr_expect_not(tree.faulty);
    cr_expect_not(tree.splits);
    cr_expect_eq(tree.set_count, 0); /* a set of one byte is that byte */
    tree_free(&tree);
}
