#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "message/edit.h"

#define EDITS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void expect(const char *const *words, const char *header, const char *expected)
{
    struct edits edits;
    const char *wrong;
    struct buf out;

    cr_assert_eq(edits_parse(&edits, words, &wrong), EDIT_PARSED);
    buf_init(&out, BUF_UNLIMITED);
    edits_apply(&edits, span_of(header), &out);
    buf_add_byte(&out, '\0');
    cr_expect_str_eq(out.p, expected);
    buf_free(&out);
    edits_free(&edits);
}

static void expect_fault(const char *const *words, enum edit_parsed fault, const char *about)
{
    struct edits edits;
    const char *wrong = "";

    cr_expect_eq(edits_parse(&edits, words, &wrong), fault, "%s", words[0]);
    cr_expect_str_eq(wrong, about);
    edits_free(&edits);
}

Test(edit, deletes_all_of_a_name_with_their_continuations)
{
    expect(EDITS("del", "x-a"), "X-A: 1\n\tmore\nB: 2\nX-a : 3\nX-AB: 4\n\n", "B: 2\nX-AB: 4\n\n");
}

Test(edit, sets_in_the_place_of_the_first)
{
    expect(EDITS("set", "B: new"), "A: 1\nB: 2\n more\nC: 3\nb: 4\n\n", "A: 1\nB: new\nC: 3\n\n");
}

Test(edit, sets_at_the_end_where_there_is_none)
{
    expect(EDITS("set", "B: new"), "A: 1\n\n", "A: 1\nB: new\n\n");
}

Test(edit, adds_whatever_there_is)
{
    expect(EDITS("add", "A: 2", "add", "A: 3"), "A: 1\n\n", "A: 1\nA: 2\nA: 3\n\n");
}

Test(edit, renames_and_keeps_the_content)
{
    expect(EDITS("rename", "A:", "X-A"), "a:1\n\t2\nB: 3\nA : 4\n\n", "X-A:1\n\t2\nB: 3\nX-A : 4\n\n");
}

Test(edit, sees_what_the_edits_before_made)
{
    expect(EDITS("rename", "A", "B", "set", "B: 9", "add", "C: 1", "del", "C"), "A: 1\nB: 2\n\n", "B: 9\n\n");
}

Test(edit, leaves_the_from_line_and_what_is_no_field)
{
    expect(EDITS("del", "From", "add", "B: 2"), "\nFrom a  now\n>From b\nFrom: x\nno field\nA: 1\n\n",
           "\nFrom a  now\n>From b\nno field\nA: 1\nB: 2\n\n");
}

Test(edit, keeps_crlf)
{
    expect(EDITS("set", "A: 2", "add", "B: 3"), "A: 1\r\n x\r\nC: 4\r\n\r\n", "A: 2\r\nC: 4\r\nB: 3\r\n\r\n");
}

Test(edit, ends_a_line_that_the_header_leaves_open)
{
    expect(EDITS("add", "B: 2"), "A: 1", "A: 1\nB: 2\n");
    expect(EDITS("add", "B: 2"), "", "B: 2\n");
    expect(EDITS("add", "B: 2"), "From a", "From a\nB: 2\n");
}

Test(edit, copies_bytes_of_any_kind)
{
    const char header[] = "A: \0\xff\nB: 2\n\n";
    struct edits edits;
    const char *wrong;
    struct buf out;

    cr_assert_eq(edits_parse(&edits, EDITS("del", "B"), &wrong), EDIT_PARSED);
    buf_init(&out, BUF_UNLIMITED);
    edits_apply(&edits, span_make(header, sizeof header - 1), &out);
    cr_assert_eq(out.n, sizeof "A: \0\xff\n\n" - 1);
    cr_expect(memcmp(out.p, "A: \0\xff\n\n", out.n) == 0);
    buf_free(&out);
    edits_free(&edits);
}

Test(edit, refuses_what_would_break_the_header)
{
    expect_fault(EDITS("remove", "A"), EDIT_UNKNOWN, "remove");
    expect_fault(EDITS("del"), EDIT_INCOMPLETE, "del");
    expect_fault(EDITS("add", "A: 1", "rename", "A"), EDIT_INCOMPLETE, "rename");
    expect_fault(EDITS("del", "A B"), EDIT_NO_NAME, "A B");
    expect_fault(EDITS("del", ""), EDIT_NO_NAME, "");
    expect_fault(EDITS("rename", "A", "B: 1"), EDIT_NO_NAME, "B: 1");
    expect_fault(EDITS("set", "A"), EDIT_NO_FIELD, "A");
    expect_fault(EDITS("set", ": 1"), EDIT_NO_FIELD, ": 1");
    expect_fault(EDITS("set", "A: 1\nB: 2"), EDIT_NO_FIELD, "A: 1\nB: 2");
    expect_fault(EDITS("set", "A: 1\n"), EDIT_NO_FIELD, "A: 1\n");
    expect_fault(EDITS("set", "A: 1\n \nB"), EDIT_NO_FIELD, "A: 1\n \nB");
    expect_fault(EDITS("set", "A: 1\n \r\n b"), EDIT_NO_FIELD, "A: 1\n \r\n b");
}

Test(edit, takes_a_folded_field)
{
    expect(EDITS("add", "B: 1\n\t2"), "A: 1\n\n", "A: 1\nB: 1\n\t2\n\n");
}

Test(edit, is_linear_in_the_header)
{
    struct buf header, out;
    struct edits edits;
    const char *wrong;

    buf_init(&header, BUF_UNLIMITED);
    buf_init(&out, BUF_UNLIMITED);
    for (int i = 0; i < 300000; i++)
        buf_printf(&header, "X-Field-%d: some content\n", i);
    cr_assert_eq(edits_parse(&edits, EDITS("del", "X-Field-7", "set", "X-Field-9: a", "add", "B: 2"), &wrong),
                 EDIT_PARSED);
    edits_apply(&edits, buf_span(&header), &out);
    cr_expect_gt(out.n, header.n - 100);
    edits_free(&edits);
    buf_free(&header);
    buf_free(&out);
}
