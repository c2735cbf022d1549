#include "process/signal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "process/process-private.h"

static const int ending_signals[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
static const int verbose_signals[] = {SIGUSR1, SIGUSR2};
static const int ignored_signals[] = {
    SIGPIPE,
    SIGXCPU,
    SIGXFSZ,
#ifdef SIGLOST
    SIGLOST,
#endif
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static volatile sig_atomic_t ending;    /* the first ending signal */
static volatile sig_atomic_t verbosity; /* SIGUSR1 or SIGUSR2, not yet asked for */
static volatile sig_atomic_t timeout;   /* SIGALRM, not yet asked for */
static volatile sig_atomic_t resigned;  /* signal_ignore_ending() was called */

/* The pipe that wakes poll(2).  A forked child must have its own, else parent and child
 * would take each other's wake-ups away: `owner` tells. */
static volatile sig_atomic_t wake = -1;
static int wake_reader = -1;
static pid_t owner;

static void handle(int signum)
{
    int saved = errno;

    if (signum == SIGUSR1 || signum == SIGUSR2)
        verbosity = signum;
    else if (signum == SIGALRM)
        timeout = 1;
    else if (signum != SIGCHLD && !ending)
        ending = signum;
    if (wake >= 0 && write((int)wake, "", 1) < 0) {
        /* full: then it is readable anyway */
    }
    errno = saved;
}

static void set_action(int signum, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_flags = flags};

    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    sigaction(signum, &action, NULL);
}

static void set_all(const int *signals, size_t n, void (*handler)(int))
{
    for (size_t i = 0; i < n; i++)
        set_action(signals[i], handler, 0);
}

/* Whoever started us may have left signals blocked or children ignored. */
static void unblock_all(void)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

void signal_install(void)
{
    signal_fd();
    set_all(ending_signals, COUNT(ending_signals), handle);
    set_all(verbose_signals, COUNT(verbose_signals), handle);
    set_action(SIGALRM, handle, 0);
    set_all(ignored_signals, COUNT(ignored_signals), SIG_IGN);
    unblock_all();
}

void signal_restore(void)
{
    set_all(ending_signals, COUNT(ending_signals), SIG_DFL);
    set_all(verbose_signals, COUNT(verbose_signals), SIG_DFL);
    set_all(ignored_signals, COUNT(ignored_signals), SIG_DFL);
    set_action(SIGCHLD, SIG_DFL, 0);
    set_action(SIGALRM, SIG_DFL, 0);
    unblock_all();
}

int signal_received(void)
{
    return (int)ending;
}

bool signal_must_end(void)
{
    return ending && !resigned;
}

int signal_verbose_change(void)
{
    int signum = (int)verbosity;

    verbosity = 0;
    return signum;
}

bool signal_forces_timeout(void)
{
    bool forced = timeout;

    timeout = 0;
    return forced;
}

void signal_ignore_ending(void)
{
    resigned = 1;
    set_all(ending_signals, COUNT(ending_signals), SIG_IGN);
}

static void open_pipe(void)
{
    int ends[2];

    if (owner) { /* the parent's: that process goes on using it, we leave it alone */
        int writer = (int)wake;

        wake = -1;
        close(writer);
        close(wake_reader);
    }
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        err_bug("no descriptor is left to wait for signals");
    wake_reader = moved_up(ends[0]);
    ends[1] = moved_up(ends[1]);
    if (wake_reader < 0 || ends[1] < 0)
        err_bug("no descriptor is left to wait for signals");
    owner = getpid();
    wake = ends[1];
}

int signal_fd(void)
{
    if (owner != getpid()) {
        open_pipe();
        set_action(SIGCHLD, handle, SA_NOCLDSTOP);
    }
    return wake_reader;
}

void signal_drain(void)
{
    char bytes[64];

    while (read(signal_fd(), bytes, sizeof bytes) > 0)
        ;
}

bool signal_sleep(unsigned seconds)
{
    struct timespec now, end;

    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += seconds;
    for (;;) {
        struct pollfd waker = {.fd = signal_fd(), .events = POLLIN};
        long long left;

        signal_drain();
        if (signal_must_end())
            return false;
        clock_gettime(CLOCK_MONOTONIC, &now);
        left = (long long)(end.tv_sec - now.tv_sec) * 1000 + (end.tv_nsec - now.tv_nsec + 999999) / 1000000;
        if (left <= 0)
            return true;
        poll(&waker, 1, left > 3600000 ? 3600000 : (int)left);
    }
}
