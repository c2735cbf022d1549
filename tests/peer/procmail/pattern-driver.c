/*
 * Answers for the script `patterns`: a line of input is a pattern and a text, both in
 * hexadecimal with an `x` in front, or for a pattern with the flag D an `X`; a line of output is
 *
 *     MATCHES COUNT FOUND
 *
 * MATCHES is 0 or 1, COUNT the number of hits or `inf` where one has no length, FOUND is
 * `-` (no MATCH) or MATCH in hexadecimal, with an `x` in front.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "pattern/pattern.h"

static int digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void read_hex(const char *word, struct buf *out)
{
    for (const char *p = word + 1; p[0] && p[1]; p += 2)
        buf_add_byte(out, (char)(digit(p[0]) * 16 + digit(p[1])));
}

static void print_found(struct span found)
{
    putchar(found.p ? 'x' : '-');
    for (size_t i = 0; i < found.n; i++)
        printf("%02x", (unsigned char)found.p[i]);
    putchar('\n');
}

static void print_count(const struct pattern *pattern, struct span text)
{
    size_t from = 0, end, count = 0;

    for (; pattern_next(pattern, text, from, &end, NULL); from = end) {
        if (end == from) {
            fputs("inf ", stdout);
            return;
        }
        count++;
    }
    printf("%zu ", count);
}

static void answer(struct span expression, struct span text, unsigned flags)
{
    struct pattern *pattern = pattern_new(expression, flags);
    struct span found = SPAN_NULL;

    printf("%d ", pattern_matches(pattern, text));
    print_count(pattern, text);
    if (pattern_extracts(pattern))
        pattern_extract(pattern, text, &found);
    print_found(found);
    pattern_free(pattern);
}

int main(void)
{
    char *line = NULL, *state;
    size_t room = 0;

    while (getline(&line, &room, stdin) > 0) {
        struct buf expression, text;
        unsigned flags = *line == 'X' ? PATTERN_CASE : 0;

        buf_init(&expression, BUF_UNLIMITED);
        buf_init(&text, BUF_UNLIMITED);
        read_hex(strtok_r(line, " \n", &state), &expression);
        buf_add_byte(&text, '\n');
        read_hex(strtok_r(NULL, " \n", &state), &text);
        buf_add_byte(&text, '\n');
        answer(buf_span(&expression), span_make(text.p + 1, text.n - 2), flags);
        buf_free(&expression);
        buf_free(&text);
    }
    free(line);
    return 0;
}
