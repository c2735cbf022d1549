#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "process/signal.h"
#include "process/spawn.h"

#define ENVP                       \
    (const char *const[])          \
    {                              \
        "PATH=/usr/bin:/bin", NULL \
    }

enum { PIECE = 100000 };

/* Gives `left` pieces of PIECE bytes, keeps what comes back. */
struct both {
    char piece[PIECE];
    int left;
    struct buf got;
    bool fail_source, fail_sink;
};

static int give(void *ctx, struct span *piece, struct err *err)
{
    struct both *both = ctx;

    if (both->fail_source && both->left <= 0)
        return err_set(err, ERR_TEMP, "source");
    *piece = both->left-- > 0 ? span_make(both->piece, PIECE) : SPAN_NULL;
    return 0;
}

static int keep(void *ctx, struct span piece, struct err *err)
{
    struct both *both = ctx;

    if (both->fail_sink)
        return err_set(err, ERR_TEMP, "sink");
    return buf_add_span(&both->got, piece);
}

static struct both *both_new(int pieces)
{
    static struct both both;

    memset(both.piece, 'x', PIECE);
    both.left = pieces;
    both.fail_source = both.fail_sink = false;
    buf_init(&both.got, BUF_UNLIMITED);
    signal_install();
    return &both;
}

/* Runs a shell command with our pieces as input; its end is in *status. */
static enum spawn_exchanged talk(struct both *both, const char *command, time_t deadline, int *status,
                                 struct err *err)
{
    struct spawn spawn = {
        .argv = (const char *const[]){"/bin/sh", "-c", command, NULL}, .envp = ENVP, .errs = -1};
    struct spawn_exchange exchange = {.source = give, .sink = keep, .ctx = both, .deadline = deadline};
    enum spawn_exchanged result;
    int in[2], out[2];
    pid_t pid;

    cr_assert_eq(spawn_pipe(in, SPAWN_WE_WRITE, NULL), 0);
    cr_assert_eq(spawn_pipe(out, SPAWN_WE_READ, NULL), 0);
    spawn.in = in[0];
    spawn.out = out[1];
    pid = spawn_start(&spawn, NULL);
    cr_assert_gt(pid, 0);
    close(in[0]);
    close(out[1]);
    exchange.to = in[1];
    exchange.from = out[0];
    exchange.pid = pid;
    result = spawn_exchange(&exchange, err);
    cr_assert_eq(exchange.to, -1);
    cr_assert_eq(exchange.from, -1);
    *status = spawn_wait(pid, 0, NULL);
    return result;
}

Test(exchange, neither_side_blocks_the_other)
{
    struct both *both = both_new(30);
    int status;

    cr_assert_eq(talk(both, "cat", 0, &status, NULL), SPAWN_DONE);
    cr_assert_eq(status, 0);
    cr_assert_eq(both->got.n, 30 * PIECE);
    buf_free(&both->got);
}

Test(exchange, nothing_to_give_is_end_of_file)
{
    struct both *both = both_new(0);
    int status;

    cr_assert_eq(talk(both, "cat; echo end", 0, &status, NULL), SPAWN_DONE);
    cr_assert_str_eq(both->got.p, "end\n");
    buf_free(&both->got);
}

Test(exchange, early_close_is_refusal_and_all_is_read)
{
    struct both *both = both_new(30);
    int status;

    cr_assert_eq(talk(both, "exec <&-; sleep 1; echo late", 0, &status, NULL), SPAWN_REFUSED);
    cr_assert_str_eq(both->got.p, "late\n");
    cr_assert_eq(status, 0);
    buf_free(&both->got);
}

Test(exchange, closed_output_does_not_stop_feeding)
{
    struct both *both = both_new(30);
    int status;

    cr_assert_eq(talk(both, "exec >&-; n=$(wc -c); test $n = 3000000", 0, &status, NULL), SPAWN_DONE);
    cr_assert_eq(status, 0);
    buf_free(&both->got);
}

Test(exchange, deadline_passes)
{
    struct both *both = both_new(30);
    int status;

    cr_assert_eq(talk(both, "exec sleep 60", spawn_deadline(1), &status, NULL), SPAWN_TIMED_OUT);
    cr_assert_eq(status, -SIGTERM);
    buf_free(&both->got);
}

Test(exchange, failures_of_either_end_are_told)
{
    struct both *both = both_new(0);
    struct err err;
    int status;

    both->fail_source = true;
    cr_assert_eq(talk(both, "cat", 0, &status, &err), SPAWN_BROKEN);
    cr_assert_str_eq(err.text, "source");
    both->fail_source = false;
    both->fail_sink = true;
    both->left = 3;
    cr_assert_eq(talk(both, "cat", 0, &status, &err), SPAWN_BROKEN);
    cr_assert_str_eq(err.text, "sink");
    buf_free(&both->got);
}

Test(exchange, half_a_text_is_never_taken_for_a_whole_one)
{
    char path[] = "/tmp/exchange-XXXXXX", command[100];
    int file = mkstemp(path), status;

    snprintf(command, sizeof command, "cat >/dev/null; echo whole >%s", path);
    for (int i = 0; i < 30; i++) {
        struct both *both = both_new(1);

        both->fail_source = true;
        cr_assert_eq(talk(both, command, 0, &status, NULL), SPAWN_BROKEN);
        cr_assert_eq(status, -SIGTERM);
        buf_free(&both->got);
    }
    cr_expect_eq(lseek(file, 0, SEEK_END), 0);
    unlink(path);
}

Test(exchange, one_whose_output_is_not_taken_is_stopped_at_the_deadline_all_the_same)
{
    struct both *both = both_new(30);
    int status;

    both->fail_sink = true;
    cr_assert_eq(talk(both, "echo full; exec sleep 60", spawn_deadline(1), &status, NULL), SPAWN_TIMED_OUT);
    cr_assert_eq(status, -SIGTERM);
    buf_free(&both->got);
}

Test(exchange, ending_signal_interrupts)
{
    struct both *both = both_new(0);
    pid_t pid = getpid();
    int status;

    if (fork() == 0) {
        usleep(200000);
        kill(pid, SIGTERM);
        _exit(0);
    }
    cr_assert_eq(talk(both, "exec sleep 60", 0, &status, NULL), SPAWN_SIGNALLED);
    cr_assert(status == SPAWN_INTERRUPTED || status == -SIGTERM, "whether it has ended yet or not");
    buf_free(&both->got);
}
