#include <criterion/criterion.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/peer.h"

Test(stream, output_goes_out_before_input_is_waited_for)
{
    struct peer p;
    char heard[8] = "";

    peer_open(&p, NULL);
    cr_assert_eq(stream_write_text(p.s, "+OK\r\n"), STREAM_OK);
    cr_assert_eq(recv(p.fd, heard, sizeof heard, MSG_DONTWAIT), -1);
    stream_set_deadline(p.s, 20);
    cr_assert_eq(stream_fill(p.s), STREAM_LATE);
    cr_assert_eq(recv(p.fd, heard, sizeof heard, MSG_DONTWAIT), 5);
    peer_finish(&p, NULL);
}

Test(stream, the_end_lasts_and_leaves_a_last_word)
{
    struct peer p;
    struct buf heard;

    buf_init(&heard, BUF_UNLIMITED);
    peer_open(&p, NULL);
    PEER_SAY(&p, "x");
    peer_hang_up(&p);
    cr_assert_eq(stream_fill(p.s), STREAM_OK);
    cr_assert_eq(stream_fill(p.s), STREAM_END);
    cr_assert_eq(stream_fill(p.s), STREAM_END);
    cr_assert_eq(stream_write_text(p.s, "-ERR"), STREAM_OK);
    cr_assert_str_not_empty(stream_reason(p.s));
    cr_assert(span_eq_text(stream_input(p.s), "x"), "what came stays");
    peer_finish(&p, &heard);
    cr_assert_str_eq(heard.p, "-ERR");
    buf_free(&heard);
}

/* Bytes that have come are no excuse: who sends one now and then would never be late. */
Test(stream, a_deadline_holds_while_bytes_drip)
{
    struct peer p;

    peer_open(&p, NULL);
    stream_set_deadline(p.s, 500);
    PEER_SAY(&p, "x");
    cr_assert_eq(stream_fill(p.s), STREAM_OK);
    PEER_SAY(&p, "y");
    usleep(520000);
    cr_assert_eq(stream_fill(p.s), STREAM_LATE);
    cr_assert(span_eq_text(stream_input(p.s), "x"));
    peer_finish(&p, NULL);
}

Test(stream, a_peer_that_takes_nothing_is_late)
{
    struct stream_limits limits = {.stall_ms = 50};
    struct peer p;
    char block[4096] = {0};
    enum stream_status status = STREAM_OK;

    peer_open(&p, &limits);
    for (int i = 0; i < 10000 && status == STREAM_OK; i++)
        status = stream_write(p.s, span_make(block, sizeof block));
    cr_assert_eq(status, STREAM_LATE);
    cr_assert_eq(stream_write_text(p.s, "x"), STREAM_LATE);
    cr_assert_eq(stream_fill(p.s), STREAM_LATE, "nobody is there to be heard");
    peer_finish(&p, NULL);
}

Test(stream, a_peer_that_is_gone_breaks_it_without_a_signal)
{
    struct peer p;

    signal(SIGPIPE, SIG_DFL);
    peer_open(&p, NULL);
    close(p.fd);
    stream_write_text(p.s, "x");
    cr_assert_eq(stream_flush(p.s), STREAM_BROKEN);
    stream_close(p.s);
}

Test(stream, input_is_bounded)
{
    struct stream_limits limits = {.in = 10};
    struct peer p;

    peer_open(&p, &limits);
    PEER_SAY(&p, "0123456789abcdef");
    cr_assert_eq(stream_fill(p.s), STREAM_OK);
    cr_assert_eq(stream_fill(p.s), STREAM_FULL);
    cr_assert(span_eq_text(stream_input(p.s), "0123456789"));
    stream_consume(p.s, 7);
    cr_assert_eq(stream_fill(p.s), STREAM_OK);
    cr_assert(span_eq_text(stream_input(p.s), "789abcdef"));
    peer_finish(&p, NULL);
}

Test(stream, more_than_the_buffer_holds_goes_out_in_order)
{
    struct stream_limits limits = {.out = 8};
    struct peer p;
    struct buf heard;

    buf_init(&heard, BUF_UNLIMITED);
    peer_open(&p, &limits);
    stream_write_text(p.s, "12345");
    stream_write_text(p.s, "6789");
    stream_write_text(p.s, "abcdefghijklmnop");
    cr_assert_eq(stream_printf(p.s, "%d", 42), STREAM_OK);
    peer_finish(&p, &heard);
    cr_assert_str_eq(heard.p, "123456789abcdefghijklmnop42");
    buf_free(&heard);
}

Test(stream, is_woken_by_another_descriptor)
{
    struct peer p;
    int other[2];

    cr_assert_eq(pipe(other), 0);
    peer_open(&p, NULL);
    stream_set_wake(p.s, other[0]);
    cr_assert_eq(write(other[1], "!", 1), 1);
    cr_assert_eq(stream_fill(p.s), STREAM_WOKEN);
    PEER_SAY(&p, "x");
    cr_assert_eq(stream_fill(p.s), STREAM_OK, "input comes first");
    close(other[0]);
    close(other[1]);
    peer_finish(&p, NULL);
}

Test(stream, works_over_pipes)
{
    int in[2], out[2];
    char heard[8] = "";
    struct stream *s;

    cr_assert_eq(pipe(in) | pipe(out), 0);
    s = stream_open(in[0], out[1], NULL);
    stream_set_deadline(s, 20);
    cr_assert_eq(write(in[1], "abc", 3), 3);
    cr_assert_eq(stream_fill(s), STREAM_OK);
    cr_assert(span_eq_text(stream_input(s), "abc"));
    stream_write_text(s, "def");
    cr_assert_eq(stream_fill(s), STREAM_LATE);
    cr_assert_eq(read(out[0], heard, sizeof heard), 3);
    stream_close(s);
    close(in[1]);
    close(out[0]);
}

Test(stream, gives_its_descriptors_back)
{
    struct peer p;
    int in, out;
    char heard[4] = "";

    peer_open(&p, NULL);
    stream_write_text(p.s, "abc");
    stream_release(p.s, &in, &out);
    cr_assert_eq(in, out);
    cr_assert_eq(read(p.fd, heard, 3), 3);
    cr_assert_eq(write(in, "d", 1), 1);
    close(in);
    close(p.fd);
}

/* ---- what another process has read ahead */

Test(stream, unread_bytes_come_before_all_others)
{
    struct peer peer;

    peer_open(&peer, NULL);
    PEER_SAY(&peer, "three");
    cr_assert_eq(stream_unread(peer.s, span_of("two ")), 0);
    cr_assert_eq(stream_unread(peer.s, span_of("one ")), 0);
    cr_assert(span_eq_text(stream_input(peer.s), "one two "));
    cr_assert_eq(stream_fill(peer.s), STREAM_OK);
    cr_assert(span_eq_text(stream_input(peer.s), "one two three"));
    stream_consume(peer.s, 4);
    cr_assert_eq(stream_unread(peer.s, span_of("ONE ")), 0, "after some was consumed");
    cr_assert(span_eq_text(stream_input(peer.s), "ONE two three"));
    cr_assert_eq(stream_unread(peer.s, SPAN_NULL), 0);
    cr_assert(span_eq_text(stream_input(peer.s), "ONE two three"));
    peer_finish(&peer, NULL);
}

Test(stream, more_than_the_buffer_takes_is_not_unread)
{
    static const struct stream_limits limits = {.in = 8};
    struct peer peer;

    peer_open(&peer, &limits);
    cr_assert_eq(stream_unread(peer.s, span_of("123456")), 0);
    cr_assert_eq(stream_unread(peer.s, span_of("789")), -1);
    cr_assert(span_eq_text(stream_input(peer.s), "123456"), "and what was there stays");
    cr_assert_eq(stream_unread(peer.s, span_of("78")), 0);
    cr_assert(span_eq_text(stream_input(peer.s), "78123456"));
    cr_assert_eq(stream_fill(peer.s), STREAM_FULL);
    peer_finish(&peer, NULL);
}
