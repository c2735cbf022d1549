#include "deliver/inner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "formail/formail.h"
#include "message/edit.h"
#include "process/spawn.h"

enum {
    INPUT_MAX = MESSAGE_SMALL, /* what is larger is not held in memory twice */
    OUTPUT_MAX = 4 * MESSAGE_SMALL,
};

struct inner {
    const struct kind *kind;
    size_t longest; /* of its arguments, in bytes */
    struct arena *arena;
    struct formail formail;
    struct edits edits;
};

/* One of ours. */
struct kind {
    const char *name; /* as it is installed */
    /* Reads the arguments; false: they need a process. */
    bool (*prepare)(struct inner *inner, const char *const *argv, size_t input);
    int (*run)(const struct inner *inner, struct span input, struct buf *out, struct buf *said);
};

/* ---- mailweir-formail */

/* Does it read to the end, even where the rest of the message does not matter to it? */
static bool reads_all(const struct formail *formail)
{
    return !formail->lists[FORMAIL_CONTENT].n && !formail->lists[FORMAIL_WHOLE].n && !formail->cache &&
           (!formail->reply || formail->keep_body);
}

/* A cache that is a pipe or a device could hold us up. */
static bool is_plain_or_absent(const char *path)
{
    struct stat st;

    return stat(path, &st) ? true : S_ISREG(st.st_mode);
}

static bool formail_prepare(struct inner *inner, const char *const *argv, size_t input)
{
    const struct formail *formail = &inner->formail;
    const char *wrong;

    if (formail_parse(&inner->formail, argv, inner->arena, &wrong) != FORMAIL_PARSED || formail->split)
        return false;
    return (input <= SPAWN_PIPE_SIZE || reads_all(formail)) && (!formail->cache || is_plain_or_absent(formail->cache));
}

static int formail_run_here(const struct inner *inner, struct span input, struct buf *out, struct buf *said)
{
    return formail_filter(&inner->formail, input, out, said);
}

/* ---- mailweir-header */

static bool header_prepare(struct inner *inner, const char *const *argv, size_t input)
{
    const char *wrong;

    (void)input;
    return edits_parse(&inner->edits, argv + 1, &wrong) == EDIT_PARSED;
}

static int header_run_here(const struct inner *inner, struct span input, struct buf *out, struct buf *said)
{
    (void)said;
    edits_apply(&inner->edits, input, out);
    return 0;
}

/* ---- which of them, if any */

static const struct kind kinds[INNER_KINDS] = {
    {"mailweir-formail", formail_prepare, formail_run_here},
    {"mailweir-header", header_prepare, header_run_here},
};

static const char *value_of(const char *const *envp, const char *name)
{
    size_t n = strlen(name);

    for (; *envp; envp++)
        if (strncmp(*envp, name, n) == 0 && (*envp)[n] == '=')
            return *envp + n + 1;
    return NULL;
}

/* Where we were started from, with a slash behind it; false when that cannot be told. */
static bool add_own_directory(struct buf *path)
{
    char exe[4096];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe);

    if (n <= 0 || (size_t)n == sizeof exe)
        return false;
    while (n > 0 && exe[n - 1] != '/')
        n--;
    buf_add(path, exe, (size_t)n);
    return n > 0;
}

static void look_beside(struct inner_tools *tools)
{
    struct buf path;
    size_t directory;

    tools->known = true;
    buf_init(&path, BUF_UNLIMITED);
    if (!add_own_directory(&path))
        return;
    directory = path.n;
    for (size_t i = 0; i < INNER_KINDS; i++) {
        struct stat st;

        buf_cut(&path, directory);
        buf_add_text(&path, kinds[i].name);
        buf_add_byte(&path, '\0');
        if (stat(path.p, &st) || access(path.p, X_OK))
            continue;
        tools->files[i].there = true;
        tools->files[i].device = st.st_dev;
        tools->files[i].inode = st.st_ino;
    }
    buf_free(&path);
}

/* Which of ours the file is; NULL: another. */
static const struct kind *kind_of(const struct inner_tools *tools, const struct stat *st)
{
    for (size_t i = 0; i < INNER_KINDS; i++)
        if (tools->files[i].there && tools->files[i].device == st->st_dev && tools->files[i].inode == st->st_ino)
            return &kinds[i];
    return NULL;
}

/* Is this what execvp(3) would execute, or give up at?  Otherwise it would go on along PATH. */
static bool is_last(const char *path, const struct inner_tools *tools, const struct kind **kind)
{
    struct stat st;

    *kind = NULL;
    if (stat(path, &st))
        return errno != EACCES && errno != ENOENT && errno != ENOTDIR && errno != ESTALE && errno != ENODEV &&
               errno != ETIMEDOUT;
    if (!S_ISREG(st.st_mode))
        return false;
    *kind = kind_of(tools, &st);
    return *kind || access(path, X_OK) == 0;
}

/* The one of ours that execvp(3) would find. */
static const struct kind *find_kind(const struct inner_tools *tools, const char *name, const char *path)
{
    const struct kind *kind = NULL;
    struct buf candidate;
    bool found = false;

    if (strchr(name, '/'))
        return is_last(name, tools, &kind) ? kind : NULL;
    buf_init(&candidate, BUF_UNLIMITED);
    while (path && !found) {
        size_t n = strcspn(path, ":");

        buf_cut(&candidate, 0);
        buf_add(&candidate, path, n);
        buf_add_text(&candidate, n ? "/" : "./");
        buf_add_text(&candidate, name);
        buf_add_byte(&candidate, '\0');
        found = is_last(candidate.p, tools, &kind);
        path = path[n] ? path + n + 1 : NULL;
    }
    buf_free(&candidate);
    return kind;
}

static bool same_value(const char *const *envp, const char *name)
{
    const char *theirs = value_of(envp, name), *ours = getenv(name);

    return theirs && ours ? strcmp(theirs, ours) == 0 : theirs == ours;
}

/* What of the environment would make a process another one: the zone of dates, and what the loader obeys. */
static bool same_environment(const char *const *envp)
{
    static const char *const names[] = {"TZ", "TZDIR", "LD_PRELOAD", "LD_LIBRARY_PATH", "GLIBC_TUNABLES"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!same_value(envp, names[i]))
            return false;
    return true;
}

static size_t longest(const char *const *argv)
{
    size_t n = 0;

    for (; *argv; argv++)
        if (strlen(*argv) > n)
            n = strlen(*argv);
    return n;
}

struct inner *inner_new(struct inner_tools *tools, const struct deliver_program *program)
{
    size_t input = program->message ? program->range.n : program->text.n;
    const struct kind *kind;
    struct inner *inner;

    if (program->command->shell || input > INPUT_MAX || !same_environment(program->envp))
        return NULL;
    if (!tools->known)
        look_beside(tools);
    kind = find_kind(tools, program->command->argv[0], value_of(program->envp, "PATH"));
    if (!kind)
        return NULL;
    inner = mem_alloc(sizeof *inner);
    *inner = (struct inner){.kind = kind, .longest = longest(program->command->argv), .arena = arena_new()};
    if (kind->prepare(inner, program->command->argv, input))
        return inner;
    inner_free(inner);
    return NULL;
}

/* A prefix or a new name, be it long, may come with every line. */
static bool may_print_much(const struct inner *inner, struct span input)
{
    size_t lines = 1;

    for (const char *newline; (newline = span_find_byte(input, '\n')) != NULL; lines++)
        input = span_from(input, (size_t)(newline - input.p) + 1);
    return lines > OUTPUT_MAX / (inner->longest + 1);
}

bool inner_run(const struct inner *inner, struct span input, struct inner_output *output)
{
    *output = (struct inner_output){0};
    if (may_print_much(inner, input))
        return false;
    buf_init(&output->out, BUF_UNLIMITED);
    buf_init(&output->said, BUF_UNLIMITED);
    buf_reserve(&output->out, input.n + input.n / 4);
    output->status = inner->kind->run(inner, input, &output->out, &output->said);
    return true;
}

void inner_output_free(struct inner_output *output)
{
    buf_free(&output->out);
    buf_free(&output->said);
}

void inner_free(struct inner *inner)
{
    if (!inner)
        return;
    formail_free(&inner->formail);
    edits_free(&inner->edits);
    arena_free(inner->arena);
    free(inner);
}
