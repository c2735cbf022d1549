#include <criterion/criterion.h>

#include "recipe/head.h"

static const struct {
    const char *words; /* blanks stand for the NULs between words */
    unsigned flags;
    bool locks;
    const char *lockfile, *skipped;
    long conditions;
} cases[] = {
    {"0", 0, false, "", "", 0},
    {"0fhw:", HEAD_f | HEAD_h | HEAD_w, true, "", "", 0},
    {"0 f h w : my.lock", HEAD_f | HEAD_h | HEAD_w, true, "my.lock", "", 0},
    {"0:a.lock b c", 0, true, "a.lock", "b c", 0},
    {"0 x: lock", 0, false, "", "x: lock", 0},
    {"0 Bz", HEAD_B, false, "", "z", 0},
    {"", 0, false, "", "", 1},
    {"A", HEAD_A, false, "", "", 0},
    {"3 E", HEAD_E, false, "", "", 3},
    {"0HBDAahbfcwWiEer", 0x7fff, false, "", "", 0},
};

Test(head, is_read)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf words;
        struct head head;

        buf_init(&words, BUF_UNLIMITED);
        buf_add_text(&words, cases[i].words);
        for (size_t j = 0; j < words.n; j++)
            if (words.p[j] == ' ')
                words.p[j] = '\0';
        buf_add_byte(&words, '\0');
        head_parse(&head, buf_span(&words));
        cr_expect_eq(head.flags, cases[i].flags, "%s: flags %x", cases[i].words, head.flags);
        cr_expect_eq(head.locks, cases[i].locks, "%s", cases[i].words);
        cr_expect(span_eq_text(head.lockfile, cases[i].lockfile), "%s: lock %.*s", cases[i].words,
                  (int)head.lockfile.n, head.lockfile.p);
        cr_expect_str_eq(head.skipped.p, cases[i].skipped, "%s: skipped %s", cases[i].words, head.skipped.p);
        cr_expect_eq(head.conditions, cases[i].conditions, "%s", cases[i].words);
        buf_free(&head.skipped);
        buf_free(&words);
    }
}

Test(head, condition_lines_are_counted_without_expansion)
{
    cr_assert_eq(head_conditions(span_of("0 fw: $LOCK\n")), 0);
    cr_assert_eq(head_conditions(span_of("\n")), 1);
    cr_assert_eq(head_conditions(span_of(" A:\n")), 0);
    cr_assert_eq(head_conditions(span_of("2\n")), 2);
}
