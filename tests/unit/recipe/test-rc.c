#include <criterion/criterion.h>

#include "recipe/rc.h"

static const struct {
    const char *title, *text, *tree;
} cases[] = {
    {"nothing", "", ""},
    {"comments and blanks", " # a\n\n\t# b", ""},
    {"assignments share a line", "A=b C = 'd e' # f\nG\n", "1:1 A = 'b '\n1:5 C = ' 'd e' '\n2:1 unset G\n"},
    {"what is not understood", "foo;bar baz\n1x\n{ A=1 }\nend",
     "1:1 skipped 'foo'\n1:4 skipped ';bar baz'\n2:1 skipped '1x'\n3:1 skipped '{ A=1 }'\n4:1 skipped 'end'\n"},
    {"a recipe", ":0 fw: x.lock # c\n* ^A\n# comment\n\n  * ! B ?? c  \\\n d\n| cat\n",
     "1:2 recipe '0 fw: x.lock # c\\n'\n2:3   condition '^A'\n5:5   condition '! B ?? c  \\\\n d'\n"
     "7:2   pipe ' cat'\n"},
    {"a folder", ":0\nmbox$X y#z\n", "1:2 recipe '0\\n'\n2:1   folder mbox'$X y#z\\n'\n"},
    {"a forward", ":0\n! a@b 'c\nd'\n", "1:2 recipe '0\\n'\n2:2   forward ' a@b 'c\\nd'\\n'\n"},
    {"a capture", ":0\nX = | cat\n", "1:2 recipe '0\\n'\n2:6   X = pipe ' cat'\n"},
    {"no capture", ":0\nX=y\n", "1:2 recipe '0\\n'\n2:1   folder X'=y\\n'\n"},
    {"blocks nest", ":0\n{ A=1\n:0\n{ B }\n}\nC\n",
     "1:2 recipe '0\\n'\n2:1   block\n2:3   A = '1\\n'\n3:2   recipe '0\\n'\n4:1     block\n4:3     unset B\n"
     "6:1 unset C\n"},
    {"no block", ":0\n{}\n}\n", "1:2 recipe '0\\n'\n2:1   folder '{}\\n'\n3:1 stray brace\n"},
    {"an unclosed block", ":0\n{\n:0\n{\nA\n",
     "1:2 recipe '0\\n'\n2:1   block\n3:2   recipe '0\\n'\n4:1     block\n5:1     unset A\n6:1   missing brace\n"},
    {"an action is missing", ":0\n* x\n\n:0\nf\n",
     "1:2 recipe '0\\n'\n2:3   condition 'x'\n4:1   missing\n4:2 recipe '0\\n'\n5:1   folder f'\\n'\n"},
    {"the next recipe taken as a folder", ":0\n:0\nA\n", "1:2 recipe '0\\n'\n2:1   folder ':0\\n'\n3:1 unset A\n"},
    {"the file ends within a recipe", ":0\n* x", "1:2 recipe '0\\n'\n2:3   condition 'x'\n2:4   incomplete\n"},
    {"the old syntax", ":2\n^A\n* ^B\nf\n:\n^C\ng\n",
     "1:2 recipe '2\\n'\n2:1   condition '^A'\n3:3   condition '^B'\n4:1   folder f'\\n'\n"
     "5:2 recipe '\\n'\n6:1   condition '^C'\n7:1   folder g'\\n'\n"},
    {"the old syntax, more than there is", ":999999999\na", "1:2 recipe '999999999\\n'\n2:1   condition 'a'\n2:2   incomplete\n"},
};

Test(rc, is_a_tree)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rc *rc = rc_parse("test", span_of(cases[i].text));
        struct buf out;

        buf_init(&out, BUF_UNLIMITED);
        rc_print(rc, &out);
        cr_expect_str_eq(out.p, cases[i].tree, "%s: got\n%s\nwant\n%s", cases[i].title, out.p, cases[i].tree);
        buf_free(&out);
        rc_free(rc);
    }
}

Test(rc, blocks_nest_as_deep_as_memory_allows)
{
    struct buf text;
    struct rc *rc;

    buf_init(&text, BUF_UNLIMITED);
    for (int i = 0; i < 20000; i++)
        buf_add_text(&text, ":0\n{\n");
    rc = rc_parse("deep", buf_span(&text));
    cr_assert_eq(rc->items->action, RC_BLOCK);
    rc_free(rc);
    buf_free(&text);
}
