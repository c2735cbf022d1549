/*
 * A span borrows bytes that somebody else owns: a pointer and a length, NULs allowed,
 * not terminated.  It is good as long as its owner says.
 */
#ifndef MAILWEIR_BASE_SPAN_H
#define MAILWEIR_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
    const char *p;
    size_t n;
};

#define SPAN_NULL ((struct span){NULL, 0})

static inline struct span span_make(const char *p, size_t n)
{
    return (struct span){p, n};
}

static inline struct span span_of(const char *text)
{
    return (struct span){text, text ? strlen(text) : 0};
}

/* The part from offset on; offset is cut to the length. */
static inline struct span span_from(struct span s, size_t offset)
{
    if (offset > s.n)
        offset = s.n;
    return (struct span){offset ? s.p + offset : s.p, s.n - offset};
}

bool span_eq(struct span a, struct span b);
bool span_eq_text(struct span a, const char *text);
bool span_starts(struct span s, const char *text);
/* ASCII case is ignored, as in field names. */
bool span_starts_nocase(struct span s, const char *text);

/* First occurrence of a byte or of `needle`; NULL when there is none. */
const char *span_find_byte(struct span s, char c);
const char *span_find(struct span s, struct span needle);

/* How many decimal digits stand at the beginning. */
size_t span_digits(struct span s);
/* The whole of it as a decimal number; false, and 0, where it is empty, too large, or anything else. */
bool span_number(struct span s, uint64_t most, uint64_t *number);

/* Without the leading, or trailing, blanks (space and tab). */
struct span span_skip_blanks(struct span s);
struct span span_trim_end(struct span s);

#endif
