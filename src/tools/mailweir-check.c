/* mailweir-check: what is wrong with rc files. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/io.h"
#include "base/mem.h"
#include "check/check.h"
#include "process/identity.h"

enum {
    EXIT_CLEAN = 0,
    EXIT_FOUND = 1,
    EXIT_TROUBLE = 2,
    FILE_MAX = 1 << 28, /* bytes; what is larger is no rc file */
};

enum format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_SARIF,
};

static const char usage[] = "usage: mailweir-check [-dfqW] [--json | --sarif] [-D id] [-O id]\n"
                            "                      [--home directory] [rcfile ...]\n"
                            "       mailweir-check --explain id | --list | --help | --version\n";

static const char help[] =
    "\n"
    "Tells what is wrong with rc files, and how to mend it: ~/.procmailrc, or those\n"
    "that are named; `-' is the standard input.\n"
    "\n"
    "  -d, --diff        print what --fix would change, and change nothing\n"
    "  -D, --disable ID  leave this rule out\n"
    "  -f, --fix         mend what can be mended safely; keep the old as FILE~\n"
    "  -O, --only ID     this rule, and others named so, only\n"
    "  -q, --quiet       leave out notes\n"
    "  -W, --no-files    do not look at other files: folders, includes, programs\n"
    "  --explain ID      print why a rule is there, and what to do\n"
    "  --home DIRECTORY  what HOME will be: else yours, or that of a file's owner\n"
    "  --json            print JSON\n"
    "  --list            print the rules\n"
    "  --sarif           print SARIF 2.1.0\n"
    "  --help            print this text\n"
    "  --version         print the version\n"
    "\n"
    "Status: 0 nothing but notes, 1 errors or warnings, 2 a file cannot be read.\n";

struct request {
    enum format format;
    bool fix, difference, quiet, no_files;
    bool only;     /* enabled[] begins with none */
    bool *enabled; /* by rule */
    const char *home;       /* ours, */
    const char *other_home; /* or that was named */
    struct check_result **results;
    size_t count;
    bool first; /* of JSON */
    size_t mended;
};

__attribute__((format(printf, 1, 2))) static int trouble(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("mailweir-check: ", stderr);
    vfprintf(stderr, format, arguments);
    putc('\n', stderr);
    va_end(arguments);
    return EXIT_TROUBLE;
}

/* ---- rules */

static int list_rules(void)
{
    for (size_t i = 0; i < check_rule_count(); i++) {
        const struct check_rule *rule = check_rule_at(i);

        printf("%-24s %-8s %s%s\n", rule->id, check_severity_name(rule->severity), rule->title,
               rule->fixes ? " (--fix)" : "");
    }
    return fflush(stdout) ? EXIT_TROUBLE : EXIT_CLEAN;
}

static int explain(const char *id)
{
    size_t index;
    const struct check_rule *rule = check_rule_find(id, &index);

    if (!rule)
        return trouble("there is no rule '%s'; --list prints them", id);
    printf("%s: %s\n%s%s\n\n%s\n\n%s\n", rule->id, rule->title, check_severity_name(rule->severity),
           rule->fixes ? "; --fix mends it where that is safe" : "", rule->why, rule->remedy);
    return fflush(stdout) ? EXIT_TROUBLE : EXIT_CLEAN;
}

static int choose(struct request *request, const char *id, bool enable)
{
    size_t index;

    if (!check_rule_find(id, &index))
        return trouble("there is no rule '%s'; --list prints them", id);
    if (enable && !request->only) {
        memset(request->enabled, 0, check_rule_count() * sizeof *request->enabled);
        request->only = true;
    }
    request->enabled[index] = enable;
    return 0;
}

/* Notes are rules like others. */
static void leave_out_notes(struct request *request)
{
    for (size_t i = 0; i < check_rule_count(); i++)
        if (check_rule_at(i)->severity == CHECK_NOTE)
            request->enabled[i] = false;
}

/* ---- reading */

static int read_all(int fd, const char *name, struct buf *text)
{
    for (;;) {
        char *room = buf_reserve(text, 1 << 16);
        ssize_t n;

        if (!room)
            return trouble("'%s' is too large to be an rc file", name);
        n = io_read(fd, room, 1 << 16);
        if (n < 0)
            return trouble("cannot read '%s': %s", name, strerror(errno));
        buf_commit(text, (size_t)n);
        if (n < 1 << 16)
            break;
    }
    if (span_find_byte(buf_span(text), '\0'))
        return trouble("'%s' is a binary file, no rc file", name);
    return 0;
}

/* A FIFO or a device would keep us waiting, or never end. */
static int read_file(const char *path, struct buf *text, struct stat *st)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY), status;

    if (fd < 0 || fstat(fd, st))
        return trouble("cannot read '%s': %s", path, strerror(errno));
    status = S_ISDIR(st->st_mode)    ? trouble("'%s' is a directory", path)
             : !S_ISREG(st->st_mode) ? trouble("'%s' is not a regular file", path)
                                     : read_all(fd, path, text);
    close(fd);
    return status;
}

/* ---- writing */

static int write_beside(int fd, struct span text, const struct stat *st)
{
    if (io_write(fd, text.p, text.n) || fchmod(fd, st->st_mode & 07777))
        return -1;
    if ((st->st_uid != geteuid() || st->st_gid != getegid()) && fchown(fd, st->st_uid, st->st_gid))
        return -1;
    return fsync(fd);
}

/* A name that is a symbolic link stays one: the file it leads to is replaced. */
static int replace(const char *path, struct span text, const struct stat *st)
{
    char *real = realpath(path, NULL), *fresh = NULL, *old = NULL;
    struct stat now;
    int fd = -1, result = -1;

    if (real && asprintf(&fresh, "%s.XXXXXX", real) > 0 && asprintf(&old, "%s~", real) > 0)
        fd = mkstemp(fresh);
    if (fd >= 0 && !write_beside(fd, text, st) && !stat(real, &now) && now.st_ino == st->st_ino &&
        now.st_mtim.tv_sec == st->st_mtim.tv_sec && now.st_mtim.tv_nsec == st->st_mtim.tv_nsec) {
        unlink(old);
        result = link(real, old) || rename(fresh, real) ? -1 : 0;
    }
    if (result) {
        fprintf(stderr, "mailweir-check: cannot change '%s': %s\n", path,
                errno ? strerror(errno) : "it changes meanwhile");
        if (fd >= 0)
            unlink(fresh);
    }
    if (fd >= 0)
        close(fd);
    free(real);
    free(fresh);
    free(old);
    return result ? EXIT_TROUBLE : 0;
}

/* ---- one file */

static void report(struct request *request, struct check_result *result)
{
    switch (request->format) {
    case FORMAT_TEXT:
        check_print_text(result, isatty(STDOUT_FILENO) && !(getenv("NO_COLOR") && *getenv("NO_COLOR")),
                         stdout);
        check_free(result);
        break;
    case FORMAT_JSON:
        check_print_json(result, request->first, stdout);
        request->first = request->first && !result->count;
        check_free(result);
        break;
    case FORMAT_SARIF: /* all of it is one log */
        request->results = mem_realloc(request->results, (request->count + 1) * sizeof *request->results);
        request->results[request->count++] = result;
        break;
    }
}

/* Carries out, or shows, what can be mended; *text is then the new one. */
static int mend(struct request *request, const char *name, const char *path, const struct stat *st,
                const struct check_options *options, struct buf *text)
{
    struct buf mended;
    int status = 0;

    buf_init(&mended, BUF_UNLIMITED);
    request->mended = check_mend_all(name, buf_span(text), options, &mended);
    if (span_eq(buf_span(text), buf_span(&mended)))
        ;
    else if (request->difference)
        check_print_difference(name, buf_span(text), buf_span(&mended), stdout);
    else if (path)
        status = replace(path, buf_span(&mended), st);
    else if (io_write(STDOUT_FILENO, mended.p, mended.n))
        status = EXIT_TROUBLE;
    if (!path && request->fix && !request->difference && span_eq(buf_span(text), buf_span(&mended)) &&
        text->n)
        status = io_write(STDOUT_FILENO, text->p, text->n) ? EXIT_TROUBLE : 0;
    if (!request->difference) {
        buf_free(text);
        *text = mended;
    } else {
        buf_free(&mended);
    }
    return status;
}

/* What HOME will be when the file is used: that of its owner, unless everybody uses it, as root's. */
static const char *home_for(const struct request *request, const struct stat *st, struct identity *owner)
{
    if (request->other_home)
        return request->other_home;
    if (!st || st->st_uid == 0 || st->st_uid == getuid() || identity_of_uid(owner, st->st_uid, NULL))
        return request->home;
    return owner->home;
}

static int check_text(struct request *request, const char *name, const char *path, const struct stat *st,
                      struct buf *text)
{
    struct identity owner = {0};
    struct check_options options = {.enabled = request->enabled,
                                    .files = !request->no_files,
                                    .path = path,
                                    .home = home_for(request, path ? st : NULL, &owner)};
    struct check_result *result;
    int status = 0;

    if (request->fix || request->difference)
        status = mend(request, name, path, st, &options, text);
    if (status)
        goto out;
    result = check_run(name, buf_span(text), &options);
    status = check_is_clean(result) ? EXIT_CLEAN : EXIT_FOUND;
    if (request->difference || (request->fix && !path))
        check_free(result);
    else
        report(request, result);
out:
    identity_free(&owner);
    return status;
}

static int check_file(struct request *request, const char *name)
{
    bool is_input = !strcmp(name, "-");
    struct stat st;
    struct buf text;
    int status;

    buf_init(&text, FILE_MAX);
    status = is_input ? read_all(STDIN_FILENO, "-", &text) : read_file(name, &text, &st);
    if (!status)
        status = check_text(request, is_input ? "stdin" : name, is_input ? NULL : name, &st, &text);
    buf_free(&text);
    return status;
}

static int check_default(struct request *request)
{
    const char *home = request->other_home ? request->other_home : request->home;
    char *path;
    int status;

    if (!home)
        return trouble("%s", "HOME is not set, so there is no ~/.procmailrc");
    if (asprintf(&path, "%s/.procmailrc", home) < 0)
        return EXIT_TROUBLE;
    status = check_file(request, path);
    free(path);
    return status;
}

static int check_files(struct request *request, char **names)
{
    int status = EXIT_CLEAN;

    if (request->format == FORMAT_JSON)
        fputs("{\"format\": 1, \"findings\": [", stdout);
    if (!*names)
        status = check_default(request);
    for (; *names; names++) {
        int one = check_file(request, *names);

        status = one > status ? one : status;
    }
    if (request->format == FORMAT_JSON)
        fputs("\n]}\n", stdout);
    else if (request->format == FORMAT_SARIF)
        check_print_sarif((const struct check_result *const *)request->results, request->count, stdout);
    for (size_t i = 0; i < request->count; i++)
        check_free(request->results[i]);
    free(request->results);
    return fflush(stdout) || ferror(stdout) ? EXIT_TROUBLE : status;
}

/* ---- the command line */

enum {
    OPTION_EXPLAIN = 256,
    OPTION_HOME,
    OPTION_JSON,
    OPTION_LIST,
    OPTION_SARIF,
    OPTION_HELP,
    OPTION_VERSION,
};

static const struct option options[] = {
    {"diff", no_argument, NULL, 'd'},
    {"disable", required_argument, NULL, 'D'},
    {"fix", no_argument, NULL, 'f'},
    {"only", required_argument, NULL, 'O'},
    {"quiet", no_argument, NULL, 'q'},
    {"no-files", no_argument, NULL, 'W'},
    {"explain", required_argument, NULL, OPTION_EXPLAIN},
    {"home", required_argument, NULL, OPTION_HOME},
    {"json", no_argument, NULL, OPTION_JSON},
    {"list", no_argument, NULL, OPTION_LIST},
    {"sarif", no_argument, NULL, OPTION_SARIF},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

/* Options that print something and end: the status, or -1 for the others. */
static int answer(int option)
{
    switch (option) {
    case OPTION_EXPLAIN:
        return explain(optarg);
    case OPTION_LIST:
        return list_rules();
    case OPTION_HELP:
        return fputs(usage, stdout) < 0 || fputs(help, stdout) < 0 || fflush(stdout) ? EXIT_TROUBLE
                                                                                     : EXIT_CLEAN;
    case OPTION_VERSION:
        return puts("mailweir-check " PACKAGE_VERSION) < 0 || fflush(stdout) ? EXIT_TROUBLE : EXIT_CLEAN;
    }
    return -1;
}

static int take_option(struct request *request, int option)
{
    switch (option) {
    case 'd':
        request->difference = true;
        return 0;
    case 'D':
        return choose(request, optarg, false);
    case 'f':
        request->fix = true;
        return 0;
    case 'O':
        return choose(request, optarg, true);
    case 'q':
        request->quiet = true;
        return 0;
    case 'W':
        request->no_files = true;
        return 0;
    case OPTION_HOME:
        request->other_home = optarg;
        return 0;
    case OPTION_JSON:
        request->format = FORMAT_JSON;
        return 0;
    case OPTION_SARIF:
        request->format = FORMAT_SARIF;
        return 0;
    }
    fputs(usage, stderr);
    return EXIT_TROUBLE;
}

int main(int argc, char **argv)
{
    struct request request = {.home = getenv("HOME"), .first = true};
    int option, status = 0;

    request.enabled = mem_alloc_array(check_rule_count(), sizeof *request.enabled);
    memset(request.enabled, 1, check_rule_count() * sizeof *request.enabled);
    while (!status && (option = getopt_long(argc, argv, "dD:fO:qW", options, NULL)) != -1) {
        int answered = answer(option);

        if (answered >= 0) {
            free(request.enabled);
            return answered;
        }
        status = take_option(&request, option);
    }
    if (request.quiet)
        leave_out_notes(&request);
    if (!status)
        status = check_files(&request, argv + optind);
    free(request.enabled);
    return status;
}
