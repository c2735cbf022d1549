#include "base/span.h"

#include <strings.h>

bool span_eq(struct span a, struct span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool span_eq_text(struct span a, const char *text)
{
    return span_eq(a, span_of(text));
}

bool span_starts(struct span s, const char *text)
{
    size_t n = strlen(text);

    return s.n >= n && memcmp(s.p, text, n) == 0;
}

bool span_starts_nocase(struct span s, const char *text)
{
    size_t n = strlen(text);

    return s.n >= n && strncasecmp(s.p, text, n) == 0;
}

const char *span_find_byte(struct span s, char c)
{
    return s.n ? memchr(s.p, c, s.n) : NULL;
}

const char *span_find(struct span s, struct span needle)
{
    return s.n >= needle.n && s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
}

size_t span_digits(struct span s)
{
    size_t n = 0;

    while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
        n++;
    return n;
}

bool span_number(struct span s, uint64_t most, uint64_t *number)
{
    uint64_t n = 0;

    *number = 0;
    if (s.n == 0 || span_digits(s) < s.n)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        uint64_t digit = (uint64_t)(s.p[i] - '0');

        if (digit > most || n > (most - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *number = n;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct span span_skip_blanks(struct span s)
{
    while (s.n && is_blank(*s.p)) {
        s.p++;
        s.n--;
    }
    return s;
}

struct span span_trim_end(struct span s)
{
    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}
