#include <criterion/criterion.h>
#include <poll.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "process/signal.h"

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A child that sends `signum` to us after some milliseconds. */
static pid_t send_later(int signum, unsigned ms)
{
    pid_t target = getpid(), child = fork();

    if (child == 0) {
        usleep(ms * 1000);
        kill(target, signum);
        _exit(0);
    }
    return child;
}

Test(signal, sleep_lasts_as_long_as_asked)
{
    double before = now();

    signal_install();
    cr_assert(signal_sleep(0));
    cr_assert(signal_sleep(1));
    cr_assert_geq(now() - before, 1.0);
    cr_assert_lt(now() - before, 5.0);
}

Test(signal, ending_signal_ends_a_sleep)
{
    double before = now();

    signal_install();
    send_later(SIGHUP, 100);
    cr_assert_not(signal_sleep(60));
    cr_assert_lt(now() - before, 20.0);
    cr_assert_eq(signal_received(), SIGHUP);
    raise(SIGTERM);
    cr_assert_eq(signal_received(), SIGHUP, "the first one counts");
}

Test(signal, signal_before_the_sleep_is_not_missed)
{
    double before = now();

    signal_install();
    raise(SIGTERM);
    signal_drain();
    cr_assert_not(signal_sleep(60));
    cr_assert_lt(now() - before, 20.0);
}

Test(signal, other_signals_do_not_shorten_a_sleep)
{
    double before = now();

    signal_install();
    send_later(SIGUSR2, 100); /* and its SIGCHLD */
    cr_assert(signal_sleep(1));
    cr_assert_geq(now() - before, 1.0);
    cr_assert_eq(signal_verbose_change(), SIGUSR2);
    cr_assert_eq(signal_verbose_change(), 0);
    cr_assert_eq(signal_received(), 0);
}

Test(signal, waits_work_again_while_ending)
{
    signal_install();
    raise(SIGINT);
    cr_assert(signal_must_end());
    signal_ignore_ending();
    cr_assert_not(signal_must_end());
    cr_assert_eq(signal_received(), SIGINT);
    raise(SIGTERM);
    cr_assert(signal_sleep(0));
}

Test(signal, descriptor_wakes_poll)
{
    struct pollfd waker = {.events = POLLIN};

    signal_install();
    waker.fd = signal_fd();
    cr_assert_gt(waker.fd, 2);
    cr_assert_eq(poll(&waker, 1, 0), 0);
    raise(SIGUSR1);
    cr_assert_eq(poll(&waker, 1, 0), 1);
    signal_drain();
    cr_assert_eq(poll(&waker, 1, 0), 0);
}

Test(signal, clone_does_not_wake_its_parent)
{
    struct pollfd waker = {.events = POLLIN};
    int status;
    pid_t clone;

    signal_install();
    waker.fd = signal_fd();
    clone = fork();
    if (clone == 0) {
        signal_fd();
        raise(SIGTERM);
        _exit(signal_sleep(60) ? 1 : 0);
    }
    cr_assert_eq(waitpid(clone, &status, 0), clone);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    signal_drain(); /* our own SIGCHLD */
    cr_assert_eq(signal_received(), 0);
    cr_assert_eq(poll(&waker, 1, 0), 0);
}

Test(signal, file_size_and_pipe_signals_are_ignored)
{
    int ends[2];

    signal_install();
    cr_assert_eq(pipe(ends), 0);
    close(ends[0]);
    cr_assert_eq(write(ends[1], "x", 1), -1);
    raise(SIGXFSZ);
    raise(SIGXCPU);
}

Test(signal, blocked_signals_are_unblocked)
{
    sigset_t term;

    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    signal_install();
    raise(SIGTERM);
    cr_assert_eq(signal_received(), SIGTERM);
}
