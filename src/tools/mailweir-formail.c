/* mailweir-formail: mail on standard input, changed, shown in part, or split; formail(1) of procmail. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "formail/formail.h"

extern char **environ;

enum { STATUS_USAGE = 64, STATUS_WRITE = 74 };

static const char synopsis[] =
    "usage: mailweir-formail [-bcfkrtYz] [-q[-]] [-p prefix] [-D size cache]\n"
    "                        [-l folder]\n"
    "                        [-A | -a | -I | -i | -U | -u | -X | -x field]\n"
    "                        [-R old new]\n"
    "       mailweir-formail [option ...] [+skip] [-total] [-Bde] [-m fields]\n"
    "                        [-n [processes]] -s [program [argument ...]]\n"
    "       mailweir-formail -h | -v | --help | --version\n";

/* clang-format off */
static const char help[] =
    "\n"
    "Changes, shows or splits the mail on standard input, as formail(1) does.\n"
    "\n"
    "  -a field       add the field unless there is one of that name\n"
    "  -A field       add the field\n"
    "  -i field       add the field; others of that name become Old-...\n"
    "  -I field       add the field; others of that name are removed\n"
    "  -u field       keep only the first of that name\n"
    "  -U field       keep only the last of that name\n"
    "  -R old new     rename fields\n"
    "  -x field       print the content of fields of that name\n"
    "  -X field       print fields of that name\n"
    "  -c             put each field on one line\n"
    "  -z             remove empty fields, and blanks around what -x prints\n"
    "  -f             make no From_ line\n"
    "  -b             do not quote lines of the body that begin with From_\n"
    "  -p prefix      quote with this, not with >\n"
    "  -r             make the header of a reply\n"
    "  -t             reply to the author, not to the envelope sender\n"
    "  -k             keep the body, with -r, -x or -X\n"
    "  -D size cache  remember Message-IDs, and tell duplicates\n"
    "  -l folder      print a summary as in procmail's log\n"
    "  -Y             do not believe Content-Length\n"
    "  -q             be quiet about what goes wrong (the default); -q-: do not\n"
    "  -s program     split into messages, run the program with each\n"
    "  -n processes   run so many at a time\n"
    "  -d             split digests, too\n"
    "  -e             messages may begin without an empty line before them\n"
    "  -m fields      so many known fields begin a message (2)\n"
    "  -B             split a BABYL file\n"
    "  -h             print this text to standard error, with status 64\n"
    "  -v             print the version to standard error, with status 64\n"
    "  --help         print this text\n"
    "  --version      print the version\n"
    "\n"
    "+number skips so many messages, -number ends after so many.\n"
    "See mailweir-formail(1).\n";
/* clang-format on */

static void say(void *ctx, struct span line)
{
    (void)ctx;
    fputs("formail: ", stderr);
    fwrite(line.p, 1, line.n, stderr);
    fputc('\n', stderr);
}

static int print_help(FILE *to, int status)
{
    return fputs(synopsis, to) < 0 || fputs(help, to) < 0 || fflush(to) ? STATUS_WRITE : status;
}

static int print_version(FILE *to, int status)
{
    return fputs("mailweir-formail " PACKAGE_VERSION "\n", to) < 0 || fflush(to) ? STATUS_WRITE : status;
}

static int complain(const char *wrong)
{
    if (wrong)
        fprintf(stderr, "formail: Invalid field-name: \"%s\"\n", wrong);
    fputs(synopsis, stderr);
    return STATUS_USAGE;
}

static int run(const struct formail *formail)
{
    struct formail_source *source = formail_source_fd(STDIN_FILENO);
    struct formail_programs *programs = NULL;
    struct formail_sink sink;
    int fd = STDOUT_FILENO, status;

    if (formail->split && *formail->program) {
        programs = formail_programs_new(formail, (const char *const *)environ);
        sink = formail_programs_sink(programs, say);
    } else {
        sink = formail_sink_fd(&fd, say);
    }
    signal(SIGPIPE, SIG_IGN); /* what cannot be written is told by the write */
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    status = formail_run(formail, source, &sink);
    if (programs)
        formail_programs_free(programs);
    else if (!formail->cache && close(STDOUT_FILENO) && status == 0)
        status = STATUS_WRITE; /* a file system that says so only now */
    formail_source_free(source);
    return status;
}

int main(int argc, char **argv)
{
    struct arena *arena;
    struct formail formail;
    const char *wrong;
    int status;

    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return print_help(stdout, 0);
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return print_version(stdout, 0);
    arena = arena_new();
    switch (formail_parse(&formail, (const char *const *)argv, arena, &wrong)) {
    case FORMAIL_HELP:
        status = print_help(stderr, STATUS_USAGE);
        break;
    case FORMAIL_VERSION:
        status = print_version(stderr, STATUS_USAGE);
        break;
    case FORMAIL_USAGE:
        status = complain(wrong);
        break;
    default:
        status = run(&formail);
        break;
    }
    formail_free(&formail);
    arena_free(arena);
    return status;
}
