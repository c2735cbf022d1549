#include "tests/unit/engine/fake.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "trace/words.h"

static void finish(struct fake *fake, struct deliver_outcome *outcome)
{
    *outcome = (struct deliver_outcome){
        .done = fake->status == 0, .has_status = true, .status = fake->status, .passing = fake->passing};
}

static void fake_folder(void *ctx, const struct deliver_folder *folder, struct deliver_outcome *outcome)
{
    struct fake *fake = ctx;

    buf_printf(&fake->done, "folder %s", folder->path);
    for (const char *const *link = folder->links; link && *link; link++)
        buf_printf(&fake->done, " + %s", *link);
    buf_add_byte(&fake->done, '\n');
    folder->named(folder->ctx, folder->path, false);
    *outcome = (struct deliver_outcome){.done = !fake->folders_fail, .passing = fake->passing};
}

static void note_program(struct fake *fake, const char *verb, const struct deliver_program *program)
{
    buf_printf(&fake->done, "%s %.*s\n", verb, (int)program->command->shown.n, program->command->shown.p);
}

static void fake_pipe(void *ctx, const struct deliver_program *program, struct deliver_outcome *outcome)
{
    note_program(ctx, "pipe", program);
    finish(ctx, outcome);
}

static void fake_filter(void *ctx, const struct deliver_program *program, struct message_builder *output,
                        struct deliver_outcome *outcome)
{
    struct fake *fake = ctx;

    note_program(fake, "filter", program);
    message_builder_add(output, span_of(fake->output), NULL);
    finish(fake, outcome);
}

static void fake_capture(void *ctx, const struct deliver_program *program, struct buf *output,
                         struct deliver_outcome *outcome)
{
    struct fake *fake = ctx;

    note_program(fake, "capture", program);
    buf_add_text(output, fake->output);
    finish(fake, outcome);
}

static bool fake_lock(void *ctx, enum deliver_slot slot, const char *path,
                      const struct deliver_lock_policy *policy)
{
    struct fake *fake = ctx;

    (void)policy;
    buf_printf(&fake->done, "lock %s\n", path);
    fake->locks[slot] = mem_strdup(path);
    return true;
}

static void fake_unlock(void *ctx, enum deliver_slot slot)
{
    struct fake *fake = ctx;

    buf_printf(&fake->done, "unlock %s\n", fake->locks[slot]);
    free((char *)fake->locks[slot]);
    fake->locks[slot] = NULL;
}

static const char *fake_locked(void *ctx, enum deliver_slot slot)
{
    return ((struct fake *)ctx)->locks[slot];
}

static int fake_change_directory(void *ctx, const char *path)
{
    buf_printf(&((struct fake *)ctx)->done, "chdir %s\n", path);
    errno = ENOENT;
    return strcmp(path, "/nowhere") ? 0 : -1;
}

static void fake_set_umask(void *ctx, mode_t mask)
{
    buf_printf(&((struct fake *)ctx)->done, "umask %o\n", (unsigned)mask);
}

static int fake_open_log(void *ctx, const char *path)
{
    buf_printf(&((struct fake *)ctx)->done, "log %s\n", path);
    return 0;
}

static void fake_set_verbose(void *ctx, bool verbose)
{
    buf_printf(&((struct fake *)ctx)->done, "verbose %d\n", verbose);
}

static int fake_detach(void *ctx)
{
    buf_add_text(&((struct fake *)ctx)->done, "detach\n");
    return 0;
}

/* The parent's side of a clone that cannot be seen. */
static pid_t fake_clone(void *ctx, long retries, long pause)
{
    (void)retries;
    (void)pause;
    buf_add_text(&((struct fake *)ctx)->done, "clone\n");
    return 4711;
}

static void fake_wait_for_clone(void *ctx, pid_t pid, long timeout, struct deliver_outcome *outcome)
{
    (void)pid;
    (void)timeout;
    buf_add_text(&((struct fake *)ctx)->done, "wait\n");
    finish(ctx, outcome);
}

static int fake_find_biff(void *ctx, const char *service, const char *host)
{
    buf_printf(&((struct fake *)ctx)->done, "biff %s@%s\n", service, host);
    return strcmp(host, "nowhere") ? 0 : -1;
}

static void fake_tell_biff(void *ctx, struct span text)
{
    buf_printf(&((struct fake *)ctx)->done, "tell %.*s\n", (int)text.n, text.p);
}

static const struct deliver_ops fake_ops = {
    .folder = fake_folder,
    .pipe = fake_pipe,
    .filter = fake_filter,
    .capture = fake_capture,
    .substitute = fake_capture,
    .lock = fake_lock,
    .unlock = fake_unlock,
    .locked = fake_locked,
    .change_directory = fake_change_directory,
    .set_umask = fake_set_umask,
    .open_log = fake_open_log,
    .set_verbose = fake_set_verbose,
    .find_biff = fake_find_biff,
    .tell_biff = fake_tell_biff,
    .detach = fake_detach,
    .clone = fake_clone,
    .wait_for_clone = fake_wait_for_clone,
};

static void listen(struct trace_reader *reader, const struct trace_event *event,
                   const struct trace_place *place)
{
    struct fake *fake = (struct fake *)((char *)reader - offsetof(struct fake, reader));

    (void)place;
    if (event->kind == TRACE_TEXT)
        buf_add_span(&fake->said, event->text);
    else
        words_print(event, &fake->said);
}

void fake_init(struct fake *fake, const char *message)
{
    static const char *const arguments[] = {"one", "two words", NULL};
    struct message_builder *builder = message_builder_new();
    struct run_options options = {
        .ops = &fake_ops, .ops_ctx = fake, .trace = &fake->trace, .invoked_as = "fake",
        .arguments = arguments, .host = "host.example.org"};

    *fake = (struct fake){.output = "", .reader.take = listen};
    buf_init(&fake->done, BUF_UNLIMITED);
    buf_init(&fake->said, BUF_UNLIMITED);
    trace_add_reader(&fake->trace, &fake->reader);
    message_builder_add(builder, span_of(message), NULL);
    options.message = message_builder_finish(builder, false, NULL);
    fake->run = run_new(&options);
    run_preset(fake->run, "SHELL", "/bin/sh");
    run_preset(fake->run, "DEFAULT", "inbox/");
    run_preset(fake->run, "ORGMAIL", "orgmail/");
}

void fake_free(struct fake *fake)
{
    run_free(fake->run);
    for (int slot = 0; slot < DELIVER_LOCKS; slot++)
        free((char *)fake->locks[slot]);
    buf_free(&fake->done);
    buf_free(&fake->said);
}

int fake_sort(struct fake *fake, const char *rc)
{
    return run_finish(fake->run, run_file(fake->run, rc_parse("rc", span_of(rc))));
}
