#include "rctest/command.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "rctest/calls.h"

/* HOME, SHELL and the mailboxes come from the password file: a test sets them on the
 * command line to stay in its sandbox. */
static const char settings[] = "HOME=$HOME\n"
                               "MAILDIR=$HOME\n"
                               "DEFAULT=$HOME/default\n"
                               "ORGMAIL=$HOME/orgmail\n"
                               "SHELL=/bin/sh\n"
                               "LOGFILE=$HOME/log\n"
                               "SENDMAIL=" CALLS_SENDMAIL "\n";

static const char environment[] = "HOME=$HOME\n"
                                  "PATH=/usr/local/bin:/usr/bin:/bin\n"
                                  "TZ=UTC\n";

/* Sanitizers and coverage are steered by the environment. */
static const char *const passed[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "GCOV_PREFIX",
                                     "LLVM_PROFILE_FILE"};

struct list {
    struct arena *arena;
    const struct sandbox *box;
    char **items;
    size_t count, room;
};

static void list_add(struct list *list, struct span text)
{
    struct buf item;

    if (list->count + 2 > list->room) {
        list->room = list->room * 2 + 8;
        list->items = mem_realloc(list->items, list->room * sizeof *list->items);
    }
    buf_init(&item, BUF_UNLIMITED);
    sandbox_expand(list->box, text, &item);
    list->items[list->count++] = arena_strndup(list->arena, item.p ? item.p : "", item.n);
    list->items[list->count] = NULL;
    buf_free(&item);
}

/* Stubs stand first in PATH.  Where nothing of them is asked, the settings stay as they are. */
static const char stub_settings[] = "PATH=$HOME/" CALLS_BIN ":/usr/local/bin:/usr/bin:/bin\n";

static void list_add_lines(struct list *list, const struct rctest *test, struct span text);

static void add_settings(struct list *list, const struct rctest *test)
{
    list_add_lines(list, test, span_of(settings));
    if (calls_has_stubs(test))
        list_add_lines(list, test, span_of(stub_settings));
}

/* One item a line; a line `$SETTINGS` stands for the usual settings. */
static void list_add_lines(struct list *list, const struct rctest *test, struct span text)
{
    struct span line;

    while (rctest_next_line(&text, &line)) {
        if (span_eq_text(line, "$SETTINGS"))
            add_settings(list, test);
        else
            list_add(list, line);
    }
}

static void add_private(struct list *list, const struct rctest *test, const struct agent *agent)
{
    const struct rctest_section *clock = rctest_find(test, RCTEST_CLOCK);
    char text[64];

    if (clock && agent->ours) {
        snprintf(text, sizeof text, "--clock=%ld", clock->number);
        list_add(list, span_of(text));
    }
    if (agent->count_fd >= 0) {
        snprintf(text, sizeof text, "--count-to=%d", agent->count_fd);
        list_add(list, span_of(text));
    }
    if (agent->variables_fd >= 0) {
        snprintf(text, sizeof text, "--variables-to=%d", agent->variables_fd);
        list_add(list, span_of(text));
    }
    if (agent->held) {
        list_add(list, span_of("--sandbox=$HOME"));
        list_add(list, span_of("--sendmail=" CALLS_SENDMAIL));
    }
}

static void fill_argv(struct list *list, const struct rctest *test, const struct agent *agent)
{
    const struct rctest_section *args = rctest_find(test, RCTEST_ARGS);

    list_add(list, span_of(args && args->as ? args->as : "procmail"));
    add_private(list, test, agent);
    if (args)
        list_add_lines(list, test, args->text);
    else
        list_add_lines(list, test, span_of("$SETTINGS\n$HOME/.procmailrc\n"));
}

bool command_presets_sendmail(const struct rctest *test)
{
    const struct rctest_section *args = rctest_find(test, RCTEST_ARGS);
    struct span rest = args ? args->text : span_of("$SETTINGS"), line;

    while (rctest_next_line(&rest, &line))
        if (span_eq_text(line, "$SETTINGS") || span_starts(line, "SENDMAIL="))
            return true;
    return false;
}

static void fill_envp(struct list *list, const struct rctest *test)
{
    const struct rctest_section *env = rctest_find(test, RCTEST_ENV);

    list_add_lines(list, test, span_of(environment));
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) {
        const char *value = getenv(passed[i]);
        char item[1024];

        if (value && (size_t)snprintf(item, sizeof item, "%s=%s", passed[i], value) < sizeof item)
            list_add(list, span_of(item));
    }
    if (env)
        list_add_lines(list, test, env->text);
}

struct command *command_new(const struct rctest *test, const struct sandbox *box, const struct agent *agent)
{
    struct arena *arena = arena_new();
    struct command *command = arena_alloc(arena, sizeof *command);
    struct list argv = {.arena = arena, .box = box}, envp = argv;

    fill_argv(&argv, test, agent);
    fill_envp(&envp, test);
    *command = (struct command){arena, agent->program, argv.items, envp.items};
    return command;
}

void command_free(struct command *command)
{
    free(command->argv);
    free(command->envp);
    arena_free(command->arena);
}
