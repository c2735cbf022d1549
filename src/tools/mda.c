#include "tools/mda.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "process/undo.h"
#include "recipe/trust.h"

#define SAFE_PATH "/usr/local/bin:/usr/bin:/bin"
#define PROCMAIL_VERSION "3.23pre"

/* ---- rights */

/* True when there was anything to give up. */
static bool assume(void *ctx)
{
    struct mda *mda = ctx;
    struct err err;

    if (mda->assumed)
        return false;
    mda->assumed = true;
    run_release_lock(mda->run);
    if (identity_assume(&mda->identity, &err) == 0)
        return true;
    fprintf(stderr, "procmail: %s\n", err.text);
    _exit(EX_NOPERM);
}

/* ---- variables the program starts with */

static void preset_identity(struct mda *mda)
{
    struct buf mailbox;

    buf_init(&mailbox, BUF_UNLIMITED);
    if (mda->identity.known)
        buf_printf(&mailbox, "%s/%s", MAIL_SPOOL, mda->identity.name);
    else
        buf_add_text(&mailbox, "/tmp/dead.letter");
    run_preset(mda->run, "LOGNAME", mda->identity.name);
    run_preset(mda->run, "SHELL", mda->identity.shell);
    run_preset(mda->run, "HOME", mda->identity.home);
    run_preset(mda->run, "ORGMAIL", mailbox.p);
    buf_free(&mailbox);
}

static void preset_settings(struct mda *mda)
{
    static const struct {
        const char *name, *value;
    } presets[] = {
        {"SHELLMETAS", "&|<>~;?*["}, {"LOCKEXT", ".lock"},
        {"MSGPREFIX", "msg."},       {"SHELLFLAGS", "-c"},
        {"SENDMAIL", SENDMAIL_PATH}, {"SENDMAILFLAGS", "-oi"},
        {"LINEBUF", "2048"},         {"PROCMAIL_VERSION", PROCMAIL_VERSION},
    };
    static const char *const unset[] = {"LASTFOLDER", "EXITCODE", "IFS", "ENV", "PWD"};
    char *path;

    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
        run_preset(mda->run, presets[i].name, presets[i].value);
    for (size_t i = 0; i < sizeof unset / sizeof *unset; i++)
        run_preset_unset(mda->run, unset[i]);
    run_preset(mda->run, "HOST", mda->host.nodename);
    path = run_expand(mda->run, "$HOME/bin:" SAFE_PATH);
    run_preset(mda->run, "PATH", path);
    free(path);
}

/* What came from outside: nothing but TZ, or with -p all that is not the loader's. */
static void import_environment(struct mda *mda)
{
    extern char **environ;
    const char *tz = getenv("TZ");

    if (!mda->options->preserve) {
        if (tz)
            run_preset(mda->run, "TZ", tz);
        return;
    }
    for (char **e = environ; *e; e++) {
        char *equals = strchr(*e, '=');
        char *name = equals ? mem_strndup(*e, (size_t)(equals - *e)) : NULL;

        if (name && *name && strncmp(name, "LD_", 3) && !run_get(mda->run, name))
            run_import(mda->run, name, equals + 1);
        free(name);
    }
}

bool mda_names_rc(const char *const *rest)
{
    for (; *rest; rest++)
        if (!strchr(*rest, '='))
            return true;
    return false;
}

static void preset_all(struct mda *mda)
{
    char *mailbox;
    bool filter = mda->options->mode == MDA_FILTER;

    import_environment(mda);
    preset_identity(mda);
    if (!(mda->options->preserve && filter)) {
        preset_settings(mda);
        if (mda->options->mode != MDA_DELIVER && mda_names_rc(mda->options->rest))
            run_preset(mda->run, "COMSAT", "no");
    }
    mailbox = run_expand(mda->run, "$ORGMAIL");
    run_preset(mda->run, "DEFAULT", mailbox);
    free(mailbox);
    if (filter) /* it is not for the system mailbox, although DEFAULT still names it */
        run_forget_mailbox(mda->run);
}

/* ---- rc files */

static struct rc *parse_trusted(struct mda *mda, const char *path, enum trust_origin origin, bool complain)
{
    struct rc *rc = NULL;
    struct buf text;

    buf_init(&text, BUF_UNLIMITED);
    switch (trust_read(path, origin, mda->identity.uid, mda->identity.gid, &text)) {
    case TRUST_OK:
        rc = rc_parse(path, buf_span(&text));
        break;
    case TRUST_SUSPICIOUS:
        trace_say_text(&mda->trace, TRACE_SUSPICIOUS_RC, path);
        trace_say_text(&mda->trace, TRACE_CANNOT_READ, path);
        break;
    default:
        if (complain)
            trace_say_text(&mda->trace, TRACE_CANNOT_READ, path);
    }
    buf_free(&text);
    return rc;
}

/* Where relative names count from: $HOME, unless the rc lay in the current directory. */
static void go_to_maildir(struct mda *mda, bool from_current)
{
    const char *home = run_get(mda->run, "HOME");

    if (run_has_maildir(mda->run))
        return;
    if (from_current) {
        run_set_maildir(mda->run, ".");
        return;
    }
    if (!home || chdir(home)) {
        trace_say_text(&mda->trace, TRACE_CANNOT_CHDIR, home ? home : "");
        home = ".";
    }
    run_set_maildir(mda->run, home);
}

/* `$_` names an rc of the current directory by MAILDIR, where that was set already and is absolute. */
static void name_by_maildir(struct mda *mda, struct rc *rc)
{
    const char *maildir = run_get(mda->run, "MAILDIR");
    struct buf name;

    if (!maildir || *maildir != '/')
        return;
    buf_init(&name, BUF_UNLIMITED);
    buf_printf(&name, "%s/%s", maildir, rc->name);
    rc->name = arena_strdup(rc->arena, name.p);
    buf_free(&name);
}

static enum run_end run_rc(struct mda *mda, struct rc *rc, bool from_current)
{
    if (from_current)
        go_to_maildir(mda, true);
    trace_say_text(&mda->trace, TRACE_RCFILE, rc->name);
    if (from_current)
        name_by_maildir(mda, rc);
    go_to_maildir(mda, false);
    return run_file(mda->run, rc);
}

/* The path of an rc named on the command line, and where it comes from; free() it. */
static char *named_rc(const struct mda *mda, const char *name, enum trust_origin *origin)
{
    const char *home = run_get(mda->run, "HOME");
    struct buf path;

    *origin = TRUST_NAMED;
    if (*name != '/' && (mda->options->mode == MDA_FILTER || !strncmp(name, "./", 2)))
        *origin = TRUST_CURRENT;
    if (*name == '/' || *origin == TRUST_CURRENT)
        return mem_strdup(name);
    buf_init(&path, BUF_UNLIMITED);
    buf_printf(&path, "%s/%s", home ? home : "", name);
    return buf_take(&path);
}

/* The first one that can be read is used, unless its HOST sends us to the next. */
static enum run_end run_named_rcs(struct mda *mda, const char *const *names)
{
    bool complain = true, host_mismatched = false;

    for (; *names; names++) {
        enum trust_origin origin;
        enum run_end end;
        struct rc *rc;
        char *path;

        if (strchr(*names, '='))
            continue;
        path = named_rc(mda, *names, &origin);
        rc = parse_trusted(mda, path, origin, complain);
        free(path);
        if (!rc) {
            complain = false;
            continue;
        }
        end = run_rc(mda, rc, origin == TRUST_CURRENT);
        if (end != RUN_HOST)
            return end;
        host_mismatched = true;
    }
    return host_mismatched ? RUN_HOST : RUN_END_OF_FILE;
}

/* Where rights were given up for it, it begins without what the administrator's had made verbose. */
static enum run_end run_default_rc(struct mda *mda, bool had_rights)
{
    struct buf path;
    struct rc *rc;
    enum run_end end = RUN_END_OF_FILE;

    buf_init(&path, BUF_UNLIMITED);
    buf_printf(&path, "%s/%s", run_get(mda->run, "HOME"), MDA_DEFAULT_RC);
    rc = parse_trusted(mda, path.p, TRUST_DEFAULT, false);
    if (rc && had_rights)
        run_silence(mda->run);
    if (rc)
        end = run_rc(mda, rc, false);
    buf_free(&path);
    return end;
}

/* The administrator's, with the rights we have and a PATH that is his, where we were started. */
static enum run_end run_global(struct mda *mda, struct rc *rc)
{
    char *path = mem_strdup(run_get(mda->run, "PATH"));
    enum run_end end;

    trace_say_text(&mda->trace, TRACE_RCFILE, rc->name);
    run_assign(mda->run, "PATH", span_of(SAFE_PATH));
    end = run_file(mda->run, rc);
    if (end == RUN_END_OF_FILE || end == RUN_HOST) {
        run_assign(mda->run, "PATH", span_of(path));
        end = RUN_END_OF_FILE; /* a HOST that is not ours ends this file and no more */
    }
    free(path);
    return end;
}

static enum run_end run_global_rc(struct mda *mda)
{
    struct buf text;
    enum run_end end = RUN_END_OF_FILE;

    buf_init(&text, BUF_UNLIMITED);
    switch (trust_read(GLOBAL_RC, TRUST_NAMED, 0, 0, &text)) {
    case TRUST_OK:
        end = run_global(mda, rc_parse(GLOBAL_RC, buf_span(&text)));
        break;
    case TRUST_SUSPICIOUS:
        trace_say_text(&mda->trace, TRACE_SUSPICIOUS_RC, GLOBAL_RC);
        break;
    default: /* most have none */
        break;
    }
    buf_free(&text);
    return end;
}

/* ---- the whole of it */

static void assign_from_command_line(struct mda *mda)
{
    for (; *mda->rest; mda->rest++) {
        if (strchr(*mda->rest, '='))
            run_assign_argument(mda->run, span_of(*mda->rest));
        else if (mda->options->mode == MDA_FILTER)
            return; /* what stands behind the rc file are its arguments */
    }
}

static enum run_end run_all(struct mda *mda)
{
    const struct mda_options *options = mda->options;
    const char *const *names = options->mode == MDA_DELIVER ? mda->rest : options->rest;
    enum run_end end = RUN_END_OF_FILE;
    bool had_rights;

    if (options->mode == MDA_FILTER) {
        const char *name[] = {*mda->rest, NULL};

        assume(mda);
        return run_named_rcs(mda, name);
    }
    if (!options->preserve && !mda_names_rc(names))
        end = run_global_rc(mda);
    if (end != RUN_END_OF_FILE)
        return end;
    had_rights = !mda->assumed && geteuid() != mda->identity.uid;
    assume(mda);
    return mda_names_rc(names) ? run_named_rcs(mda, names) : run_default_rc(mda, had_rights);
}

/* For mailweir-test: the variables as they are at the end, each with a NUL behind it, and a SENDMAIL
 * without `=` where one was refused.  A clone's variables are not those of the message's own way. */
static void tell_variables(struct mda *mda, pid_t first)
{
    int fd = mda->options->variables_fd;
    struct buf text;

    if (fd <= STDERR_FILENO)
        return;
    buf_init(&text, BUF_UNLIMITED);
    if (run_left_sandbox(mda->run))
        buf_add(&text, "SENDMAIL", sizeof "SENDMAIL");
    for (const char *const *v = run_variables(mda->run); *v && getpid() == first; v++)
        buf_add(&text, *v, strlen(*v) + 1);
    if (io_write(fd, text.p, text.n)) {
        /* then the test fails */
    }
    buf_free(&text);
}

int mda_sort(struct mda *mda, struct message *message)
{
    const struct mda_options *options = mda->options;
    const char *const *arguments = options->arguments;
    struct run_options run_options = {
        .ops = mda->ops,
        .ops_ctx = mda->ops_ctx,
        .trace = &mda->trace,
        .message = message,
        .berkeley = options->berkeley,
        .soft = options->soft,
        .invoked_as = options->invoked_as,
        .arguments = arguments,
        .uid = mda->identity.uid,
        .gid = mda->identity.gid,
        .host = mda->host.nodename,
        .no_biff = options->mode != MDA_DELIVER && mda_names_rc(options->rest),
        .drop_privileges = assume,
        .drop_ctx = mda,
        .sandbox = options->sandbox,
    };
    pid_t first = getpid();
    enum run_end end;
    int status;

    if (options->variables_fd > STDERR_FILENO)
        (void)fcntl(options->variables_fd, F_SETFD, FD_CLOEXEC);
    if (options->mode == MDA_FILTER) {
        for (arguments = options->rest; *arguments && strchr(*arguments, '=');)
            arguments++;
        run_options.arguments = *arguments ? arguments + 1 : arguments;
    }
    mda->run = run_new(&run_options);
    preset_all(mda);
    if (options->sandbox && options->sendmail)
        run_hold_sendmail(mda->run, options->sendmail);
    if (*mda->rest && options->mode != MDA_DELIVER)
        assume(mda); /* what the caller assigns is not to be evaluated with more rights than his */
    assign_from_command_line(mda);
    end = run_all(mda);
    assume(mda);
    status = end == RUN_HOST ? run_finish_undelivered(mda->run) : run_finish(mda->run, end);
    tell_variables(mda, first);
    run_free(mda->run);
    mda->run = NULL;
    undo_all();
    return status;
}
