#include "tools/explain-against.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "explain/against.h"
#include "explain/wall.h"
#include "process/orphans.h"
#include "process/spawn.h"

/* ---- the command line on the stage */

struct words {
    char **items;
    size_t n;
};

static void add(struct words *words, const char *before, const char *text)
{
    struct buf item;

    buf_init(&item, BUF_UNLIMITED);
    buf_printf(&item, "%s%s", before, text);
    words->items = mem_realloc(words->items, (words->n + 2) * sizeof *words->items);
    words->items[words->n++] = mem_strdup(item.p);
    words->items[words->n] = NULL;
    buf_free(&item);
}

static void words_free(struct words *words)
{
    for (size_t i = 0; i < words->n; i++)
        free(words->items[i]);
    free(words->items);
}

static void add_settings(struct words *words, const struct stage *stage)
{
    static const struct {
        const char *name, *file;
    } settings[] = {
        {"HOME=", ""},
        {"MAILDIR=", ""},
        {"DEFAULT=", "/default"},
        {"ORGMAIL=", "/orgmail"},
        {"SENDMAIL=", "/../sendmail"},
    };
    char value[128];

    add(words, "VERBOSE=on", "");
    add(words, "COMSAT=no", "");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        snprintf(value, sizeof value, "%s%s", stage->home, settings[i].file);
        add(words, settings[i].name, value);
    }
}

/* An assignment or an rc file of the real home. */
static void add_moved(struct words *words, const struct stage *stage, const char *word)
{
    const char *equals = strchr(word, '=');
    char *before = equals ? mem_strndup(word, (size_t)(equals - word) + 1) : mem_strdup("");
    char *moved = stage_name(stage, equals ? equals + 1 : word);

    if (strcmp(before, "HOME="))
        add(words, before, moved);
    free(before);
    free(moved);
}

/* Where the settings begin is set in *rest. */
static void make_words(struct words *words, const struct explain_against *a, const struct stage *stage,
                       size_t *rest)
{
    const char *const *real = a->mda->options->rest;

    add(words, "procmail", "");
    for (char **option = a->argv + 1; (const char *const *)option < real && *option; option++)
        add(words, *option, "");
    *rest = words->n;
    add_settings(words, stage);
    for (; *real; real++)
        add_moved(words, stage, *real);
}

/* Relative to the current directory, which is nobody's home. */
static int check_words(const struct explain_against *a, struct err *err)
{
    if (a->mda->options->mode != MDA_NORMAL)
        return err_set(err, ERR_USAGE, "-d and -m cannot be compared");
    for (const char *const *word = a->mda->options->rest; *word; word++)
        if (!strchr(*word, '=') && !strncmp(*word, "./", 2))
            return err_set(err, ERR_USAGE, "cannot be compared: '%s' is not named from the home directory",
                           *word);
    return 0;
}

/* ---- dry runs */

_Noreturn static void walk(const struct explain_against *a, const struct stage *stage,
                           const char *const *words, int to)
{
    if (a->allow_commands && wall_raise(stage->home, true, NULL))
        _exit(1);
    a->walk(a->ctx, words, a->message, to);
    _exit(1);
}

static int receive_walk(const struct explain_against *a, const struct stage *stage, const char *const *words,
                        struct explain *steps, struct err *err)
{
    int ends[2], failed;
    pid_t pid;

    orphans_adopt();
    if (spawn_pipe(ends, SPAWN_WE_WAIT, err))
        return -1;
    pid = fork();
    if (pid == 0)
        walk(a, stage, words, ends[1]);
    close(ends[1]);
    failed = pid < 0 || explain_receive(steps, ends[0]) || !steps->first;
    close(ends[0]);
    if (pid > 0)
        spawn_wait(pid, 0, NULL);
    against_wait_for_rest(spawn_deadline(a->limit));
    return failed ? err_set(err, ERR_TEMP, "the dry run failed") : 0;
}

static bool starts_process(const struct explain_step *step)
{
    return step->kind == EXPLAIN_COPY || step->kind == EXPLAIN_COMMAND ||
           (step->kind == EXPLAIN_DELIVERY &&
            (span_eq_text(step->subject, "program") || span_eq_text(step->subject, "forward")));
}

static int check_processes(const struct explain_against *a, const struct explain *steps, struct err *err)
{
    for (const struct explain_step *step = steps->first; step && !a->allow_commands; step = step->next)
        if (starts_process(step))
            return err_set(err, ERR_USAGE,
                           "cannot be compared: %.*s:%u starts a process; --allow-commands lets it",
                           (int)step->file.n, step->file.p, step->line);
    return 0;
}

/* ---- all */

/* mailweir, beside ourselves. */
static char *agent_path(void)
{
    char own[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
    struct buf path;
    char *slash, *kept;

    if (n < 0)
        return mem_strdup("mailweir");
    own[n] = '\0';
    slash = strrchr(own, '/');
    buf_init(&path, BUF_UNLIMITED);
    buf_printf(&path, "%.*s/mailweir", (int)(slash - own), own);
    kept = mem_strdup(path.p);
    buf_free(&path);
    return kept;
}

static int compare(const struct explain_against *a, const struct stage *stage, struct explain *home_steps,
                   struct explain *steps, FILE *to, struct err *err)
{
    struct words words = {0};
    size_t rest;
    char *agent = agent_path();
    int result = -1;

    make_words(&words, a, stage, &rest);
    if (stage_open(stage, err) == 0 && receive_walk(a, stage, a->mda->options->rest, home_steps, err) == 0 &&
        stage_keep(stage, "look", err) == 0 && stage_add_sendmail(stage, err) == 0 &&
        stage_fill(stage, home_steps, err) == 0 &&
        receive_walk(a, stage, (const char *const *)words.items + rest, steps, err) == 0 &&
        stage_check(stage, steps, err) == 0 && check_processes(a, steps, err) == 0 &&
        stage_keep(stage, "dry", err) == 0) {
        struct against against = {.stage = stage,
                                  .agent = agent,
                                  .other = a->other,
                                  .arguments = (const char *const *)words.items,
                                  .home_steps = home_steps,
                                  .steps = steps,
                                  .message = a->message,
                                  .may_fork = a->allow_commands,
                                  .limit = a->limit};

        result = against_compare(&against, to, err);
    }
    words_free(&words);
    free(agent);
    return result;
}

int explain_against(const struct explain_against *a, FILE *to, struct err *err)
{
    struct explain home_steps, steps;
    struct stage stage;
    int result;

    if (access(a->other, X_OK))
        return err_set_errno(err, ERR_NOINPUT, "cannot run '%s'", a->other);
    if (!wall_available())
        return err_set(
            err, ERR_OSERR,
            "cannot keep '%s' from writing to your mail: this system has no Landlock, or no seccomp",
            a->other);
    if (check_words(a, err) || stage_make(&stage, a->home, err))
        return -1;
    explain_init(&home_steps);
    explain_init(&steps);
    result = compare(a, &stage, &home_steps, &steps, to, err);
    explain_free(&home_steps);
    explain_free(&steps);
    stage_remove(&stage);
    return result;
}
