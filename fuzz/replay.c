/*
 * In place of libFuzzer where there is none: gives every file named to the fuzzer, once, so that
 * what was found stays found, and the fuzzers are built and run with everything else.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"
#include "fuzz/fuzz.h"

#pragma weak LLVMFuzzerInitialize

static int read_file(const char *path, struct buf *content)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = -1;

    while (fd >= 0 && (got = io_read(fd, buf_reserve(content, 65536), 65536)) > 0)
        buf_commit(content, (size_t)got);
    if (fd >= 0)
        close(fd);
    return got == 0 ? 0 : -1;
}

/* The copy is no larger than the input, so that a sanitizer sees what reads past its end. */
static void try_input(const struct buf *content)
{
    uint8_t *data = mem_alloc(content->n);

    memcpy(data, content->p, content->n);
    LLVMFuzzerTestOneInput(data, content->n);
    free(data);
}

int main(int argc, char **argv)
{
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++) {
        struct buf content;

        buf_init(&content, BUF_UNLIMITED);
        if (read_file(argv[i], &content)) {
            perror(argv[i]);
            return 1;
        }
        fprintf(stderr, "%s\n", argv[i]); /* so that a crash is known by the last line */
        try_input(&content);
        buf_free(&content);
    }
    return 0;
}
