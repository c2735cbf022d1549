/* The list of UIDs: read as Dovecot writes it, printed so that Dovecot reads it. */
#include <criterion/criterion.h>

#include "folder/uidlist.h"

static struct uidlist list;
static struct err err;

static void begin(void)
{
    uidlist_init(&list);
}

static void end(void)
{
    uidlist_free(&list);
}

TestSuite(uidlist, .init = begin, .fini = end);

static int parse(const char *text)
{
    uidlist_clear(&list);
    err = (struct err){0};
    return uidlist_parse(&list, span_of(text), &err);
}

static const char *printed(void)
{
    static struct buf text;

    buf_free(&text);
    buf_init(&text, BUF_UNLIMITED);
    uidlist_print(&list, &text);
    return text.p;
}

#define DOVECOT                                            \
    "3 V1795550856 N5 G7150982888ee056bba56000083ecc375\n" \
    "1 W22 :1795500001.M5P1.vm\n"                          \
    "4 :a b:2,S\n"

Test(uidlist, what_dovecot_wrote_is_read)
{
    cr_assert_eq(parse(DOVECOT), 0);
    cr_assert_eq(list.validity, 1795550856);
    cr_assert_eq(list.next, 5);
    cr_assert_str_eq(list.guid, "7150982888ee056bba56000083ecc375");
    cr_assert_eq(list.count, 2);
    cr_assert_eq(list.records[0].uid, 1);
    cr_assert(span_eq_text(list.records[0].key, "1795500001.M5P1.vm"));
    cr_assert(span_eq_text(uid_field(&list.records[0], 'W'), "22"));
    cr_assert_null(uid_field(&list.records[0], 'S').p);
    cr_assert(span_eq_text(list.records[1].key, "a b"), "up to the flags");
}

Test(uidlist, what_is_printed_is_the_same_without_flags)
{
    cr_assert_eq(parse(DOVECOT), 0);
    cr_assert_str_eq(printed(), "3 V1795550856 N5 G7150982888ee056bba56000083ecc375\n"
                                "1 W22 :1795500001.M5P1.vm\n4 :a b\n");
}

Test(uidlist, the_first_version_becomes_the_third)
{
    cr_assert_eq(parse("1 12345 500\n10 x.y.z\n77 b:2,\n"), 0);
    cr_assert_str_eq(printed(), "3 V12345 N500\n10 :x.y.z\n77 :b\n");
}

Test(uidlist, fields_that_we_do_not_know_are_kept)
{
    cr_assert_eq(parse("3 V1 N2 Gx Z9\n1 S19 Qfoo W22 Pabc :k\n"), 0);
    cr_assert(span_eq_text(uid_field(&list.records[0], 'P'), "abc"));
    uid_field_add(&list, &list.records[0], 'X', "1");
    cr_assert_str_eq(printed(), "3 V1 N2\n1 S19 Qfoo W22 Pabc X1 :k\n");
}

Test(uidlist, a_line_that_was_not_finished_is_not_there)
{
    cr_assert_eq(parse("3 V1 N2\n1 :a\n2 :b"), 0);
    cr_assert_eq(list.count, 1);
    cr_assert_eq(list.next, 2);
}

Test(uidlist, lines_that_were_added_raise_the_next_uid)
{
    cr_assert_eq(parse("3 V1 N2\n1 :a\n7 :b\n"), 0);
    cr_assert_eq(list.next, 8);
    cr_assert_eq(uidlist_add(&list, span_of("c"))->uid, 8);
    cr_assert_str_eq(printed(), "3 V1 N9\n1 :a\n7 :b\n8 :c\n");
}

Test(uidlist, none_of_a_bad_list_is_believed)
{
    static const struct {
        const char *text, *line;
    } bad[] = {
        {"", "line 1"},
        {"3 V1 N2", "line 1"},
        {"2 V1 N2\n", "line 1"},
        {"3 V0 N2\n", "line 1"},
        {"3 V1\n1 :a\n2 :b\n1 :c\n", "line 4"},
        {"3 V1 N2\n0 :a\n", "line 2"},
        {"3 V1 N2\nx :a\n", "line 2"},
        {"3 V1 N2\n1 a\n", "line 2"},
        {"3 V1 N2\n1 :\n", "line 2"},
        {"3 V1 N2\n1 :a\n1 :b\n", "line 3"},
        {"3 V1 N2\n1 :a\n\n2 :b\n", "line 3"},
        {"3 V1 N2\n4294967295 :a\n", "line 2"},
        {"3 V4294967296 N2\n", "line 1"},
        {"1 1 2 3\n", "line 1"},
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_expect_eq(parse(bad[i].text), -1, "%s", bad[i].text);
        cr_expect_eq(err.class, ERR_DATA);
        cr_expect_eq(strncmp(err.text, bad[i].line, 6), 0, "%s: %s", bad[i].text, err.text);
    }
}

Test(uidlist, a_new_list_is_above_the_old_one)
{
    uidlist_begin(&list, 1000, 0);
    cr_assert_eq(list.validity, 1000);
    cr_assert_eq(strlen(list.guid), UIDLIST_GUID);
    uidlist_begin(&list, 1000, 5000);
    cr_assert_eq(list.validity, 5001);
    cr_assert_eq(list.next, 1);
}

Test(uidlist, uids_end)
{
    cr_assert_eq(parse("3 V1 N4294967294\n"), 0);
    cr_assert_not_null(uidlist_add(&list, span_of("a")));
    cr_assert_null(uidlist_add(&list, span_of("b")));
}

Test(uidlist, many)
{
    struct buf text;

    uidlist_begin(&list, 7, 0);
    for (int i = 0; i < 100000; i++)
        uidlist_add(&list, span_of("some.name.of-a-message"));
    buf_init(&text, BUF_UNLIMITED);
    uidlist_print(&list, &text);
    uidlist_clear(&list);
    cr_assert_eq(uidlist_parse(&list, buf_span(&text), &err), 0);
    cr_assert_eq(list.count, 100000);
    buf_free(&text);
}
