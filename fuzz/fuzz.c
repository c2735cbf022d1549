#include "fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

void fuzz_check(bool holds, const char *file, int line, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: it does not hold: %s\n", file, line, what);
    abort();
}

unsigned char fuzz_byte(struct span *rest)
{
    unsigned char byte = rest->n ? (unsigned char)*rest->p : 0;

    if (rest->n)
        *rest = span_from(*rest, 1);
    return byte;
}

struct span fuzz_part(struct span *rest)
{
    const char *end = rest->n ? span_find_byte(*rest, '\f') : NULL;
    struct span part = *rest;

    if (!end) {
        *rest = span_make("", 0);
        return part.n ? part : *rest;
    }
    part.n = (size_t)(end - part.p);
    *rest = span_from(*rest, part.n + 1);
    return part;
}

struct span fuzz_text(struct span bytes)
{
    char *p = mem_alloc(bytes.n + 2);

    p[0] = p[bytes.n + 1] = '\n';
    if (bytes.n)
        memcpy(p + 1, bytes.p, bytes.n);
    return span_make(p + 1, bytes.n);
}

void fuzz_text_free(struct span text)
{
    free((char *)text.p - 1);
}

char *fuzz_string(struct span bytes)
{
    return mem_strndup(bytes.p, bytes.n);
}

struct message *fuzz_message(struct span bytes, size_t piece, bool berkeley)
{
    struct message_builder *builder = message_builder_new();
    struct message *message;

    while (bytes.n) {
        size_t n = bytes.n < piece ? bytes.n : piece;

        CHECK(message_builder_add(builder, span_make(bytes.p, n), NULL) == 0);
        bytes = span_from(bytes, n);
    }
    message = message_builder_finish(builder, berkeley, NULL);
    CHECK(message != NULL);
    return message;
}

void fuzz_enter_scratch(void)
{
    const char *scratch = getenv("FUZZ_SCRATCH");

    if (scratch && chdir(scratch) == 0)
        return;
    fprintf(stderr, "FUZZ_SCRATCH must name a directory for the fuzzer's files\n");
    exit(2);
}
