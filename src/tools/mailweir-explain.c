/* mailweir-explain: what an rc file would do with a message. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "explain/dry.h"
#include "explain/input.h"
#include "process/signal.h"
#include "tools/explain-against.h"
#include "tools/mda.h"
#include "tools/mda-read.h"

enum { PAGE_MAX = 1 << 16, AGAINST_LIMIT = 60 /* seconds */ };

enum form { FORM_TEXT, FORM_QUIET, FORM_JSON, FORM_HTML };

struct settings {
    enum form form;
    bool allow_commands, assume_yes, both, return_status, help, version;
    const char *message, *colour, *against;
    unsigned long number, timeout;
};

static const char help[] = "usage: mailweir-explain [option ...] [agent option ...] [name=value ...]\n"
                           "                        [rcfile ...]\n"
                           "       mailweir-explain --help | --version\n"
                           "\n"
                           "Tells what an rc file would do with the message on standard input.  Nothing is\n"
                           "delivered.  Rc files and the agent's options are as with mailweir(1).\n"
                           "\n"
                           "  --against PROGRAM    compare with what this program, procmail, does\n"
                           "  --allow-commands     run programs whose output or exit status decides\n"
                           "  --assume yes|no      of conditions that would need one: what they say (no)\n"
                           "  --both               of such conditions: what would be done either way\n"
                           "  --color WHEN         auto, always or never\n"
                           "  --exit-status        end with the exit status that the agent would have\n"
                           "  --html               one page\n"
                           "  --json               for programs\n"
                           "  --message FILE       the message is in this file\n"
                           "  --number N           of an mbox, the N-th message\n"
                           "  --quiet              only the outcome\n"
                           "  --timeout SECONDS    of a program (30)\n"
                           "  --help               print this text\n"
                           "  --version            print the version\n"
                           "\n"
                           "See mailweir-explain(1).\n";

static int fail(const struct err *err)
{
    fprintf(stderr, "mailweir-explain: %s\n", err->text);
    return err_sysexit(err->class);
}

/* ---- the command line */

static bool number_of(const char *text, unsigned long *number)
{
    char *end;

    errno = 0;
    *number = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && !errno && *number > 0 && *number < 1000000000;
}

static bool set_assume(struct settings *s, const char *value)
{
    s->assume_yes = !strcmp(value, "yes");
    return s->assume_yes || !strcmp(value, "no");
}

static bool set_both(struct settings *s, const char *value)
{
    (void)value;
    return s->both = true;
}

static bool set_colour(struct settings *s, const char *value)
{
    s->colour = value;
    return !strcmp(value, "auto") || !strcmp(value, "always") || !strcmp(value, "never");
}

static bool set_message(struct settings *s, const char *value)
{
    s->message = value;
    return *value;
}

static bool set_against(struct settings *s, const char *value)
{
    s->against = value;
    return *value;
}

static bool set_number(struct settings *s, const char *value)
{
    return number_of(value, &s->number);
}

static bool set_timeout(struct settings *s, const char *value)
{
    return number_of(value, &s->timeout);
}

static bool set_allow(struct settings *s, const char *value)
{
    (void)value;
    return s->allow_commands = true;
}

static bool set_status(struct settings *s, const char *value)
{
    (void)value;
    return s->return_status = true;
}

static bool set_html(struct settings *s, const char *value)
{
    (void)value;
    s->form = FORM_HTML;
    return true;
}

static bool set_json(struct settings *s, const char *value)
{
    (void)value;
    s->form = FORM_JSON;
    return true;
}

static bool set_quiet(struct settings *s, const char *value)
{
    (void)value;
    s->form = FORM_QUIET;
    return true;
}

static bool set_help(struct settings *s, const char *value)
{
    (void)value;
    return s->help = true;
}

static bool set_version(struct settings *s, const char *value)
{
    (void)value;
    return s->version = true;
}

static const struct {
    const char *name;
    bool takes_value;
    bool (*set)(struct settings *s, const char *value);
} options[] = {
    {"--against", true, set_against},
    {"--allow-commands", false, set_allow},
    {"--assume", true, set_assume},
    {"--both", false, set_both},
    {"--color", true, set_colour},
    {"--exit-status", false, set_status},
    {"--html", false, set_html},
    {"--json", false, set_json},
    {"--message", true, set_message},
    {"--number", true, set_number},
    {"--quiet", false, set_quiet},
    {"--timeout", true, set_timeout},
    {"--help", false, set_help},
    {"--version", false, set_version},
};

/* One of ours at argv[i]?  How many words it took, 0: none of ours, -1: a wrong one. */
static int take_option(struct settings *s, char **argv, int i)
{
    size_t n = strcspn(argv[i], "=");

    for (size_t k = 0; k < sizeof options / sizeof *options; k++) {
        const char *value = argv[i][n] ? argv[i] + n + 1 : argv[i + 1];

        if (strlen(options[k].name) != n || strncmp(argv[i], options[k].name, n))
            continue;
        if (!options[k].takes_value)
            return !argv[i][n] && options[k].set(s, NULL) ? 1 : -1;
        if (!value || !options[k].set(s, value))
            return -1;
        return argv[i][n] ? 1 : 2;
    }
    return strncmp(argv[i], "--", 2) ? 0 : -1;
}

/* Takes our options out of argv; 0, or -1: told. */
static int parse(struct settings *s, int *argc, char **argv)
{
    int kept = 1, taken;
    bool ended = false;

    for (int i = 1; i < *argc; i += taken) {
        ended = ended || !strcmp(argv[i], "--");
        taken = ended ? 0 : take_option(s, argv, i);
        if (taken < 0) {
            fprintf(stderr, "mailweir-explain: wrong option or value: '%s'; see --help\n", argv[i]);
            return -1;
        }
        if (taken == 0) {
            argv[kept++] = argv[i];
            taken = 1;
        }
    }
    argv[kept] = NULL;
    *argc = kept;
    return 0;
}

/* ---- what is to be explained */

static const char *home_of(const struct mda *mda)
{
    const char *home = mda->identity.home;

    for (const char *const *word = mda->options->rest; *word; word++)
        if (!strncmp(*word, "HOME=", 5))
            home = *word + 5;
    return home;
}

static int check_rc(const struct mda *mda, const char *name, struct err *err)
{
    bool here = *name == '/' || mda->options->mode == MDA_FILTER || !strncmp(name, "./", 2);
    struct buf path;
    int result;

    buf_init(&path, BUF_UNLIMITED);
    if (!here)
        buf_printf(&path, "%s/", home_of(mda));
    buf_add_text(&path, name);
    result = input_check_rc(path.p, err);
    buf_free(&path);
    return result;
}

/* The first one that is there counts, as with the agent. */
static int check_rcs(const struct mda *mda, struct err *err)
{
    struct err first = {0};

    if (!mda_names_rc(mda->options->rest) && mda->options->mode == MDA_FILTER)
        return err_set(err, ERR_NOINPUT, "cannot read an rc file: -m needs its name");
    if (!mda_names_rc(mda->options->rest))
        return check_rc(mda, MDA_DEFAULT_RC, err);
    for (const char *const *word = mda->options->rest; *word; word++) {
        if (strchr(*word, '='))
            continue;
        if (check_rc(mda, *word, err) == 0)
            return 0;
        if (err->class != ERR_NOINPUT)
            return -1;
        if (!first.class)
            first = *err;
    }
    *err = first;
    return -1;
}

static struct message *read_message(const struct settings *s, const struct mda *mda, struct err *err)
{
    int fd = STDIN_FILENO;
    struct message *message;

    if (s->message)
        fd = input_open(s->message, err);
    if (fd < 0)
        return NULL;
    if (isatty(fd)) {
        err_set(err, ERR_NOINPUT, "there is no message: give one on standard input, or by --message");
        return NULL;
    }
    message =
        s->number ? input_from_mbox(fd, s->number, err) : mda_read(fd, mda->options, mda->identity.name, err);
    if (s->message)
        close(fd);
    if (message && input_check_message(message, err)) {
        message_free(message);
        return NULL;
    }
    return message;
}

/* What a page shows of it, copied: the message goes its own way. */
static struct span copy_area(struct explain *explain, struct message *message, enum message_area area)
{
    struct span text;

    if (message_area_open(message, area, &text, NULL))
        return SPAN_NULL;
    text = explain_keep(explain, span_make(text.p, text.n < PAGE_MAX ? text.n : PAGE_MAX));
    message_area_close(message);
    return text;
}

static bool wants_colour(const struct settings *s, FILE *to)
{
    const char *no = getenv("NO_COLOR");

    if (s->colour && strcmp(s->colour, "auto"))
        return !strcmp(s->colour, "always");
    return !(no && *no) && isatty(fileno(to));
}

static void print(const struct settings *s, const struct explain *explain, struct explain_page *page,
                  FILE *to)
{
    switch (s->form) {
    case FORM_QUIET:
        explain_quiet(explain, to);
        break;
    case FORM_JSON:
        explain_json(explain, page, to);
        break;
    case FORM_HTML:
        explain_html(explain, page, to);
        break;
    default:
        page->colour = wants_colour(s, to);
        explain_text(explain, page, to);
    }
}

/* ---- one explanation */

struct session {
    struct settings settings;
    struct mda mda;
    struct explain explain;
    struct explain_dry dry;
    struct trace_log log;
    struct deliver_real real;
    FILE *to;
    char **argv; /* of the agent */
};

/* Programs may print; so our own output moves out of their way. */
static int allow_commands(struct session *session, struct err *err)
{
    trace_log_init(&session->log, STDERR_FILENO);
    if (deliver_real_init(&session->real, &session->mda.trace, &session->log, err))
        return -1;
    session->real.always_fork = true;
    session->dry.real = &session->real;
    session->to = fdopen(session->real.standard_output, "w");
    return session->to ? 0 : err_set_errno(err, ERR_OSERR, "cannot open standard output");
}

static int begin(struct session *session, struct err *err)
{
    const struct settings *s = &session->settings;

    explain_init(&session->explain);
    trace_add_reader(&session->mda.trace, &session->explain.reader);
    explain_dry_init(&session->dry, &session->explain, &session->mda.trace);
    session->dry.assume_yes = s->assume_yes;
    session->dry.both = s->both;
    if (s->timeout)
        session->dry.timeout = (long)s->timeout;
    session->mda.ops = &explain_dry_ops;
    session->mda.ops_ctx = &session->dry;
    session->mda.assumed = true; /* there are no rights to give up */
    session->mda.rest = session->mda.options->rest;
    session->to = stdout;
    if (uname(&session->mda.host))
        return err_set_errno(err, ERR_OSERR, "cannot tell the name of this host");
    return s->allow_commands ? allow_commands(session, err) : 0;
}

static int end(struct session *session)
{
    int status = session->settings.return_status ? session->explain.status : EX_OK;

    if (fflush(session->to) || ferror(session->to)) {
        fprintf(stderr, "mailweir-explain: cannot write: %s\n", strerror(errno));
        status = EX_IOERR;
    } else if (session->explain.timed_out) {
        fputs("mailweir-explain: a command was ended for it took too long\n", stderr);
        status = EX_TEMPFAIL;
    }
    return status;
}

static int explain_message(struct session *session, struct message *message)
{
    struct explain_page page = {.size = message_size(message)};

    page.head = copy_area(&session->explain, message, MESSAGE_AREA_HEAD);
    page.body = copy_area(&session->explain, message, MESSAGE_AREA_BODY);
    explain_dry_end(&session->dry, mda_sort(&session->mda, message));
    print(&session->settings, &session->explain, &page, session->to);
    return end(session);
}

/* ---- two programs */

static void walk(void *ctx, const char *const *words, struct message *message, int to)
{
    struct session *session = ctx;
    struct err err;

    if (begin(session, &err))
        _exit(fail(&err));
    session->mda.rest = words;
    session->dry.to_parent = to;
    explain_dry_end(&session->dry, mda_sort(&session->mda, message));
}

static int compare(struct session *session, struct message *message)
{
    const struct settings *s = &session->settings;
    struct explain_against against = {
        .other = s->against,
        .mda = &session->mda,
        .argv = session->argv,
        .home = home_of(&session->mda),
        .message = message,
        .allow_commands = s->allow_commands,
        .limit = s->timeout ? (long)s->timeout : AGAINST_LIMIT,
        .walk = walk,
        .ctx = session,
    };
    struct err err;
    int result = explain_against(&against, stdout, &err);

    message_free(message);
    if (result < 0)
        return fail(&err);
    return fflush(stdout) ? EX_IOERR : result;
}

static int run(struct session *session)
{
    struct mda *mda = &session->mda;
    struct message *message;
    struct err err;
    int status;

    if (identity_of_invoker(&mda->identity, getenv("LOGNAME"), &err) || check_rcs(mda, &err))
        return fail(&err);
    message = read_message(&session->settings, mda, &err);
    if (!message)
        return fail(&err);
    if (session->settings.against)
        return compare(session, message);
    if (begin(session, &err)) {
        message_free(message);
        return fail(&err);
    }
    status = explain_message(session, message);
    explain_dry_free(&session->dry);
    explain_free(&session->explain);
    return status;
}

int main(int argc, char **argv)
{
    struct session session = {0};
    struct mda_options mda_options;
    int status;

    umask(S_IRWXG | S_IRWXO);
    signal_install();
    if (parse(&session.settings, &argc, argv))
        return EX_USAGE;
    if (session.settings.help || session.settings.version) {
        fputs(session.settings.help ? help : "mailweir-explain " PACKAGE_VERSION "\n", stdout);
        return EX_OK;
    }
    if (session.settings.both && session.settings.allow_commands) {
        fputs("mailweir-explain: --both is for commands that are not run, --allow-commands runs them\n",
              stderr);
        return EX_USAGE;
    }
    argv[0] = mem_strdup("procmail"); /* the agent's name tells its options from recipients */
    mda_options_parse(&mda_options, argc, argv);
    if (mda_options.mode != MDA_NORMAL && mda_options.mode != MDA_FILTER) {
        fputs("mailweir-explain: of the agent's options -d, -h, -v and -z make no sense here\n", stderr);
        return EX_USAGE;
    }
    session.mda.options = &mda_options;
    session.argv = argv;
    status = run(&session);
    identity_free(&session.mda.identity);
    mda_options_free(&mda_options);
    free(argv[0]);
    return status;
}
