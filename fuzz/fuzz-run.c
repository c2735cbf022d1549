/*
 * The whole engine: an rc file, a file that it may include by the name `i`, and a message, in a world
 * where nothing happens.
 *
 * Input: a byte of flags and how acts end, what programs print, the rc file, the included file, the
 * message; form feeds between them.
 */
#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "fuzz/fuzz.h"
#include "fuzz/world.h"

enum {
    FLAG_BERKELEY = 1,
    FLAG_UNDELIVERED = 2,
    EVENTS_MAX = 1000000, /* what a small input may set off */
};

static void write_include(struct span text)
{
    int fd = open("i", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    CHECK(fd >= 0);
    CHECK(io_write(fd, text.p, text.n) == 0);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = {(const char *)data, size};
    unsigned char flags = fuzz_byte(&rest);
    struct span endings = fuzz_part(&rest), output = fuzz_part(&rest), rc = fuzz_part(&rest);
    struct world world;
    enum run_end end;
    int status;

    write_include(fuzz_part(&rest));
    world_init(&world, fuzz_message(rest, 1 << 16, flags & FLAG_BERKELEY), endings, output);
    end = run_file(world.run, rc_parse("rc", rc));
    if (end == RUN_HOST && flags & FLAG_UNDELIVERED)
        status = run_finish_undelivered(world.run);
    else
        status = run_finish(world.run, end);
    CHECK(status >= 0 && status <= 255);
    CHECK(world.events <= EVENTS_MAX);
    for (int slot = 0; slot < DELIVER_LOCKS; slot++)
        CHECK(!world.locks[slot]);
    world_free(&world);
    return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_enter_scratch();
    return 0;
}
