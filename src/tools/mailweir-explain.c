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
#include "tools/explain-options.h"
#include "tools/explain-rc.h"
#include "tools/mda.h"
#include "tools/mda-mailbox.h"
#include "tools/mda-read.h"
#include "tools/mda-recipient.h"

enum { PAGE_MAX = 1 << 16, AGAINST_LIMIT = 60 /* seconds */ };

static int fail(const struct err *err)
{
    fprintf(stderr, "mailweir-explain: %s\n", err->text);
    return err_sysexit(err->class);
}

/* ---- what is to be explained */

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
    if (message && !s->anyway && input_check_message(message, err)) {
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
    session->dry.ends = s->ends;
    if (s->timeout)
        session->dry.timeout = (long)s->timeout;
    session->mda.ops = &explain_dry_ops;
    session->mda.ops_ctx = &session->dry;
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
    } else if (signal_received()) {
        fputs("mailweir-explain: a signal came, so this may not be all\n", stderr);
        status = EX_TEMPFAIL;
    }
    return status;
}

static struct explain_page page_of(struct explain *explain, struct message *message)
{
    struct explain_page page = {.size = message_size(message)};

    page.head = copy_area(explain, message, MESSAGE_AREA_HEAD);
    page.body = copy_area(explain, message, MESSAGE_AREA_BODY);
    return page;
}

static void add_note(struct explain *explain, const char *text)
{
    explain_add(explain, EXPLAIN_NOTE, NULL)->text = explain_keep(explain, span_of(text));
}

/* As root the agent makes a system mailbox that is missing, before anything else. */
static void foresee_mailbox(struct session *session, struct buf *path)
{
    const struct identity *identity = &session->mda.identity;

    struct stat st;

    buf_printf(path, "%s/%s", MAIL_SPOOL, identity->name);
    if (geteuid() != 0 || access(MAIL_SPOOL, F_OK) || lstat(path->p, &st) == 0)
        return;
    session->dry.made = path->p;
    add_note(&session->explain, "the system mailbox would be made first");
}

/* In a process of its own, which gives up the rights that the recipient does not have. */
_Noreturn static void sort_for(struct session *session, const char *name, struct message *message)
{
    static const char *const nothing[] = {NULL};
    struct mda *mda = &session->mda;
    struct buf mailbox;
    struct err err;
    int status;

    identity_free(&mda->identity);
    mda->rest = nothing;
    if (mda_recipient_find(&mda->identity, name, &err)) {
        add_note(&session->explain, err.text);
        status = err_sysexit(err.class);
    } else {
        buf_init(&mailbox, BUF_UNLIMITED);
        foresee_mailbox(session, &mailbox);
        status = mda_sort(mda, message);
    }
    explain_dry_end(&session->dry, status);
    abort(); /* it does not come here */
}

/* Their end is the agent's: the last one's, if all went well. */
static int sort_for_all(struct session *session, struct message *message)
{
    const struct mda_options *options = session->mda.options;
    const char *const *name = options->rest;
    bool failed = false;
    int status = EX_OK;

    for (; *name; name++) {
        if (explain_dry_recipient(&session->dry, *name, &status))
            sort_for(session, *name, message);
        failed = failed || (name[1] && status != EX_OK);
    }
    message_free(message);
    return failed ? (options->soft ? EX_TEMPFAIL : EX_CANTCREAT) : status;
}

static int explain_message(struct session *session, struct message *message)
{
    struct explain_page page = page_of(&session->explain, message);
    int status = session->mda.options->mode == MDA_DELIVER ? sort_for_all(session, message)
                                                           : mda_sort(&session->mda, message);

    explain_dry_end(&session->dry, status);
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
        .home = explain_home(&session->mda),
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

/* As the agent takes it. */
static const char *invoker_hint(const struct mda_options *options)
{
    return options->mode == MDA_DELIVER ? NULL : getenv("LOGNAME");
}

static int run(struct session *session)
{
    struct mda *mda = &session->mda;
    struct message *message;
    struct err err;
    int status;

    if (identity_of_invoker(&mda->identity, invoker_hint(mda->options), &err))
        return fail(&err);
    if (mda->options->mode == MDA_FILTER)
        mda_recipient_of_rc(&mda->identity, mda->options);
    if (explain_check_rcs(mda, session->settings.anyway, &err))
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

static bool is_sorting(const struct mda_options *options)
{
    return options->mode == MDA_NORMAL || options->mode == MDA_FILTER || options->mode == MDA_DELIVER;
}

int main(int argc, char **argv)
{
    struct session session = {0};
    struct mda_options mda_options;
    int status;

    umask(S_IRWXG | S_IRWXO);
    signal_install();
    if (explain_options_parse(&session.settings, &argc, argv))
        return EX_USAGE;
    if (session.settings.help || session.settings.version) {
        fputs(session.settings.help ? explain_help : "mailweir-explain " PACKAGE_VERSION "\n", stdout);
        return EX_OK;
    }
    argv[0] = mem_strdup("procmail"); /* the agent's name tells its options from recipients */
    mda_options_parse(&mda_options, argc, argv);
    if (!is_sorting(&mda_options)) {
        fputs("mailweir-explain: of the agent's options -h, -v and -z make no sense here\n", stderr);
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
