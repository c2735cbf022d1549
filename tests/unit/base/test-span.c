#include <criterion/criterion.h>

#include "base/span.h"

Test(span, compares_and_finds)
{
    struct span s = span_make("Sub\0ject", 8);

    cr_assert(span_starts(s, "Sub"));
    cr_assert(span_starts_nocase(s, "sUB"));
    cr_assert(!span_starts(s, "Subject-that-is-longer"));
    cr_assert_eq(span_find_byte(s, '\0'), s.p + 3);
    cr_assert_eq(span_find(s, span_make("\0j", 2)), s.p + 3);
    cr_assert_null(span_find(SPAN_NULL, span_of("x")));
    cr_assert(span_eq(SPAN_NULL, span_of("")));
}

Test(span, trims_blanks_only)
{
    struct span s = span_of(" \t a b\t ");

    cr_assert(span_eq_text(span_trim_end(span_skip_blanks(s)), "a b"));
    cr_assert(span_eq_text(span_skip_blanks(span_of("\n x")), "\n x"));
    cr_assert_eq(span_from(s, 100).n, 0);
}

Test(span, reads_numbers)
{
    static const struct {
        const char *text;
        uint64_t most, number;
        bool right;
    } cases[] = {
        {"0", 0, 0, true},
        {"1", 0, 0, false},
        {"0042", 42, 42, true},
        {"43", 42, 0, false},
        {"18446744073709551615", UINT64_MAX, UINT64_MAX, true},
        {"18446744073709551616", UINT64_MAX, 0, false},
        {"99999999999999999999999999", UINT64_MAX, 0, false},
        {"", 9, 0, false},
        {"-1", 9, 0, false},
        {"1 ", 9, 0, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t number = 7;

        cr_assert_eq(span_number(span_of(cases[i].text), cases[i].most, &number), cases[i].right, "%s",
                     cases[i].text);
        cr_assert_eq(number, cases[i].number, "%s", cases[i].text);
    }
    cr_assert_eq(span_digits(span_of("12a3")), 2);
    cr_assert_eq(span_digits(SPAN_NULL), 0);
}
