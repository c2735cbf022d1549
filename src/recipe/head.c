#include "recipe/head.h"

#include <limits.h>
#include <string.h>

static const struct {
    char letter;
    enum head_flag flag;
} letters[] = {
    {'H', HEAD_H}, {'B', HEAD_B}, {'D', HEAD_D}, {'A', HEAD_A}, {'a', HEAD_a},
    {'h', HEAD_h}, {'b', HEAD_b}, {'f', HEAD_f}, {'c', HEAD_c}, {'w', HEAD_w},
    {'W', HEAD_W}, {'i', HEAD_i}, {'E', HEAD_E}, {'e', HEAD_e}, {'r', HEAD_r},
};

enum { CHAIN_FLAGS = HEAD_A | HEAD_a | HEAD_E | HEAD_e };

static unsigned flag_of(char c)
{
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].letter == c)
            return letters[i].flag;
    return 0;
}

/* strtol's idea of a number, without its need of a terminated text. */
static size_t number_read(struct span s, long *number)
{
    size_t at = 0;
    bool negative = false;
    long n = 0;

    while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
        at++;
    if (at < s.n && (s.p[at] == '-' || s.p[at] == '+'))
        negative = s.p[at++] == '-';
    if (at == s.n || s.p[at] < '0' || s.p[at] > '9')
        return 0;
    for (; at < s.n && s.p[at] >= '0' && s.p[at] <= '9'; at++)
        n = n > LONG_MAX / 10 - 10 ? n : n * 10 + (s.p[at] - '0');
    *number = negative ? -n : n;
    return at;
}

/* `:` alone means one condition, or none where the recipe belongs to a chain. */
static long conditions_default(unsigned flags)
{
    return !(flags & CHAIN_FLAGS);
}

static size_t word_length(struct span s)
{
    const char *nul = span_find_byte(s, '\0');

    return nul ? (size_t)(nul - s.p) : s.n;
}

/* The words left over, joined by blanks. */
static void skip(struct head *head, struct span rest)
{
    while (rest.n) {
        size_t n = word_length(rest);

        if (head->skipped.n)
            buf_add_byte(&head->skipped, ' ');
        buf_add(&head->skipped, rest.p, n);
        rest = span_from(rest, n + 1);
    }
}

/* Behind the colon: the next word, if there is one, is the lock's name. */
static struct span lock_read(struct head *head, struct span rest)
{
    size_t n;

    head->locks = true;
    if (rest.n && *rest.p == '\0')
        rest = span_from(rest, 1);
    n = word_length(rest);
    head->lockfile = span_make(rest.p, n);
    return span_from(rest, n + 1);
}

void head_parse(struct head *head, struct span words)
{
    size_t number = number_read(span_make(words.p, word_length(words)), &head->conditions);
    struct span rest = span_from(words, number);

    head->flags = 0;
    head->locks = false;
    head->lockfile = span_make("", 0);
    buf_init(&head->skipped, BUF_UNLIMITED);
    while (rest.n) {
        char c = *rest.p;
        unsigned flag = flag_of(c);

        if (c == ':') {
            rest = lock_read(head, span_from(rest, 1));
            break;
        }
        if (!flag && c != ' ' && c != '\t' && c != '\0')
            break;
        head->flags |= flag;
        rest = span_from(rest, 1);
    }
    skip(head, rest);
    if (!number)
        head->conditions = conditions_default(head->flags);
}

long head_conditions(struct span raw)
{
    unsigned flags = 0;
    long conditions;
    size_t at = number_read(raw, &conditions);

    if (at)
        return conditions;
    for (at = 0; at < raw.n && (flag_of(raw.p[at]) || raw.p[at] == ' ' || raw.p[at] == '\t'); at++)
        flags |= flag_of(raw.p[at]);
    return conditions_default(flags);
}
