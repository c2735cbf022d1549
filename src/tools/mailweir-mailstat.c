/* mailweir-mailstat: mailstat(1)'s job. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "stat/log.h"
#include "stat/report.h"

#define OLD_SUFFIX ".old"

enum {
    EXIT_MAIL = 0,
    EXIT_NO_MAIL = 1,
    PIECE = 1 << 16,
    HALF_A_YEAR = 31556952 / 2, /* after which ls(1) shows the year */
};

static const char usage[] = "usage: mailweir-mailstat [-klmost] [--html | --json] [logfile]\n"
                            "       mailweir-mailstat -h | --help | --version\n";

static const char help[] =
    "\n"
    "Sums up a log: for each folder, the bytes and messages that came.  Then the log\n"
    "is moved to logfile.old, and a new one begun.\n"
    "\n"
    "  -k         leave the log where it is\n"
    "  -l         show the average size, too\n"
    "  -m         merge all diagnostic messages into one line\n"
    "  -o         read logfile.old, and leave it where it is\n"
    "  -s         say nothing if no mail came\n"
    "  -t         terse: no head, no sums\n"
    "  --html     print a page, with charts over time\n"
    "  --json     print JSON\n"
    "  -h, -?     print this text to standard error, and end with 64\n"
    "  --help     print this text\n"
    "  --version  print the version\n"
    "\n"
    "Exit status: 0 mail came, 1 none came, 64 wrong use; see mailweir-mailstat(1).\n";

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_HTML };

struct request {
    enum format format;
    struct report_options report;
    bool keep, merge_faults, of_old, silent;
    struct buf name; /* of the log; empty: standard input */
    struct buf old;  /* where it is to go */
};

/* ---- the command line */

static int show_help(void)
{
    fputs(usage, stderr);
    fputs(help, stderr);
    return EX_USAGE;
}

static int set_flag(struct request *request, char flag)
{
    switch (flag) {
    case 'k':
        request->keep = true;
        return 0;
    case 'l':
        request->report.averages = true;
        return 0;
    case 'm':
        request->merge_faults = true;
        return 0;
    case 'o':
        request->of_old = request->keep = true;
        return 0;
    case 's':
        request->silent = true;
        return 0;
    case 't':
        request->report.terse = true;
        return 0;
    case 'h':
    case '?':
        return show_help();
    default:
        fputs(usage, stderr);
        return EX_USAGE;
    }
}

static int read_flags(struct request *request, const char *argument)
{
    int status = 0;

    if (!strcmp(argument, "--json"))
        request->format = FORMAT_JSON;
    else if (!strcmp(argument, "--html"))
        request->format = FORMAT_HTML;
    else
        while (!status && *++argument)
            status = set_flag(request, *argument);
    return status;
}

static bool ends_with_suffix(const struct buf *name)
{
    size_t n = strlen(OLD_SUFFIX);

    return name->n >= n && !memcmp(name->p + name->n - n, OLD_SUFFIX, n);
}

static void choose_log(struct request *request, const char *name)
{
    buf_add_text(&request->name, name ? name : "");
    buf_add_span(&request->old, buf_span(&request->name));
    if (ends_with_suffix(&request->name))
        request->keep = true;
    else
        buf_add_text(&request->old, OLD_SUFFIX);
    if (!request->of_old)
        return;
    buf_cut(&request->name, 0);
    buf_add_span(&request->name, buf_span(&request->old));
}

/* As mailstat's script does: all but the last argument must be flags. */
static int read_arguments(struct request *request, char **arguments)
{
    int status;

    for (; *arguments && strcmp(*arguments, "--"); arguments++) {
        if (**arguments != '-' || !(*arguments)[1]) {
            if (arguments[1])
                return show_help();
            break;
        }
        status = read_flags(request, *arguments);
        if (status)
            return status;
    }
    if (*arguments && !strcmp(*arguments, "--"))
        arguments++;
    choose_log(request, *arguments);
    return 0;
}

/* ---- no mail */

/* When the log was moved last, as ls(1) would show it. */
static void print_since(const char *old)
{
    struct stat st;
    struct tm tm;
    char text[32] = "";
    time_t now = time(NULL);

    if (stat(old, &st) == 0 && localtime_r(&st.st_mtime, &tm)) {
        bool recent = st.st_mtime <= now && now - st.st_mtime < HALF_A_YEAR;

        strftime(text, sizeof text, recent ? " %b %e %H:%M" : " %b %e %Y", &tm);
        if (text[5] == ' ') /* words of a shell: one blank between them */
            memmove(text + 5, text + 6, strlen(text + 5));
    }
    printf("No mail arrived since%s\n", text);
}

static void say_no_mail(const struct request *request)
{
    struct stat st;

    if (stat(request->name.p, &st) == 0 && S_ISREG(st.st_mode))
        print_since(request->old.p);
    else
        printf("Can't find your LOGFILE=%s\n", request->name.p);
}

static bool has_bytes(const char *name)
{
    struct stat st;

    return stat(name, &st) == 0 && st.st_size > 0;
}

/* ---- the report */

static void count_entry(void *ctx, const struct stat_entry *entry)
{
    tally_add(ctx, entry);
}

static int read_to_end(int fd, struct stat_reader *reader)
{
    static char piece[PIECE];
    ssize_t n;

    while ((n = read(fd, piece, sizeof piece)) != 0) {
        if (n > 0)
            stat_reader_feed(reader, span_make(piece, (size_t)n));
        else if (errno != EINTR)
            return -1;
    }
    return 0;
}

/* 0, or the status to end with. */
static int read_log(const struct request *request, const struct stat_log *log, struct tally *tally)
{
    struct stat_reader reader;
    bool quiet;
    int result;

    stat_reader_init(&reader, count_entry, tally);
    reader.merge_faults = request->merge_faults;
    result = read_to_end(log->fd, &reader);
    quiet = stat_log_is_quiet(log);
    if (result == 0)
        result = read_to_end(log->fd, &reader);
    if (result < 0)
        fprintf(stderr, "mailstat: cannot read '%s': %s\n", request->name.p, strerror(errno));
    else if (!quiet)
        fprintf(stderr, "mailstat: '%s' is still written to; what comes there from now on is not counted\n",
                request->old.p);
    stat_reader_end(&reader);
    return result < 0 ? EX_NOINPUT : 0;
}

static void print_report(const struct request *request, struct tally *tally)
{
    const char *log = request->name.n ? request->name.p : NULL;

    if (request->format == FORMAT_JSON)
        report_json(tally, log, stdout);
    else if (request->format == FORMAT_HTML)
        report_html(tally, log, stdout);
    else
        report_text(tally, &request->report, stdout);
}

/* What was read is not lost if nobody could be told. */
static int finish_output(const struct request *request, bool moved, int status)
{
    if (!fflush(stdout) && !ferror(stdout))
        return status;
    fprintf(stderr, "mailstat: cannot write the report: %s\n", strerror(errno));
    if (moved)
        fprintf(stderr, "mailstat: the log is in '%s': use -o\n", request->old.p);
    return EX_IOERR;
}

static int report(const struct request *request, const struct stat_log *log)
{
    struct tally *tally = tally_new();
    int status = read_log(request, log, tally);

    if (!status)
        print_report(request, tally);
    tally_free(tally);
    return finish_output(request, log->moved, status);
}

static int report_nothing(const struct request *request)
{
    struct tally *tally = tally_new();

    if (!request->silent && request->format == FORMAT_TEXT)
        say_no_mail(request);
    else if (!request->silent)
        print_report(request, tally);
    tally_free(tally);
    return finish_output(request, false, EXIT_NO_MAIL);
}

static int act(struct request *request)
{
    struct stat_log log = {.fd = STDIN_FILENO};
    struct err err;

    if (buf_span(&request->name).n == 1 && *request->name.p == '-')
        buf_cut(&request->name, 0);
    else if (!request->name.n && isatty(STDIN_FILENO)) {
        fputs("Most people don't type their own logfiles;  but, what do I care?\n", stderr);
        request->report.terse = true;
    }
    if (!request->name.n)
        return report(request, &log);
    if (!has_bytes(request->name.p))
        return report_nothing(request);
    if (!request->keep)
        signal(SIGPIPE, SIG_IGN); /* a report that nobody reads: it is told where the log is */
    if (stat_log_open(&log, request->name.p, request->keep ? NULL : request->old.p, &err)) {
        fprintf(stderr, "mailstat: %s\n", err.text);
        return err_sysexit(err.class);
    }
    return report(request, &log);
}

int main(int argc, char **argv)
{
    struct request request = {.format = FORMAT_TEXT};
    int status;

    if (argc == 2 && !strcmp(argv[1], "--help"))
        return fputs(usage, stdout) < 0 || fputs(help, stdout) < 0 || fflush(stdout) ? EX_IOERR : EX_OK;
    if (argc == 2 && !strcmp(argv[1], "--version"))
        return puts("mailweir-mailstat " PACKAGE_VERSION) < 0 || fflush(stdout) ? EX_IOERR : EX_OK;
    signal(SIGIO, SIG_IGN); /* a writer that comes while stat_log_is_quiet() looks */
    setlocale(LC_COLLATE, "");
    umask(S_IRWXG | S_IRWXO);
    buf_init(&request.name, BUF_UNLIMITED);
    buf_init(&request.old, BUF_UNLIMITED);
    request.report.plain = isatty(STDOUT_FILENO);
    status = read_arguments(&request, argv + 1);
    if (!status)
        status = act(&request);
    buf_free(&request.name);
    buf_free(&request.old);
    return status;
}
