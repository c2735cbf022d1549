#include "fuzz/world.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fuzz/fuzz.h"
#include "trace/words.h"

/* How an act ends: the low bits decide, the others say how. */
enum {
    ENDING_FAILS = 1,
    ENDING_PASSING = 2,
    ENDING_STATUS = 4, /* the exit status: the byte's upper bits */
};

static unsigned char next_ending(struct world *world)
{
    world->acts++;
    return fuzz_byte(&world->endings);
}

static void end_act(struct world *world, struct deliver_outcome *outcome)
{
    unsigned char ending = next_ending(world);

    *outcome = (struct deliver_outcome){
        .done = !(ending & ENDING_FAILS), .passing = ending & ENDING_PASSING, .has_status = true};
    if (ending & ENDING_STATUS)
        outcome->status = ending >> 3;
    outcome->has_written = outcome->done;
    outcome->written = ending;
}

/* What a real program would be given must be there. */
static void look_at(const struct deliver_program *program)
{
    size_t arguments = 0, variables = 0;

    while (program->command->argv[arguments])
        CHECK(strlen(program->command->argv[arguments++]) < SIZE_MAX);
    while (program->envp[variables])
        CHECK(strchr(program->envp[variables++], '=') != NULL);
    CHECK(arguments > 0);
    CHECK(program->command->name != NULL);
    if (program->message)
        CHECK(program->range.from + program->range.n <= message_size(program->message));
}

static void on_folder(void *ctx, const struct deliver_folder *folder, struct deliver_outcome *outcome)
{
    struct world *world = ctx;

    folder->named(folder->ctx, folder->path, false);
    for (const char *const *link = folder->links; link && *link; link++)
        folder->named(folder->ctx, *link, true);
    end_act(world, outcome);
}

static void on_pipe(void *ctx, const struct deliver_program *program, struct deliver_outcome *outcome)
{
    look_at(program);
    end_act(ctx, outcome);
}

static void on_filter(void *ctx, const struct deliver_program *program, struct message_builder *output,
                      struct deliver_outcome *outcome)
{
    struct world *world = ctx;

    look_at(program);
    CHECK(message_builder_add(output, world->output, NULL) == 0);
    end_act(world, outcome);
}

static void on_capture(void *ctx, const struct deliver_program *program, struct buf *output,
                       struct deliver_outcome *outcome)
{
    struct world *world = ctx;
    size_t room = output->max - output->n;
    struct span printed = world->output;

    look_at(program);
    end_act(world, outcome);
    if (printed.n > room) {
        printed.n = room;
        outcome->overflow = true;
    }
    buf_add_span(output, printed);
}

static bool on_lock(void *ctx, enum deliver_slot slot, const char *path,
                    const struct deliver_lock_policy *policy)
{
    struct world *world = ctx;

    (void)policy;
    CHECK(!world->locks[slot]);
    if (next_ending(world) & ENDING_FAILS)
        return false;
    world->locks[slot] = mem_strdup(path);
    return true;
}

static void on_unlock(void *ctx, enum deliver_slot slot)
{
    struct world *world = ctx;

    CHECK(world->locks[slot]);
    free(world->locks[slot]);
    world->locks[slot] = NULL;
}

static const char *on_locked(void *ctx, enum deliver_slot slot)
{
    return ((struct world *)ctx)->locks[slot];
}

static int fails(void *ctx)
{
    errno = ENOENT;
    return next_ending(ctx) & ENDING_FAILS ? -1 : 0;
}

static int on_change_directory(void *ctx, const char *path)
{
    CHECK(path != NULL);
    return fails(ctx);
}

static void on_set_umask(void *ctx, mode_t mask)
{
    (void)ctx;
    CHECK((mask & ~(mode_t)0777) == 0);
}

static int on_open_log(void *ctx, const char *path)
{
    CHECK(path != NULL);
    return fails(ctx);
}

static void on_set_verbose(void *ctx, bool verbose)
{
    (void)ctx;
    (void)verbose;
}

static int on_find_biff(void *ctx, const char *service, const char *host)
{
    CHECK(service && host);
    return fails(ctx);
}

static void on_tell_biff(void *ctx, struct span text)
{
    (void)ctx;
    CHECK(span_find_byte(text, '@'));
}

static int on_detach(void *ctx)
{
    return fails(ctx);
}

/* We are the clone, its parent, or there was none to be had. */
static pid_t on_clone(void *ctx, long retries, long pause)
{
    (void)retries;
    (void)pause;
    return (pid_t)(next_ending(ctx) % 3) - 1;
}

static void on_wait_for_clone(void *ctx, pid_t pid, long timeout, struct deliver_outcome *outcome)
{
    (void)timeout;
    CHECK(pid > 0);
    end_act(ctx, outcome);
}

static const struct deliver_ops world_ops = {
    .folder = on_folder,
    .pipe = on_pipe,
    .filter = on_filter,
    .capture = on_capture,
    .substitute = on_capture,
    .lock = on_lock,
    .unlock = on_unlock,
    .locked = on_locked,
    .change_directory = on_change_directory,
    .set_umask = on_set_umask,
    .open_log = on_open_log,
    .set_verbose = on_set_verbose,
    .find_biff = on_find_biff,
    .tell_biff = on_tell_biff,
    .detach = on_detach,
    .clone = on_clone,
    .wait_for_clone = on_wait_for_clone,
};

static void listen(struct trace_reader *reader, const struct trace_event *event,
                   const struct trace_place *place)
{
    struct world *world = (struct world *)((char *)reader - offsetof(struct world, reader));

    CHECK(event->kind < TRACE_KINDS);
    CHECK(!place->file || (place->line > 0 && strlen(place->file) > 0));
    world->events++;
    buf_cut(&world->said, 0);
    if (event->kind == TRACE_TEXT)
        buf_add_span(&world->said, event->text);
    else
        words_print(event, &world->said);
}

void world_init(struct world *world, struct message *message, struct span endings, struct span output)
{
    static const char *const arguments[] = {"one", "two words", "", NULL};
    struct run_options options = {.ops = &world_ops,
                                  .ops_ctx = world,
                                  .trace = &world->trace,
                                  .message = message,
                                  .invoked_as = "fuzz",
                                  .arguments = arguments,
                                  .host = "host.example.org"};

    *world = (struct world){.endings = endings, .output = output, .reader.take = listen};
    buf_init(&world->said, BUF_UNLIMITED);
    trace_add_reader(&world->trace, &world->reader);
    world->run = run_new(&options);
    run_preset(world->run, "LOGNAME", "alice");
    run_preset(world->run, "SHELL", "/bin/sh");
    run_preset(world->run, "DEFAULT", "inbox/");
    run_preset(world->run, "ORGMAIL", "orgmail");
}

void world_free(struct world *world)
{
    run_free(world->run);
    for (int slot = 0; slot < DELIVER_LOCKS; slot++)
        free(world->locks[slot]);
    buf_free(&world->said);
}
