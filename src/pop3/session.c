#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pop3/pop3-private.h"

static void refuse_mailbox(struct pop3 *p, const struct err *err)
{
    if (err->class == ERR_TEMP && err->errnum == EAGAIN)
        answer_error(p, "IN-USE", "another session has this mailbox open");
    else
        answer_error(p, err->class == ERR_DATA ? "SYS/PERM" : "SYS/TEMP", "your mailbox cannot be opened%s",
                     err->class == ERR_DATA ? "" : " now");
    if (p->say)
        p->say(err->text);
    stream_flush(p->stream);
}

/*
 * The file of the claim tells when its user came in the last time, by its own time; empty, he never has.  So
 * it holds over restarts, in all that serve him.  A time that is still to come is a clock that was put right.
 */
static bool is_early(int claim, long delay)
{
    struct stat st;
    time_t now = time(NULL);

    return delay > 0 && claim >= 0 && fstat(claim, &st) == 0 && st.st_size > 0 && st.st_mtime <= now &&
           now - st.st_mtime < delay;
}

static void note_login(int claim)
{
    if (claim >= 0 && pwrite(claim, "\n", 1, 0) == 1)
        futimens(claim, NULL);
}

static bool let_in(struct pop3 *p, int claim)
{
    if (is_early(claim, p->limits->login_delay)) {
        answer_error(p, "LOGIN-DELAY", "there have to be %ld seconds between logins", p->limits->login_delay);
        return false;
    }
    if (p->limits->login_delay > 0)
        note_login(claim);
    return true;
}

enum pop3_end pop3_serve(struct stream *stream, const struct pop3_mailbox *mailbox,
                         const struct pop3_limits *limits, struct pop3_account *account,
                         void (*say)(const char *text))
{
    struct pop3 p = {.state = POP3_TRANSACTION,
                     .stream = stream,
                     .limits = limits,
                     .account = account,
                     .say = say,
                     .end = POP3_NEVER};
    struct err err = {0};
    int claim;

    *account = (struct pop3_account){0};
    claim = view_claim(mailbox->shape, mailbox->path, mailbox->state, &err);
    if (claim == -1) {
        refuse_mailbox(&p, &err);
        return POP3_NEVER;
    }
    if (maildrop_open(&p, mailbox, &err) < 0) {
        refuse_mailbox(&p, &err);
    } else if (let_in(&p, claim)) {
        answer_ok(&p, "%zu messages (%" PRIu64 " octets)", p.count, maildrop_octets(&p));
        dialogue_run(&p);
    }
    maildrop_close(&p);
    if (claim >= 0)
        close(claim);
    stream_flush(stream); /* only now: who has heard the last word may come again at once */
    return p.end;
}
