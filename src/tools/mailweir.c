/* The mail delivery agent: procmail(1)'s job. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "deliver/real.h"
#include "process/identity.h"
#include "process/signal.h"
#include "process/spawn.h"
#include "tools/mda.h"
#include "tools/mda-mailbox.h"
#include "tools/mda-options.h"
#include "tools/mda-read.h"
#include "tools/mda-recipient.h"
#include "trace/count.h"
#include "trace/log.h"
#include "trace/tell.h"

/* One message for one recipient. */
struct delivery {
    struct mda mda;
    struct trace_log log;
    struct trace_tell tell;
    struct trace_count count;
    struct deliver_real real;
};

static void say(const char *text)
{
    fprintf(stderr, "procmail: %s\n", text);
}

/* ---- one delivery */

/* What a delivery holds is given back; the status goes on to the caller. */
static int finish(struct delivery *delivery, int status)
{
    identity_free(&delivery->mda.identity);
    trace_log_free(&delivery->log);
    return status;
}

static int fail(struct delivery *delivery, const struct err *err)
{
    say(err->text);
    return finish(delivery, err_sysexit(err->class));
}

static int deliver(struct delivery *delivery, struct message *message)
{
    return finish(delivery, mda_sort(&delivery->mda, message));
}

/* ---- for whom */

static int begin(struct delivery *delivery, struct err *err)
{
    if (uname(&delivery->mda.host))
        return err_set_errno(err, ERR_OSERR, "cannot tell the name of this host");
    trace_log_init(&delivery->log, STDERR_FILENO);
    trace_add_reader(&delivery->mda.trace, &delivery->log.reader);
    delivery->mda.ops = &deliver_real_ops;
    delivery->mda.ops_ctx = &delivery->real;
    if (deliver_real_init(&delivery->real, &delivery->mda.trace, &delivery->log, err))
        return -1;
    delivery->real.always_fork = getenv("MAILWEIR_ALWAYS_FORK") != NULL; /* for the tests */
    if (delivery->mda.options->tell) {
        trace_tell_init(&delivery->tell, delivery->real.standard_output);
        trace_add_reader(&delivery->mda.trace, &delivery->tell.reader);
    }
    if (delivery->mda.options->count_fd > STDERR_FILENO) {
        trace_count_init(&delivery->count, delivery->mda.options->count_fd);
        trace_add_reader(&delivery->mda.trace, &delivery->count.reader);
    }
    return 0;
}

static int deliver_to_invoker(const struct mda_options *options)
{
    struct delivery delivery = {.mda = {.options = options, .rest = options->rest}};
    struct message *message;
    struct err err;

    if (begin(&delivery, &err) || identity_of_invoker(&delivery.mda.identity, getenv("LOGNAME"), &err))
        return fail(&delivery, &err);
    if (options->mode == MDA_FILTER) {
        if (!mda_names_rc(options->rest)) {
            say("Missing rcfile");
            return finish(&delivery, EX_NOINPUT);
        }
        mda_recipient_of_rc(&delivery.mda.identity, options);
    }
    message = mda_read(STDIN_FILENO, options, delivery.mda.identity.name, &err);
    if (!message)
        return fail(&delivery, &err);
    return deliver(&delivery, message);
}

static int deliver_to_user(const struct mda_options *options, const char *name, struct message *message)
{
    static const char *const nothing[] = {NULL};
    struct delivery delivery = {.mda = {.options = options, .rest = nothing}};
    struct err err;

    if (begin(&delivery, &err))
        return fail(&delivery, &err);
    if (mda_recipient_find(&delivery.mda.identity, name, &err)) {
        message_free(message);
        return fail(&delivery, &err);
    }
    if (mda_mailbox_make(MAIL_SPOOL, &delivery.mda.identity, &err))
        say(err.text); /* delivery will tell whether it matters */
    return deliver(&delivery, message);
}

/* A child for each but the last, so that one's recipe cannot touch the other's mail. */
static int deliver_to_users(const struct mda_options *options)
{
    struct identity invoker;
    struct message *message;
    struct err err;
    const char *const *name = options->rest;
    bool failed = false;
    int status;

    if (identity_of_invoker(&invoker, NULL, &err)) {
        say(err.text);
        return err_sysexit(err.class);
    }
    message = mda_read(STDIN_FILENO, options, invoker.name, &err);
    identity_free(&invoker);
    if (!message) {
        say(err.text);
        return err_sysexit(err.class);
    }
    for (; name[1]; name++) {
        pid_t pid = fork();

        if (pid == 0)
            exit(deliver_to_user(options, *name, message));
        failed = pid < 0 || spawn_wait(pid, 0, NULL) != 0 || failed;
    }
    status = deliver_to_user(options, *name, message);
    return failed ? (options->soft ? EX_TEMPFAIL : EX_CANTCREAT) : status;
}

/* ---- what is not a delivery */

static int show_version(FILE *to)
{
    struct identity identity;

    fprintf(to, "mailweir %s\n\n", PACKAGE_VERSION);
    fprintf(to, "Locking strategies:\tdotlocking, fcntl()\n");
    fprintf(to, "Default rcfile:\t\t$HOME/%s\n\tIt may be writable by your primary group\n", MDA_DEFAULT_RC);
    if (identity_of_invoker(&identity, NULL, NULL) == 0) {
        fprintf(to, "Your system mailbox:\t%s/%s\n", MAIL_SPOOL, identity.name);
        identity_free(&identity);
    }
    return EX_OK;
}

static int show_help(FILE *to)
{
    mda_usage(to);
    fputs(mda_help, to);
    return to == stdout ? EX_OK : EX_USAGE;
}

static int serve_lmtp(void)
{
    execlp("mailweird", "mailweird", "--stdio", "lmtp", (char *)NULL);
    fprintf(stderr, "mailweir: cannot start 'mailweird', which serves LMTP: %s\n", strerror(errno));
    return EX_USAGE;
}

static int act(const struct mda_options *options)
{
    switch (options->mode) {
    case MDA_VERSION:
        return show_version(stderr);
    case MDA_LONG_VERSION:
        return show_version(stdout);
    case MDA_USAGE:
        return show_help(stderr);
    case MDA_LONG_HELP:
        return show_help(stdout);
    case MDA_LMTP:
        return serve_lmtp();
    case MDA_DELIVER:
        return deliver_to_users(options);
    default:
        return deliver_to_invoker(options);
    }
}

int main(int argc, char **argv)
{
    struct mda_options options;
    int status;

    umask(S_IRWXG | S_IRWXO);
    signal_install();
    mda_options_parse(&options, argc, argv);
    clock_set(options.clock);
    status = act(&options);
    mda_options_free(&options);
    return status;
}
