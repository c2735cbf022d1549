/* mailweir-lockfile: lockfile(1)'s job. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "lock/lock.h"
#include "process/identity.h"
#include "process/signal.h"

enum { DEFAULT_SLEEP = 8, DEFAULT_SUSPEND = 16, GO_ON = -1 };

static const char usage[] = "usage: mailweir-lockfile [-sleeptime] [-!] [-l locktimeout] [-m l | u]\n"
                            "                         [-r retries] [-s suspend] [file ...]\n"
                            "       mailweir-lockfile -h | -v | --help | --version\n";

static const char help[] =
    "\n"
    "Makes each file, and waits for those that are there already.  Options and files\n"
    "may be mixed, and are taken in the order given.\n"
    "\n"
    "  -sleeptime      seconds between tries (8)\n"
    "  -!              tell busy from made the other way round: swap status 0 and 73\n"
    "  -l locktimeout  remove a lock by force that is so many seconds old\n"
    "  -m l | u        -ml: lock your system mailbox; -mu: unlock it\n"
    "  -r retries      tries after the first, over all files; -1: without an end (-1)\n"
    "  -s suspend      seconds to wait after a lock was removed by force (16)\n"
    "  -h, -?          print this text to standard error, and end with 64\n"
    "  -v              print version and mailbox to standard error, and end with 64\n"
    "  --help          print this text\n"
    "  --version       print the version\n"
    "\n"
    "Exit status: 0 made, 73 retries used up, 75 signal, 69 no lock can be made\n"
    "there, 64 wrong use.  If not 0, no lock is kept.  See mailweir-lockfile(1).\n";

/* What the command line said so far, and what was made of it. */
struct session {
    struct lock_wait wait;
    bool inverted;
    bool mailbox_done; /* one -m is all there may be */
    bool acted;        /* something was locked or unlocked */
    struct lock **locks;
    size_t count;
    char **next; /* argument */
};

/* ---- locks */

static void tell(void *ctx, enum lock_event event, const char *path)
{
    (void)ctx;
    switch (event) {
    case LOCK_FORCING:
        fprintf(stderr, "lockfile: Forcing lock on \"%s\"\n", path);
        break;
    case LOCK_FORCE_DENIED:
        fprintf(stderr, "lockfile: Forced unlock denied on \"%s\"\n", path);
        break;
    case LOCK_TRUNCATING:
        fprintf(stderr, "lockfile: Truncating \"%s\" and retrying lock\n", path);
        break;
    default:
        break;
    }
}

static const struct lock_listener listener = {.say = tell};

/* GO_ON, or the status to end with. */
static int lock(struct session *session, const char *path)
{
    static const struct {
        const char *word;
        int status;
    } ends[] = {
        [LOCK_BUSY] = {"Sorry", EX_CANTCREAT},
        [LOCK_CANNOT] = {"Try praying", EX_UNAVAILABLE},
        [LOCK_INTERRUPTED] = {"Signal received", EX_TEMPFAIL},
    };
    struct lock *made;
    enum lock_end end = lock_wait(path, &session->wait, &listener, &made);

    session->acted = true;
    if (end == LOCK_MADE) {
        session->locks = mem_realloc(session->locks, (session->count + 1) * sizeof *session->locks);
        session->locks[session->count++] = made;
        return GO_ON;
    }
    fprintf(stderr, "lockfile: %s, giving up on \"%s\"\n", ends[end].word, lock_path(made));
    lock_disown(made);
    return ends[end].status;
}

/* What was made stays if all of it was. */
static void finish(struct session *session, bool keep)
{
    while (session->count) {
        struct lock *made = session->locks[--session->count];

        if (keep)
            lock_disown(made);
        else
            lock_release(made, NULL);
    }
    free(session->locks);
}

/* ---- the system mailbox */

/* The name of its lock, to be freed; NULL for a user without an entry in passwd(5). */
static char *mailbox_lock(void)
{
    struct identity identity;
    struct buf path;
    bool known = identity_of_invoker(&identity, getenv("LOGNAME"), NULL) == 0;

    buf_init(&path, BUF_UNLIMITED);
    if (known && identity.known)
        buf_printf(&path, "%s/%s.lock", MAIL_SPOOL, identity.name);
    if (known)
        identity_free(&identity);
    if (!path.n)
        fputs("lockfile: Can't determine your mailbox, who are you?\n", stderr);
    return path.n ? buf_take(&path) : NULL;
}

static int lock_mailbox(struct session *session, const char *path)
{
    int status;

    session->wait.helped = true;
    status = lock(session, path);
    session->wait.helped = false;
    return status;
}

static int unlock_mailbox(struct session *session, const char *path)
{
    if (lock_break(path) == 0)
        session->acted = true;
    else
        fprintf(stderr, "lockfile: Can't unlock \"%s\"\n", path);
    return GO_ON;
}

/* ---- the command line */

static int show_usage(void)
{
    fputs(usage, stderr);
    return EX_USAGE;
}

static int show_help(void)
{
    show_usage();
    fputs(help, stderr);
    return EX_USAGE;
}

static int show_version(void)
{
    char *path;

    fputs("mailweir-lockfile " PACKAGE_VERSION "\n\nYour system mailbox's lockfile:\t", stderr);
    path = mailbox_lock();
    if (!path)
        return show_usage();
    fprintf(stderr, "%s\n", path);
    free(path);
    return EX_USAGE;
}

/* Behind `-m`: one letter and no more, once. */
static int act_on_mailbox(struct session *session, const char *letter)
{
    char *path;
    int status;

    if (session->mailbox_done || (strcmp(letter, "l") && strcmp(letter, "u")))
        return show_usage();
    path = mailbox_lock();
    if (!path)
        return show_usage();
    session->mailbox_done = true;
    status = *letter == 'l' ? lock_mailbox(session, path) : unlock_mailbox(session, path);
    free(path);
    return status;
}

static int act_on_letter(struct session *session, const char *at)
{
    switch (*at) {
    case 'm':
        return act_on_mailbox(session, at + 1);
    case 'v':
        return show_version();
    case 'h':
    case '?':
        return show_help();
    default:
        return show_usage();
    }
}

static long *number_of(struct session *session, char letter)
{
    switch (letter) {
    case 'r':
        return &session->wait.retries;
    case 'l':
        return &session->wait.timeout;
    case 's':
        return &session->wait.suspend;
    default:
        return letter >= '0' && letter <= '9' ? &session->wait.sleep : NULL;
    }
}

/* Behind its letter, or the next argument; letters may follow in either.  NULL: there is none. */
static const char *read_number(struct session *session, long *number, const char *at)
{
    char *end;

    if (number != &session->wait.sleep)
        at++;
    if (!*at)
        at = *session->next ? *session->next++ : NULL;
    if (!at)
        return NULL;
    *number = strtol(at, &end, 10);
    return end;
}

/* One argument that begins with `-`, from there on. */
static int read_options(struct session *session, const char *at)
{
    while (*at) {
        long *number = number_of(session, *at);

        if (number)
            at = read_number(session, number, at);
        else if (*at++ == '!')
            session->inverted = !session->inverted;
        else
            return act_on_letter(session, at - 1);
        if (!at)
            return show_usage();
    }
    return GO_ON;
}

static int act(struct session *session)
{
    int status = GO_ON;

    while (status == GO_ON && *session->next) {
        const char *argument = *session->next++;

        status = *argument == '-' ? read_options(session, argument + 1) : lock(session, argument);
    }
    if (status == GO_ON && !session->acted)
        status = show_usage();
    return status == GO_ON ? EX_OK : status;
}

static int invert(int status)
{
    return status == EX_OK ? EX_CANTCREAT : status == EX_CANTCREAT ? EX_OK : status;
}

/* An alarm that our caller set ends us as it ends others, and what he ignores, as nohup(1) does, is
 * ignored. */
static void install_signals(void)
{
    static const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM}, others[] = {SIGALRM, SIGUSR1, SIGUSR2};
    bool ignored[sizeof ends / sizeof *ends];
    struct sigaction before;

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        ignored[i] = sigaction(ends[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN;
    signal_install();
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ignored[i])
            signal(ends[i], SIG_IGN);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        signal(others[i], SIG_DFL);
}

int main(int argc, char **argv)
{
    struct session session = {.wait = {.sleep = DEFAULT_SLEEP, .retries = -1, .suspend = DEFAULT_SUSPEND},
                              .next = argv + 1};
    int status;

    if (argc == 2 && !strcmp(argv[1], "--help"))
        return fputs(usage, stdout) < 0 || fputs(help, stdout) < 0 || fflush(stdout) ? EX_IOERR : EX_OK;
    if (argc == 2 && !strcmp(argv[1], "--version"))
        return puts("mailweir-lockfile " PACKAGE_VERSION) < 0 || fflush(stdout) ? EX_IOERR : EX_OK;
    install_signals();
    status = act(&session);
    finish(&session, status == EX_OK);
    return session.inverted ? invert(status) : status;
}
