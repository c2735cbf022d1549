#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "account/account.h"
#include "base/io.h"

enum { STATUS_TROUBLE = 111 }; /* of checkpassword */

/* userdb_uid and userdb_gid, as other servers have it, are for virtual users: a program without root's
 * rights, or one that serves many users under one uid, cannot become whom it means. */
static void add_id(struct buf *to, const char *variable, unsigned id)
{
    const char *said = getenv(variable);

    if (said)
        buf_add_text(to, said);
    else
        buf_printf(to, "%u", id);
    buf_add_byte(to, '\0');
}

static void add(struct buf *to, const char *text)
{
    buf_add_text(to, text ? text : "");
    buf_add_byte(to, '\0');
}

int account_reply(void)
{
    const char *user = getenv("USER"), *home = getenv("HOME");
    struct buf reply;
    int failed;

    if (!user || !home) {
        fputs("account-reply: the program that ran it has set no USER or no HOME\n", stderr);
        return STATUS_TROUBLE;
    }
    buf_init(&reply, BUF_UNLIMITED);
    add(&reply, user);
    add_id(&reply, "userdb_uid", getuid());
    add_id(&reply, "userdb_gid", getgid());
    add(&reply, home);
    add(&reply, getenv("userdb_mail"));
    failed = io_write(1, reply.p, reply.n);
    buf_free(&reply);
    return failed ? STATUS_TROUBLE : 0;
}
