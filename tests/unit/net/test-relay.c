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
static int from[2], to[2]; /* streams: ours, the session's */

static void enter(void)
{
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, from), 0);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, to), 0);
    peer_open(&peer, NULL);
}

static void leave(void)
{
    close(from[0]);
    stream_close(peer.s);
}

TestSuite(relay, .init = enter, .fini = leave, .timeout = 60);

/* A process that has these ends, perhaps the same, and no other descriptor, so that ends of streams are seen;
 * here they are closed. */
static pid_t start(int in, int out, int (*run)(int in, int out))
{
    pid_t pid = fork();

    if (pid != 0) {
        close(in);
        if (out != in)
            close(out);
        return pid;
    }
    signal(SIGPIPE, SIG_IGN);
    for (int other = 3; other < HIGHEST; other++)
        if (other != in && other != out)
            close(other);
    _exit(run(in, out));
}

static pid_t start_session(int (*run)(int in, int out))
{
    return start(to[1], from[1], run);
}

static int status_of(pid_t pid)
{
    int status;

    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return status;
}

/* ---- what the ends do; an exit status */

static int say_much(int in, int out)
{
    static char bytes[MUCH];

    (void)in;
    memset(bytes, 'x', sizeof bytes);
    return io_write(out, bytes, sizeof bytes) < 0;
}

static int say_much_and_end(int in, int out)
{
    return say_much(in, out) || shutdown(out, SHUT_WR) < 0;
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
static int talk(int in, int out, int (*say)(int in, int out))
{
    pid_t writer = fork();
    int status;

    if (writer == 0)
        _exit(say(in, out));
    if (hear_much(in) != 0 || waitpid(writer, &status, 0) != writer)
        return 1;
    return status != 0;
}

static int be_client(int in, int out)
{
    return talk(in, out, say_much_and_end);
}

/* Its end is the end of all, so it comes last. */
static int be_session(int in, int out)
{
    return talk(in, out, say_much);
}

static int leave_a_word(int in, int out)
{
    (void)in;
    return io_write(out, "-ERR bye\r\n", 10) != 0;
}

static int answer_at_the_end(int in, int out)
{
    char heard[20];

    return io_read(in, heard, sizeof heard) != 6 || memcmp(heard, "QUIT\r\n", 6) != 0 ||
           io_write(out, "bye", 3) != 0;
}

static int wait_for_the_end(int in, int out)
{
    char byte;

    (void)out;
    return io_read(in, &byte, 1) != 0;
}

static int go(int in, int out)
{
    (void)out;
    return close(in);
}

/* ---- what becomes of it */

Test(relay, much_goes_both_ways_at_once_to_both_ends)
{
    pid_t client = start(peer.fd, peer.fd, be_client), server = start_session(be_session);

    cr_assert_eq(relay(peer.s, from[0], to[0], 20000), STREAM_OK);
    cr_expect_eq(status_of(server), 0);
    stream_close(peer.s);
    cr_expect_eq(status_of(client), 0);
    close(from[0]);
    enter(); /* for leave() */
}

Test(relay, the_session_s_last_words_come_though_it_reads_no_more)
{
    char heard[20];
    pid_t server;

    PEER_SAY(&peer, "NOOP\r\nNOOP\r\n");
    server = start_session(leave_a_word);
    cr_assert_eq(status_of(server), 0);
    cr_assert_eq(relay(peer.s, from[0], to[0], 1000), STREAM_OK);
    cr_assert_eq(io_read(peer.fd, heard, 10), 10);
    cr_assert_arr_eq(heard, "-ERR bye\r\n", 10);
}

Test(relay, the_client_s_end_is_passed_on_and_the_answer_still_comes)
{
    char heard[20];
    pid_t server;

    PEER_SAY(&peer, "QUIT\r\n");
    peer_hang_up(&peer);
    server = start_session(answer_at_the_end);
    cr_assert_eq(relay(peer.s, from[0], to[0], 1000), STREAM_OK);
    cr_assert_eq(io_read(peer.fd, heard, 3), 3);
    cr_assert_arr_eq(heard, "bye", 3);
    cr_expect_eq(status_of(server), 0);
}

Test(relay, who_takes_nothing_is_given_up)
{
    pid_t server = start_session(say_much);

    cr_assert_eq(relay(peer.s, from[0], to[0], 100), STREAM_LATE);
    close(from[0]);
    cr_expect_neq(status_of(server), 0, "it cannot have said all");
    from[0] = -1;
}

Test(relay, a_client_that_is_gone_is_an_end_of_its_words)
{
    pid_t server = start_session(wait_for_the_end);

    cr_assert_eq(status_of(start(peer.fd, peer.fd, go)), 0);
    cr_assert_eq(relay(peer.s, from[0], to[0], 1000), STREAM_OK);
    cr_expect_eq(status_of(server), 0, "the session hears of it");
}
