/* Bytes passed on in both directions at once, in clear; tests/serve/run does it in TLS. */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "net/peer.h"
#include "net/relay.h"

enum { MUCH = 3000000, HIGHEST = 256 };

static struct peer peer;
static int ours, theirs; /* ends of the session's stream */

static void enter(void)
{
    int ends[2];

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    ours = ends[0];
    theirs = ends[1];
    peer_open(&peer, NULL);
}

static void leave(void)
{
    close(ours);
    stream_close(peer.s);
}

TestSuite(relay, .init = enter, .fini = leave, .timeout = 60);

/* A process that has this end and no other descriptor, so that ends of streams are seen; here it is closed.
 */
static pid_t start(int fd, int (*run)(int fd))
{
    pid_t pid = fork();

    if (pid != 0) {
        close(fd);
        return pid;
    }
    signal(SIGPIPE, SIG_IGN);
    for (int other = 3; other < HIGHEST; other++)
        if (other != fd)
            close(other);
    _exit(run(fd));
}

static int status_of(pid_t pid)
{
    int status;

    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return status;
}

/* ---- what the ends do; an exit status */

static int say_much(int fd)
{
    static char bytes[MUCH];

    memset(bytes, 'x', sizeof bytes);
    return io_write(fd, bytes, sizeof bytes) < 0;
}

static int say_much_and_end(int fd)
{
    return say_much(fd) || shutdown(fd, SHUT_WR) < 0;
}

static int hear_much(int fd)
{
    static char bytes[65536];
    size_t got = 0;
    ssize_t n;

    while ((n = read(fd, bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            if (bytes[i] != 'x')
                return 2;
        got += (size_t)n;
    }
    return n < 0 || got != MUCH;
}

/* Both at the same time. */
static int talk(int fd, int (*say)(int fd))
{
    pid_t writer = fork();
    int status;

    if (writer == 0)
        _exit(say(fd));
    if (hear_much(fd) != 0 || waitpid(writer, &status, 0) != writer)
        return 1;
    return status != 0;
}

static int be_client(int fd)
{
    return talk(fd, say_much_and_end);
}

/* Its end is the end of all, so it comes last. */
static int be_session(int fd)
{
    return talk(fd, say_much);
}

static int leave_a_word(int fd)
{
    return io_write(fd, "-ERR bye\r\n", 10) != 0;
}

static int answer_at_the_end(int fd)
{
    char heard[20];

    return io_read(fd, heard, sizeof heard) != 6 || memcmp(heard, "QUIT\r\n", 6) != 0 ||
           io_write(fd, "bye", 3) != 0;
}

static int wait_for_the_end(int fd)
{
    char byte;

    return io_read(fd, &byte, 1) != 0;
}

static int go(int fd)
{
    return close(fd);
}

/* ---- what becomes of it */

Test(relay, much_goes_both_ways_at_once_to_both_ends)
{
    pid_t client = start(peer.fd, be_client), server = start(theirs, be_session);

    cr_assert_eq(relay(peer.s, ours, 20000), STREAM_OK);
    cr_expect_eq(status_of(server), 0);
    stream_close(peer.s);
    cr_expect_eq(status_of(client), 0);
    close(ours);
    enter(); /* for leave() */
}

Test(relay, the_session_s_last_words_come_though_it_reads_no_more)
{
    char heard[20];
    pid_t server;

    PEER_SAY(&peer, "NOOP\r\nNOOP\r\n");
    server = start(theirs, leave_a_word);
    cr_assert_eq(status_of(server), 0);
    cr_assert_eq(relay(peer.s, ours, 1000), STREAM_OK);
    cr_assert_eq(io_read(peer.fd, heard, 10), 10);
    cr_assert_arr_eq(heard, "-ERR bye\r\n", 10);
}

Test(relay, the_client_s_end_is_passed_on_and_the_answer_still_comes)
{
    char heard[20];
    pid_t server;

    PEER_SAY(&peer, "QUIT\r\n");
    peer_hang_up(&peer);
    server = start(theirs, answer_at_the_end);
    cr_assert_eq(relay(peer.s, ours, 1000), STREAM_OK);
    cr_assert_eq(io_read(peer.fd, heard, 3), 3);
    cr_assert_arr_eq(heard, "bye", 3);
    cr_expect_eq(status_of(server), 0);
}

Test(relay, who_takes_nothing_is_given_up)
{
    pid_t server = start(theirs, say_much);

    cr_assert_eq(relay(peer.s, ours, 100), STREAM_LATE);
    close(ours);
    cr_expect_neq(status_of(server), 0, "it cannot have said all");
    ours = -1;
}

Test(relay, a_client_that_is_gone_is_an_end_of_its_words)
{
    pid_t server = start(theirs, wait_for_the_end);

    cr_assert_eq(status_of(start(peer.fd, go)), 0);
    cr_assert_eq(relay(peer.s, ours, 1000), STREAM_OK);
    cr_expect_eq(status_of(server), 0, "the session hears of it");
}
