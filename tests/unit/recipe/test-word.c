#include <criterion/criterion.h>

#include "recipe/word.h"

/* Tokens as text: c for a character, _ for a break, Q quote, V variable, … */
static void spell(const char *text, enum word_mode mode, struct buf *out)
{
    struct word_scanner s;
    struct word w;

    word_scanner_init(&s, span_of(text), mode);
    do {
        w = word_next(&s);
        switch (w.kind) {
        case WORD_CHAR:
            buf_add_byte(out, w.c);
            break;
        case WORD_BREAK:
            buf_add_byte(out, '_');
            break;
        case WORD_QUOTE:
            buf_add_text(out, "<Q>");
            break;
        case WORD_VARIABLE:
            buf_printf(out, "<%sV%s %.*s>", w.quoted ? "q" : "", w.literal ? "\\" : "", (int)w.name.n,
                       w.name.p);
            word_set_place(&s, s.place <= WORD_PLACE_GAP ? WORD_PLACE_TEXT : s.place);
            break;
        case WORD_ALTERNATIVE:
            buf_printf(out, "<%.*s%s%c ", (int)w.name.n, w.name.p, w.if_empty ? ":" : "", w.op);
            break;
        case WORD_ALTERNATIVE_END:
            buf_add_byte(out, '>');
            break;
        case WORD_COMMAND:
            buf_printf(out, "<%sC %.*s>", w.quoted ? "q" : "", (int)w.name.n, w.name.p);
            break;
        case WORD_ALL_ARGUMENTS:
            buf_add_text(out, "<@>");
            break;
        case WORD_BAD_SUBSTITUTION:
            buf_printf(out, "<bad %.*s>", (int)w.name.n, w.name.p);
            break;
        case WORD_UNEXPECTED_END:
            buf_add_text(out, "<EOL>");
            break;
        case WORD_END:
        case WORD_NOTHING:
            break;
        }
    } while (w.kind != WORD_END);
    buf_printf(out, "|%s", text + s.at);
    word_scanner_free(&s);
}

static const struct {
    const char *text;
    enum word_mode mode;
    const char *tokens; /* and what is left behind them */
} cases[] = {
    {"a b\nrest", WORD_VALUE, "a|b\nrest"},
    {"  a\nrest", WORD_VALUE, "a|rest"},
    {"# comment\nrest", WORD_VALUE, "|rest"},
    {"a#b c", WORD_VALUE, "a#b|c"},
    {"'a b' c", WORD_VALUE, "<Q>a b|c"},
    {"\"a\\nb\\\"\\$\\\\\\'\" c", WORD_VALUE, "<Q>a\\nb\"$\\\\'|c"},
    {"a\\ b\\c\\#d e", WORD_VALUE, "a bc\\#d|e"},
    {"\\#d e", WORD_VALUE, "#d|e"},
    {"a\\\n  b", WORD_VALUE, "a| b"},
    {"a\\\nb\nc", WORD_VALUE, "ab|c"},
    {"'a\nb' c", WORD_VALUE, "<Q>a\nb|c"},
    {"\"open", WORD_VALUE, "<Q>open<EOL>|"},
    {"back\\", WORD_VALUE, "back<EOL>|"},
    {"$A.$B_1${C}x", WORD_VALUE, "<V A>.<V B_1><V C>x|"},
    {"\"$A\"", WORD_VALUE, "<Q><qV A>|"},
    {"$1$10$$$?$#$=$-$_X", WORD_VALUE, "<V 1><V 1>0<V $><V ?><V #><V =><V -><V _>X|"},
    {"$\\A$\\.$*$!$", WORD_VALUE, "<V\\ A>$.$*$!$|"},
    {"${A-x}${B:-${C+y}}", WORD_VALUE, "<A- x><B:- <C+ y>>|"},
    {"${A:-b c}", WORD_VALUE, "<A:- b|c}"},
    {"\"${A:-b c\"d}\" e", WORD_VALUE, "<Q><A:- b c\"d>|e"},
    {"${A%x}${B:/}${10}", WORD_VALUE, "<bad A>x}<bad B>}<bad 10>|"},
    {"`a \\`b\\` \\c \\\\`d", WORD_VALUE, "<C a `b` \\c \\>d|"},
    {"\"`a\\\"b`\" c", WORD_VALUE, "<Q><qC a\"b>|c"},
    {"\"`a\" b\" c", WORD_VALUE, "<Q><qC a> b|c"},
    {"`a", WORD_VALUE, "<C a>|"},
    {"a  b\tc # d\nrest", WORD_ARGUMENTS, "a_b_c_|rest"},
    {"\"$@\" $@", WORD_ARGUMENTS, "<Q><@>_@|"},
    {"'' x", WORD_ARGUMENTS, "<Q>_x|"},
    {"a   b ", WORD_TEXT, "a_b_|"},
    {"\"open", WORD_TEXT, "<Q>open|"},
    {"a}b", WORD_ARGUMENTS, "a}b|"},
    {"${A-\\}}", WORD_ARGUMENTS, "<A- }>|"},
};

Test(word, scans_as_3_22_reads)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;

        buf_init(&out, BUF_UNLIMITED);
        spell(cases[i].text, cases[i].mode, &out);
        cr_expect_str_eq(out.p, cases[i].tokens, "%s: got %s, want %s", cases[i].text, out.p, cases[i].tokens);
        buf_free(&out);
    }
}

Test(word, extents_include_the_terminator)
{
    cr_assert_eq(word_extent(span_of("a b"), WORD_VALUE), 2);
    cr_assert_eq(word_extent(span_of("a b\nc"), WORD_ARGUMENTS), 4);
    cr_assert_eq(word_extent(span_of("'a\nb'\nc"), WORD_ARGUMENTS), 6);
    cr_assert_eq(word_extent(SPAN_NULL, WORD_VALUE), 0);
}

Test(word, a_million_joined_lines_need_no_stack)
{
    struct buf b;

    buf_init(&b, BUF_UNLIMITED);
    for (int i = 0; i < 1000000; i++)
        buf_add_text(&b, "\\\n");
    cr_assert_eq(word_extent(buf_span(&b), WORD_VALUE), b.n);
    buf_free(&b);
}
