/* Sockets that were made by who has started us: sd_listen_fds(3), without its library. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "serve/conf.h"
#include "serve/listen.h"

enum { FIRST = 3, MOST = 1000, NAME_SHOWN = 60 };

/* A number, the whole of it; -1. */
static long number_of(const char *text)
{
    char *end;
    long number;

    if (!text || *text < '0' || *text > '9')
        return -1;
    errno = 0;
    number = strtol(text, &end, 10);
    return *end || errno ? -1 : number;
}

static int flag_of(int fd, int option)
{
    int value = -1;
    socklen_t n = sizeof value;

    return getsockopt(fd, SOL_SOCKET, option, &value, &n) < 0 ? -1 : value;
}

/* NULL, or what is wrong with it. */
static const char *look_at(int fd, struct sockaddr_storage *at)
{
    socklen_t n = sizeof *at;

    memset(at, 0, sizeof *at); /* a path may be as long as its field */
    if (flag_of(fd, SO_TYPE) != SOCK_STREAM || flag_of(fd, SO_ACCEPTCONN) != 1)
        return "is no socket that listens for connections";
    if (getsockname(fd, (struct sockaddr *)at, &n) < 0)
        return "has no address";
    if (at->ss_family != AF_INET && at->ss_family != AF_INET6 && at->ss_family != AF_UNIX)
        return "is of no family that is known here";
    return NULL;
}

static const char *give(struct serve_settings *settings, int fd)
{
    struct sockaddr_storage at;
    const char *wrong = look_at(fd, &at);
    struct serve_listener *listener = wrong ? NULL : listen_find(settings, &at);

    if (wrong)
        return wrong;
    if (!listener)
        return "is on an address where the configuration does not listen";
    if (listener->fd >= 0)
        return "is on an address that another has, too";
    listener->fd = fd;
    listener->inherited = true;
    return NULL;
}

/* The next of names with colons between them. */
static struct span next_name(const char **names)
{
    size_t n = *names ? strcspn(*names, ":") : 0;
    struct span name = span_make(*names ? *names : "", n < NAME_SHOWN ? n : NAME_SHOWN);

    if (*names)
        *names += n + ((*names)[n] == ':');
    return name;
}

/* Behind the last that is handed in. */
static int end_of_given(void)
{
    long count = number_of(getenv("LISTEN_PID")) == (long)getpid() ? number_of(getenv("LISTEN_FDS")) : 0;

    return FIRST + (int)(count < 0 ? 0 : count < MOST ? count : MOST);
}

void listen_close_others(void)
{
    closefrom(end_of_given());
}

void listen_inherit(struct serve_settings *settings)
{
    const char *names = getenv("LISTEN_FDNAMES");
    int end = end_of_given();

    for (int fd = FIRST; fd < end; fd++) {
        struct span name = next_name(&names);
        const char *wrong;

        fcntl(fd, F_SETFD, FD_CLOEXEC);
        wrong = give(settings, fd);
        if (!wrong)
            continue;
        serve_log(settings, "descriptor %d (%.*s), handed in, %s", fd, (int)name.n, name.p, wrong);
        close(fd);
    }
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
}
