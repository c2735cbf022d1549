#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/mem.h"
#include "engine/run-private.h"

enum {
    LINEBUF_MIN = 128,
    LINEBUF_MAX = 4 << 20, /* or a value that is put behind itself would grow until memory ends */
};

/* ---- settings that are numbers, and those that are texts: the variable is only their face */

static const struct {
    const char *name;
    enum run_number number;
} numbers[] = {
    {"LOCKSLEEP", NUMBER_LOCKSLEEP}, {"LOCKTIMEOUT", NUMBER_LOCKTIMEOUT}, {"SUSPEND", NUMBER_SUSPEND},
    {"NORESRETRY", NUMBER_NORESRETRY}, {"TIMEOUT", NUMBER_TIMEOUT},       {"VERBOSE", NUMBER_VERBOSE},
    {"LOGABSTRACT", NUMBER_LOGABSTRACT},
};

static const struct {
    const char *name;
    enum run_text text;
} texts[] = {
    {"SHELLMETAS", TEXT_SHELLMETAS}, {"LOCKEXT", TEXT_LOCKEXT},   {"MSGPREFIX", TEXT_MSGPREFIX},
    {"TRAP", TEXT_TRAP},         {"SHELLFLAGS", TEXT_SHELLFLAGS},
    {"DEFAULT", TEXT_DEFAULT},       {"SENDMAIL", TEXT_SENDMAIL}, {"SENDMAILFLAGS", TEXT_SENDMAILFLAGS},
};

/* A word counts by its first letters; `a` is for LOGABSTRACT=all, everywhere. */
static long number_of_word(const char *word, long otherwise)
{
    if (!strncasecmp(word, "on", 2) || (*word && strchr("yYtTeE", *word)))
        return 1;
    if (!strncasecmp(word, "off", 3) || (*word && strchr("nNfFdD", *word)))
        return 0;
    return *word == 'a' || *word == 'A' ? 2 : otherwise;
}

long effect_number(const char *text, long otherwise)
{
    char *end;
    long n = strtol(text, &end, 10);

    if (end != text)
        return n;
    return number_of_word(text + strspn(text, " \t\n\v\f\r"), otherwise);
}

static bool set_number(struct run *run, const char *name, const char *value)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!strcmp(name, numbers[i].name)) {
            long *n = &run->numbers[numbers[i].number];

            *n = effect_number(value, *n);
            if (numbers[i].number == NUMBER_VERBOSE)
                run->options.ops->set_verbose(run->options.ops_ctx, *n != 0);
            return true;
        }
    return false;
}

static bool set_text(struct run *run, const char *name, const char *value)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcmp(name, texts[i].name)) {
            free(run->texts[texts[i].text]);
            run->texts[texts[i].text] = mem_strdup(value);
            return true;
        }
    return false;
}

void effect_preset(struct run *run, const char *name, const char *value)
{
    set_text(run, name, value);
}

/* ---- variables that do something */

static void set_linebuf(struct run *run, const char *value)
{
    long n = effect_number(value, 0);
    struct buf text;

    run->linebuf = n < LINEBUF_MIN ? LINEBUF_MIN : n > LINEBUF_MAX ? LINEBUF_MAX : (size_t)n;
    if (n <= LINEBUF_MAX)
        return;
    buf_init(&text, BUF_UNLIMITED);
    buf_printf(&text, "LINEBUF is limited to %d", LINEBUF_MAX);
    run_trace(run, TRACE_TROUBLE, buf_span(&text));
    buf_free(&text);
}

static void set_maildir(struct run *run, const char *value)
{
    run->maildir_set = true;
    if (run->options.ops->change_directory(run->options.ops_ctx, value) == 0)
        return;
    run->deferred = err_errno_is_passing(errno);
    run_trace_text(run, TRACE_CANNOT_CHDIR, value);
    run_set_maildir(run, ".");
}

static void set_logfile(struct run *run, const char *value)
{
    if (!*value)
        value = "/dev/null";
    run_trace_text(run, TRACE_OPENING, value);
    if (run->options.ops->open_log(run->options.ops_ctx, value) == 0)
        run->log_opened = true;
    else
        run_trace_text(run, TRACE_WRITE_ERROR, value);
}

static void set_log(struct run *run, const char *value)
{
    run_trace_text(run, TRACE_TEXT, value);
}

static void set_exitcode(struct run *run, const char *value)
{
    (void)value;
    run->exitcode_set = true;
}

static void set_shift(struct run *run, const char *value)
{
    long n = effect_number(value, 0);
    size_t shift;

    if (n <= 0)
        return;
    shift = (size_t)n < run->argument_count ? (size_t)n : run->argument_count;
    run->arguments += shift;
    run->argument_count -= shift;
}

void run_silence(struct run *run)
{
    run->options.ops->set_verbose(run->options.ops_ctx, false);
    run->numbers[NUMBER_VERBOSE] = 0;
}

static void set_dropprivs(struct run *run, const char *value)
{
    if (!effect_number(value, 0))
        return;
    run_trace_text(run, TRACE_ASSUMING_IDENTITY, "");
    if (run->options.drop_privileges && run->options.drop_privileges(run->options.drop_ctx))
        run_silence(run);
}

/* The mailer is told that all is well, while a child goes on. */
static void set_delivered(struct run *run, const char *value)
{
    if (!effect_number(value, 0))
        return;
    if (run->options.ops->detach(run->options.ops_ctx) < 0)
        run_trace_text(run, TRACE_CANNOT_FORK, "procmail");
    else
        run->pretending = true;
}

static void set_lockfile(struct run *run, const char *value)
{
    if (!run_lock(run, DELIVER_LOCK_GLOBAL, value))
        run_unset(run, "LOCKFILE");
}

static void set_umask(struct run *run, const char *value)
{
    run->options.ops->set_umask(run->options.ops_ctx, (mode_t)strtol(value, NULL, 8) & 0777);
}

static void set_host(struct run *run, const char *value)
{
    if (!strcmp(value, run->options.host))
        return;
    run_trace_text(run, TRACE_HOST_MISMATCHED, run->options.host);
    run->host_mismatched = true;
    run_close_all(run);
}

static bool is_in_sandbox(const char *sandbox, const char *program)
{
    size_t n = strlen(sandbox);

    return !strncmp(program, sandbox, n) && program[n] == '/' && !strstr(program + n, "/../");
}

void run_hold_sendmail(struct run *run, const char *program)
{
    const char *now = env_get(run->env, "SENDMAIL");

    set_text(run, "SENDMAIL", program);
    if (now && !is_in_sandbox(run->options.sandbox, now))
        env_set(run->env, "SENDMAIL", span_of(program));
}

/* No test sends mail, whatever its rc file says: the program that records it stays. */
static void set_sendmail(struct run *run, const char *value)
{
    const char *sandbox = run->options.sandbox;

    if (!sandbox || is_in_sandbox(sandbox, value)) {
        set_text(run, "SENDMAIL", value);
        return;
    }
    run->left_sandbox = true;
    run_keep(run, "SENDMAIL", span_of(run->texts[TEXT_SENDMAIL]));
}

static const struct {
    const char *name;
    void (*set)(struct run *run, const char *value);
} effects[] = {
    {"LINEBUF", set_linebuf},     {"MAILDIR", set_maildir},     {"LOGFILE", set_logfile},
    {"LOG", set_log},             {"EXITCODE", set_exitcode},   {"SHIFT", set_shift},
    {"DROPPRIVS", set_dropprivs}, {"DELIVERED", set_delivered}, {"LOCKFILE", set_lockfile},
    {"UMASK", set_umask},         {"INCLUDERC", run_include},   {"SWITCHRC", run_switch},
    {"HOST", set_host},           {"COMSAT", run_set_comsat},
    {"SENDMAIL", set_sendmail},
};

void effect_of(struct run *run, const char *name, const char *value)
{
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
        if (!strcmp(name, effects[i].name)) {
            effects[i].set(run, value);
            return;
        }
    if (!set_number(run, name, value))
        set_text(run, name, value);
}
