#include "serve/process.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

void process_die_with_parent(int signal)
{
    prctl(PR_SET_PDEATHSIG, signal);
}

void process_begin(pid_t parent, const char *name)
{
    static const int defaults[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGQUIT};
    sigset_t none;

    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        signal(defaults[i], SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_NAME, name);
    process_die_with_parent(SIGTERM);
    if (getppid() != parent)
        _exit(0);
}

int process_become(uid_t uid, gid_t gid, struct err *err)
{
    if (setgroups(0, NULL) || setresgid(gid, gid, gid) || setresuid(uid, uid, uid))
        return err_set_errno(err, ERR_NOPERM, "cannot become user %lu", (unsigned long)uid);
    if (uid != 0 &&
        (setresuid((uid_t)-1, 0, (uid_t)-1) == 0 || (gid != 0 && setresgid((gid_t)-1, 0, (gid_t)-1) == 0)))
        return err_set(err, ERR_NOPERM, "becoming user %lu can be taken back", (unsigned long)uid);
    process_die_with_parent(SIGTERM);
    return 0;
}

int process_hide(const char *root, uid_t uid, gid_t gid, struct err *err)
{
    if (geteuid() != 0)
        return 0;
    if (uid == 0)
        return err_set(err, ERR_NOPERM, "the processes before the login need a user of their own");
    if (root && (chroot(root) || chdir("/")))
        return err_set_errno(err, ERR_NOPERM, "cannot make '%s' the root directory", root);
    return process_become(uid, gid, err);
}

int process_signals(const int *signals, struct err *err)
{
    sigset_t set;
    int fd;

    sigemptyset(&set);
    for (; *signals; signals++)
        sigaddset(&set, *signals);
    sigprocmask(SIG_BLOCK, &set, NULL);
    fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return fd >= 0 ? fd : err_set_errno(err, ERR_TEMP, "cannot wait for signals");
}

int process_next_signal(int fd)
{
    struct signalfd_siginfo info;

    return read(fd, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

const char *process_end(int status, char *text, size_t size)
{
    text[0] = '\0';
    if (WIFSIGNALED(status))
        snprintf(text, size, "was killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0)
        snprintf(text, size, "exited with %d", WEXITSTATUS(status));
    return text;
}
