/* The variables at the end. */
#include <string.h>

#include "rctest/difference.h"
#include "rctest/expect-private.h"

/* Its value; .p is NULL where it is not set. */
static struct span value_of(const struct check *check, const char *name)
{
    struct span rest = check->outcome->variables;
    size_t n = strlen(name);

    while (rest.n) {
        const char *end = span_find_byte(rest, '\0');
        size_t length = end ? (size_t)(end - rest.p) : rest.n;

        if (length > n && rest.p[n] == '=' && !memcmp(rest.p, name, n))
            return span_make(rest.p + n + 1, length - n - 1);
        rest = span_from(rest, length + (end ? 1 : 0));
    }
    return SPAN_NULL;
}

void expect_variable(struct check *check, const struct rctest_section *section)
{
    struct span value = value_of(check, section->arg), wanted = section->text, got;

    if (section->kind == RCTEST_EXPECT_NO_VARIABLE) {
        if (value.p)
            expect_fail(check, section, "is set");
        return;
    }
    if (wanted.n && wanted.p[wanted.n - 1] == '\n')
        wanted.n--;
    got = expect_normal(check, value);
    if (!value.p)
        expect_fail(check, section, "is not set");
    else if (!span_eq(wanted, got)) {
        expect_fail(check, section, "not as expected (-), but (+):");
        difference_print(check->report, wanted, got);
    }
}
