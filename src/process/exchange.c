#include "process/spawn.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "process/process-private.h"
#include "process/signal.h"

struct talk {
    struct spawn_exchange *with;
    struct span piece; /* of the source, not yet written */
    bool refused;
    bool full; /* the sink takes no more */
    bool broken;
};

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static bool would_block(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* Has the next piece at hand, or has closed the pipe. */
static void fetch(struct talk *talk, struct err *err)
{
    struct spawn_exchange *with = talk->with;

    if (with->to < 0 || talk->piece.n)
        return;
    if (with->source && with->source(with->ctx, &talk->piece, err) < 0)
        talk->broken = true;
    if (!talk->piece.n && !talk->broken)
        close_end(&with->to);
}

static void feed(struct talk *talk, struct err *err)
{
    struct spawn_exchange *with = talk->with;
    ssize_t n = write(with->to, talk->piece.p, talk->piece.n);

    if (n >= 0) {
        talk->piece = span_from(talk->piece, (size_t)n);
        fetch(talk, err);
    } else if (errno == EPIPE) {
        talk->refused = true;
        close_end(&with->to);
    } else if (!would_block()) {
        err_set_errno(err, ERR_TEMP, "cannot write to the program");
        talk->broken = true;
    }
}

static void take(struct talk *talk, struct err *err)
{
    struct spawn_exchange *with = talk->with;
    char bytes[16384];
    ssize_t n = read(with->from, bytes, sizeof bytes);

    if (n > 0) {
        if (with->sink && with->sink(with->ctx, span_make(bytes, (size_t)n), err) < 0) {
            talk->full = true; /* it learns that when it goes on writing, and what it reads stays whole */
            close_end(&with->from);
        }
    } else if (n == 0) {
        close_end(&with->from);
    } else if (!would_block()) {
        err_set_errno(err, ERR_TEMP, "cannot read from the program");
        talk->broken = true;
    }
}

static enum spawn_exchanged converse(struct talk *talk, struct err *err)
{
    struct spawn_exchange *with = talk->with;

    fetch(talk, err);
    while (!talk->broken && (with->to >= 0 || with->from >= 0)) {
        struct pollfd fds[3] = {
            {.fd = with->to, .events = POLLOUT}, /* poll(2) leaves -1 out */
            {.fd = with->from, .events = POLLIN},
            {.fd = signal_fd(), .events = POLLIN},
        };
        int left = deadline_left(with->deadline);

        signal_drain();
        if (signal_must_end())
            return SPAWN_SIGNALLED;
        if (left == 0)
            return SPAWN_TIMED_OUT;
        if (poll(fds, 3, left) < 0)
            continue;
        if (fds[0].revents)
            feed(talk, err);
        if (fds[1].revents && !talk->broken)
            take(talk, err);
    }
    if (talk->broken)
        return SPAWN_BROKEN;
    return talk->refused ? SPAWN_REFUSED : SPAWN_DONE;
}

enum spawn_exchanged spawn_exchange(struct spawn_exchange *exchange, struct err *err)
{
    struct talk talk = {.with = exchange};
    enum spawn_exchanged result = converse(&talk, err);

    if (result != SPAWN_DONE && result != SPAWN_REFUSED)
        kill(exchange->pid, SIGTERM);
    else if (talk.full)
        result = SPAWN_BROKEN;
    close_end(&exchange->to);
    close_end(&exchange->from);
    return result;
}
