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
