#include "rctest/rctest.h"

const struct rctest_section *rctest_find(const struct rctest *test, enum rctest_kind kind)
{
    const struct rctest_section *section = test->sections;

    while (section && section->kind != kind)
        section = section->next;
    return section;
}

const struct rctest_section *rctest_find_next(const struct rctest_section *section)
{
    enum rctest_kind kind = section->kind;

    do
        section = section->next;
    while (section && section->kind != kind);
    return section;
}

int rctest_expects(const struct rctest *test)
{
    for (const struct rctest_section *section = test->sections; section; section = section->next)
        if (section->kind >= RCTEST_EXPECT_EXIT)
            return 1;
    return 0;
}

int rctest_next_line(struct span *rest, struct span *line)
{
    const char *end;

    if (!rest->n)
        return 0;
    end = span_find_byte(*rest, '\n');
    *line = span_make(rest->p, end ? (size_t)(end - rest->p) : rest->n);
    *rest = span_from(*rest, line->n + (end ? 1 : 0));
    return 1;
}
