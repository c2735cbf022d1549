#include <errno.h>
#include <inttypes.h>
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
    } else {
        answer_ok(&p, "%zu messages (%" PRIu64 " octets)", p.count, maildrop_octets(&p));
        dialogue_run(&p);
    }
    maildrop_close(&p);
    if (claim >= 0)
        close(claim);
    stream_flush(stream); /* only now: who has heard the last word may come again at once */
    return p.end;
}
