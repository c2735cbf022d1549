/* Sockets that are opened, kept and closed; what systemd hands in is tried by tests/serve/configured. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "serve/listen.h"

static char directory[] = "/tmp/mailweir-listen-XXXXXX";
static const struct serve_protocol protocol = {.name = "test"};

static void enter(void)
{
    cr_assert_not_null(mkdtemp(directory));
    cr_assert_eq(chdir(directory), 0);
}

static void leave(void)
{
    cr_assert_eq(chdir("/"), 0);
    cr_expect_eq(rmdir(directory), 0, "something is left");
}

TestSuite(serve_listen, .init = enter, .fini = leave);

static struct serve_listener on_path(const char *path, mode_t mode)
{
    struct serve_listener listener = {.protocol = &protocol, .mode = mode, .fd = -1};
    struct sockaddr_un *un = (struct sockaddr_un *)&listener.at;

    un->sun_family = AF_UNIX;
    strcpy(un->sun_path, path);
    listener.n = sizeof *un;
    return listener;
}

static struct serve_listener on_port(uint32_t address, uint16_t port)
{
    struct serve_listener listener = {.protocol = &protocol, .fd = -1, .n = sizeof(struct sockaddr_in)};
    struct sockaddr_in *in = (struct sockaddr_in *)&listener.at;

    in->sin_family = AF_INET;
    in->sin_addr.s_addr = htonl(address);
    in->sin_port = htons(port);
    return listener;
}

static uint16_t port_of(const struct serve_listener *listener)
{
    struct sockaddr_in in;
    socklen_t n = sizeof in;

    cr_assert_eq(getsockname(listener->fd, (struct sockaddr *)&in, &n), 0);
    return ntohs(in.sin_port);
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

Test(serve_listen, what_stays_is_kept_what_is_new_opened_what_is_gone_closed)
{
    struct serve_listener first[] = {on_path("a", 0600), on_path("b", 0600)};
    struct serve_listener second[] = {on_path("c", 0622), on_path("a", 0660)};
    struct serve_settings old = {.listeners = first, .listener_count = 2};
    struct serve_settings new = {.listeners = second, .listener_count = 2};
    struct err err = {0};
    int a, b;

    cr_assert_eq(listen_open(&old, NULL, &err), 0, "%s", err.text);
    a = first[0].fd;
    b = first[1].fd;
    cr_assert_eq(listen_open(&new, &old, &err), 0, "%s", err.text);
    cr_expect_eq(second[1].fd, a);
    cr_expect(fcntl(a, F_GETFL) & O_NONBLOCK && fcntl(a, F_GETFD) & FD_CLOEXEC);
    cr_expect_eq(mode_of("a"), 0600, "not before it is taken");
    cr_expect_eq(mode_of("c"), 0622);
    listen_close(&old, &new);
    listen_take(&new);
    cr_expect(is_open(a) && !is_open(b));
    cr_expect_eq(mode_of("a"), 0660);
    cr_expect_eq(mode_of("b"), 0, "its name is gone");
    listen_close(&new, NULL);
    cr_expect_not(is_open(a));
}

Test(serve_listen, where_one_fails_nothing_new_is_left)
{
    struct serve_listener first[] = {on_path("a", 0600)};
    struct serve_listener second[] = {on_path("a", 0660), on_path("b", 0600), on_path("no/c", 0600)};
    struct serve_settings old = {.listeners = first, .listener_count = 1};
    struct serve_settings new = {.listeners = second, .listener_count = 3};
    struct err err = {0};

    cr_assert_eq(listen_open(&old, NULL, &err), 0);
    cr_assert_eq(listen_open(&new, &old, &err), -1);
    cr_expect_str_eq(err.text, "cannot listen on no/c: No such file or directory");
    cr_expect(is_open(first[0].fd));
    cr_expect_eq(mode_of("a"), 0600);
    cr_expect_eq(mode_of("b"), 0);
    listen_close(&old, NULL);
}

Test(serve_listen, what_is_no_dead_socket_stays)
{
    struct serve_listener alive[] = {on_path("a", 0600)}, again[] = {on_path("a", 0600)},
                          file[] = {on_path("f", 0600)};
    struct serve_settings one = {.listeners = alive, .listener_count = 1};
    struct serve_settings two = {.listeners = again, .listener_count = 1};
    struct serve_settings three = {.listeners = file, .listener_count = 1};
    struct err err = {0};

    cr_assert_eq(listen_open(&one, NULL, &err), 0);
    cr_assert_eq(listen_open(&two, NULL, &err), -1, "somebody listens");
    cr_expect_eq(err.errnum, EADDRINUSE);
    close(open("f", O_WRONLY | O_CREAT, 0600));
    cr_assert_eq(listen_open(&three, NULL, &err), -1, "a file is no socket");
    cr_expect_eq(unlink("f"), 0);
    close(alive[0].fd);
    cr_assert_eq(listen_open(&two, NULL, &err), 0, "nobody listens any more: %s", err.text);
    listen_close(&two, NULL);
}

/* Whoever owns the directory may put there what he likes. */
Test(serve_listen, a_link_in_the_place_of_a_socket_changes_no_other_file)
{
    struct serve_listener socket = on_path("socket", 0666);
    struct serve_settings settings = {.listeners = &socket, .listener_count = 1};
    struct stat st;
    struct err err;

    cr_assert_eq(close(open("secret", O_WRONLY | O_CREAT, 0600)), 0);
    cr_assert_eq(listen_open(&settings, NULL, &err), 0);
    cr_assert(stat("socket", &st) == 0 && (st.st_mode & 07777) == 0666);
    cr_assert_eq(unlink("socket"), 0);
    cr_assert_eq(symlink("secret", "socket"), 0);
    listen_take(&settings);
    cr_assert(stat("secret", &st) == 0 && (st.st_mode & 07777) == 0600, "now it is %o", st.st_mode);
    listen_close(&settings, NULL);
    unlink("secret");
}

Test(serve_listen, ports_are_the_same_when_their_addresses_are)
{
    struct serve_listener first[] = {on_port(INADDR_LOOPBACK, 0)}, second[2], third[1];
    struct serve_settings old = {.listeners = first, .listener_count = 1};
    struct serve_settings new = {.listeners = second, .listener_count = 1};
    struct serve_settings other = {.listeners = third, .listener_count = 1};
    struct err err = {0};

    cr_assert_eq(listen_open(&old, NULL, &err), 0);
    cr_assert_eq(getsockname(first[0].fd, (struct sockaddr *)&first[0].at, &first[0].n), 0);
    second[0] = on_port(INADDR_LOOPBACK, port_of(&first[0]));
    new.statistics = on_port(INADDR_LOOPBACK + 1, port_of(&first[0]));
    cr_assert_eq(listen_open(&new, &old, &err), 0);
    cr_expect_eq(second[0].fd, first[0].fd);
    cr_expect(new.statistics.fd >= 0 && new.statistics.fd != first[0].fd);
    third[0] = on_port(INADDR_LOOPBACK + 2, 0);
    cr_assert_eq(listen_open(&other, &new, &err), 0, "whichever is free is never the same");
    cr_expect_neq(third[0].fd, first[0].fd);
    listen_close(&other, NULL);
    listen_close(&new, NULL);
}

Test(serve_listen, a_family_may_be_missing_where_there_is_another)
{
    struct serve_listener listeners[] = {on_port(INADDR_LOOPBACK, 0), on_port(0xc0000201, 0)};
    struct serve_settings settings = {.listeners = listeners, .listener_count = 2};
    struct err err = {0};

    listeners[1].optional = true; /* 192.0.2.1 is no machine's */
    cr_assert_eq(listen_open(&settings, NULL, &err), 0, "%s", err.text);
    cr_expect(listeners[0].fd >= 0 && listeners[1].fd == -1);
    listen_close(&settings, NULL);
    settings.listeners++;
    settings.listener_count = 1;
    cr_expect_eq(listen_open(&settings, NULL, &err), -1);
    cr_expect_str_eq(err.text, "there is no address to listen on");
}
