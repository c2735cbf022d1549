#include "explain/outcome.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"

void outcome_init(struct outcome *outcome)
{
    *outcome = (struct outcome){.is_loud = true};
    buf_init(&outcome->log, BUF_UNLIMITED);
}

void outcome_free(struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->count; i++) {
        free(outcome->files[i].name);
        free(outcome->files[i].path);
    }
    free(outcome->files);
    buf_free(&outcome->log);
}

/* What is no file, or a link to who knows where, is not read. */
static FILE *open_regular(const char *path)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    FILE *file = NULL;
    struct stat st;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        file = fdopen(fd, "r");
    if (fd >= 0 && !file)
        close(fd);
    return file;
}

/* ---- the log */

static void take_log(struct outcome *outcome, const char *path)
{
    static const char *const told[] = {"procmail: Match on ", "procmail: No match on ", "procmail: Score: "};
    FILE *file = open_regular(path);
    char *line = NULL;
    size_t room = 0;
    ssize_t n;

    while (file && (n = getline(&line, &room, file)) > 0)
        for (size_t i = 0; i < sizeof told / sizeof *told; i++)
            if (span_starts(span_make(line, (size_t)n), told[i]))
                buf_add(&outcome->log, line, (size_t)n);
    free(line);
    if (file)
        fclose(file);
}

/* What the step assigns to that variable; an empty span: nothing. */
static struct span value_of(const struct explain_step *step, const char *name)
{
    if (step->kind != EXPLAIN_ASSIGN || !span_starts(step->text, name))
        return SPAN_NULL;
    return span_from(step->text, strlen(name));
}

/* Puts a path, from `directory` on, into `to`. */
static void join(struct buf *to, const char *directory, struct span path)
{
    buf_cut(to, 0);
    if (*path.p != '/')
        buf_printf(to, "%s/", directory);
    buf_add_span(to, path);
}

/* ---- files */

static bool is_unique(const char *directory, const char *name)
{
    size_t n = strlen(directory);

    return (n >= 4 && !strcmp(directory + n - 4, "/new")) || !strncmp(name, "msg.", 4);
}

static void take_file(struct outcome *outcome, const char *directory, const char *name, const char *path)
{
    struct buf shown;

    buf_init(&shown, BUF_UNLIMITED);
    buf_printf(&shown, "%s/%s", directory, is_unique(directory, name) ? "*" : name);
    outcome->files = mem_realloc(outcome->files, (outcome->count + 1) * sizeof *outcome->files);
    outcome->files[outcome->count++] = (struct outcome_file){mem_strdup(shown.p + 1), mem_strdup(path)};
    buf_free(&shown);
}

static void take_directory(struct outcome *outcome, const char *top, const char *directory, int depth)
{
    enum { DEEP = 64 };
    struct buf path;
    struct dirent *entry;
    struct stat st;
    DIR *dir;

    buf_init(&path, BUF_UNLIMITED);
    buf_printf(&path, "%s%s", top, directory);
    dir = depth < DEEP ? opendir(path.p) : NULL;
    while (dir && (entry = readdir(dir))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        buf_cut(&path, 0);
        buf_printf(&path, "%s%s/%s", top, directory, entry->d_name);
        if (lstat(path.p, &st) == 0 && S_ISDIR(st.st_mode))
            take_directory(outcome, top, path.p + strlen(top), depth + 1);
        else
            take_file(outcome, directory, entry->d_name, path.p);
    }
    if (dir)
        closedir(dir);
    buf_free(&path);
}

static int by_name(const void *a, const void *b)
{
    const struct outcome_file *one = a, *other = b;
    struct stat first = {0}, second = {0};
    int order = strcmp(one->name, other->name);

    if (order || lstat(one->path, &first) || lstat(other->path, &second))
        return order;
    return (first.st_size > second.st_size) - (first.st_size < second.st_size);
}

/* Logs hold times and process numbers: their conditions are compared, not they. */
static void forget_file(struct outcome *outcome, const char *name)
{
    for (size_t i = 0; i < outcome->count; i++)
        if (!strcmp(outcome->files[i].name, name)) {
            free(outcome->files[i].name);
            free(outcome->files[i].path);
            outcome->files[i--] = outcome->files[--outcome->count];
        }
}

/* A log of the recipes' own, `name` in the home. */
static void take_own_log(struct outcome *outcome, const char *top, const char *home, const char *name)
{
    struct buf path;

    if (strncmp(name, home, strlen(home)) != 0 || name[strlen(home)] != '/')
        return;
    name += strlen(home) + 1;
    buf_init(&path, BUF_UNLIMITED);
    buf_printf(&path, "%s/%s", top, name);
    take_log(outcome, path.p);
    forget_file(outcome, name);
    buf_free(&path);
}

static void take_logs(struct outcome *outcome, const char *top, const char *home, const struct explain *steps)
{
    struct buf maildir, whole;

    buf_init(&maildir, BUF_UNLIMITED);
    buf_init(&whole, BUF_UNLIMITED);
    buf_add_text(&maildir, home);
    for (const struct explain_step *step = steps->first; step; step = step->next) {
        struct span directory = value_of(step, "MAILDIR="), log = value_of(step, "LOGFILE=");

        outcome->has_copies = outcome->has_copies || step->kind == EXPLAIN_COPY;
        if (step->file.n && value_of(step, "VERBOSE=").p)
            outcome->is_loud = false;
        if (directory.n) {
            join(&whole, maildir.p, directory);
            buf_cut(&maildir, 0);
            buf_add_span(&maildir, buf_span(&whole));
        }
        if (log.n) {
            join(&whole, maildir.p, log);
            take_own_log(outcome, top, home, whole.p);
        }
    }
    buf_free(&maildir);
    buf_free(&whole);
}

int outcome_read(struct outcome *outcome, const char *root, const char *kept, const char *said,
                 const char *home, const struct explain *steps, struct err *err)
{
    struct buf path;

    (void)err;
    buf_init(&path, BUF_UNLIMITED);
    buf_printf(&path, "%s/%s", root, said);
    take_log(outcome, path.p);
    buf_cut(&path, 0);
    buf_printf(&path, "%s/%s", root, kept);
    take_directory(outcome, path.p, "", 0);
    take_logs(outcome, path.p, home, steps);
    qsort(outcome->files, outcome->count, sizeof *outcome->files, by_name);
    buf_free(&path);
    return 0;
}

/* ---- compared */

static struct span next_line(struct span *rest)
{
    const char *end = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
    struct span line = span_make(rest->p, end ? (size_t)(end - rest->p) : rest->n);

    *rest = span_from(*rest, line.n + (end ? 1 : 0));
    return line;
}

static void say(FILE *to, const struct outcome *outcome, struct span text)
{
    static const char prefix[] = "procmail: ";

    if (span_starts(text, prefix))
        text = span_from(text, sizeof prefix - 1);
    fprintf(to, "  %s: %.*s\n", outcome->who, (int)text.n, text.n ? text.p : "");
}

static bool conditions_differ(const struct outcome *ours, const struct outcome *theirs, FILE *to, unsigned *n)
{
    struct span mine = buf_span(&ours->log), other = buf_span(&theirs->log);

    if (ours->has_copies || !ours->is_loud) /* they log at the same time; or not all */
        return false;
    while (mine.n || other.n) {
        struct span one = next_line(&mine), two = next_line(&other);

        ++*n;
        if (span_eq(one, two))
            continue;
        fprintf(to, "first difference: condition %u\n", *n);
        say(to, ours, one.n ? one : span_of("no further condition"));
        say(to, theirs, two.n ? two : span_of("no further condition"));
        return true;
    }
    return false;
}

static void tell_missing(const struct outcome *has, const struct outcome *lacks, const char *name, FILE *to)
{
    fprintf(to, "first difference: where it went\n");
    fprintf(to, "  %s: %s\n", has->who, name);
    fprintf(to, "  %s: not there\n", lacks->who);
}

static bool names_differ(const struct outcome *ours, const struct outcome *theirs, FILE *to)
{
    for (size_t i = 0; i < ours->count || i < theirs->count; i++) {
        const char *mine = i < ours->count ? ours->files[i].name : NULL;
        const char *other = i < theirs->count ? theirs->files[i].name : NULL;

        if (mine && other && !strcmp(mine, other))
            continue;
        if (!other || (mine && strcmp(mine, other) < 0))
            tell_missing(ours, theirs, mine, to);
        else
            tell_missing(theirs, ours, other, to);
        return true;
    }
    return false;
}

/* The offset from which two files differ, or -1. */
static long long bytes_differ(const char *one, const char *other)
{
    FILE *a = open_regular(one), *b = open_regular(other);
    long long at = 0;
    int c = EOF, d = EOF;

    while (a && b && (c = getc(a)) == (d = getc(b)) && c != EOF)
        at++;
    if (a)
        fclose(a);
    if (b)
        fclose(b);
    return c == d && !a == !b ? -1 : at;
}

static bool contents_differ(const struct outcome *ours, const struct outcome *theirs, FILE *to)
{
    for (size_t i = 0; i < ours->count; i++) {
        long long at = bytes_differ(ours->files[i].path, theirs->files[i].path);

        if (at < 0)
            continue;
        fprintf(to, "first difference: '%s', from byte %lld on\n", ours->files[i].name, at);
        return true;
    }
    return false;
}

static bool status_differs(const struct outcome *ours, const struct outcome *theirs, FILE *to)
{
    if (ours->status == theirs->status)
        return false;
    fprintf(to, "first difference: the exit status\n  %s: %d\n  %s: %d\n", ours->who, ours->status,
            theirs->who, theirs->status);
    return true;
}

bool outcome_compare(const struct outcome *ours, const struct outcome *theirs, FILE *to)
{
    unsigned conditions = 0;

    if (conditions_differ(ours, theirs, to, &conditions) || names_differ(ours, theirs, to) ||
        status_differs(ours, theirs, to) || contents_differ(ours, theirs, to))
        return true;
    fprintf(to, "no difference: conditions %u, files %zu, exit status %d\n", conditions, ours->count,
            ours->status);
    return false;
}
