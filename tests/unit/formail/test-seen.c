/*
 * The cache, against a model that has all of it in memory and does what formail(1)'s words say: keys one
 * after the other, an empty key as the end, and no key looked at that begins at the size or behind it.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "formail/formail-private.h"

struct model {
    char bytes[4096];
    size_t n;
};

static bool model_seen(struct model *model, size_t size, const char *key)
{
    size_t at = 0, end = size, n = strlen(key);

    do {
        size_t length = strnlen(model->bytes + at, model->n - at);

        if (at + length >= model->n)
            break; /* no NUL behind it */
        if (length == n && memcmp(model->bytes + at, key, n) == 0)
            return true;
        at += length + 1;
        if (length == 0 && end == size) {
            end = at - 1;
            at += strnlen(model->bytes + at, model->n - at) + 1; /* half overwritten, maybe */
        }
    } while (at < size && at < model->n);
    if (end >= size)
        end = 0;
    memcpy(model->bytes + end, key, n);
    model->bytes[end + n] = model->bytes[end + n + 1] = '\0';
    if (end + n + 2 > model->n)
        model->n = end + n + 2;
    return false;
}

Test(seen, does_what_the_model_does)
{
    static const char *const keys[] = {"a", "bb", "ccc", "<1@example.org>", "<22@example.org>", "bbb", "c"};
    unsigned state = 322;

    for (size_t size = 0; size < 60; size += 3) {
        int fd = memfd_create("cache", 0);
        struct model model = {.n = 0};
        char bytes[4096];

        cr_assert(fd >= 0);
        for (int i = 0; i < 300; i++) {
            const char *key;
            bool seen;

            state = state * 1103515245 + 12345;
            key = keys[(state >> 16) % 7];
            cr_assert_eq(seen_before(fd, (long)size, span_of(key), &seen), 0);
            cr_assert_eq(seen, model_seen(&model, size, key), "size %zu, step %d, %s", size, i, key);
            cr_assert_eq((size_t)pread(fd, bytes, sizeof bytes, 0), model.n, "size %zu, step %d", size, i);
            cr_assert_eq(memcmp(bytes, model.bytes, model.n), 0, "size %zu, step %d", size, i);
        }
        close(fd);
    }
}

Test(seen, what_cannot_be_kept_is_told)
{
    int fd = seen_open("/dev/full");
    bool seen = true;

    if (fd < 0)
        cr_skip_test("no /dev/full");
    cr_expect_eq(seen_before(fd, 100, span_of("a"), &seen), -1);
    cr_expect(!seen);
    close(fd);
}

Test(seen, a_pipe_is_no_cache)
{
    int ends[2];
    char path[64];

    cr_assert_eq(pipe(ends), 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    cr_expect_eq(seen_open(path), -1);
    cr_expect_eq(seen_open("/no/such/place"), -1);
    close(ends[0]);
    close(ends[1]);
}
