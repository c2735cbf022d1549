#include "tools/mda-recipient.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/mda-mailbox.h"

#define SPECIAL_RCS "/etc/procmailrcs/"

static int check(const struct identity *identity, struct err *err)
{
    if (!identity_may_assume(identity))
        return err_set(err, ERR_NOPERM, "Insufficient privileges");
    if (mda_mailbox_is_closed(MAIL_SPOOL, identity))
        return err_set(err, ERR_NOUSER, "Autoforwarding mailbox found");
    return 0;
}

int mda_recipient_find(struct identity *identity, const char *name, struct err *err)
{
    if (identity_find(identity, name, err)) {
        if (err->class == ERR_NOUSER)
            err_set(err, ERR_NOUSER, "Unknown user \"%s\"", name);
        return -1;
    }
    if (check(identity, err)) {
        identity_free(identity);
        return -1;
    }
    return 0;
}

/* The rc file, if it lies there; `alone`: nothing stands before it. */
static const char *special_rc(const struct mda_options *options, bool *alone)
{
    const char *const *rest = options->rest;

    while (*rest && strchr(*rest, '='))
        rest++;
    *alone = rest == options->rest;
    return *rest && !strncmp(*rest, SPECIAL_RCS, strlen(SPECIAL_RCS)) ? *rest : NULL;
}

void mda_recipient_of_rc(struct identity *identity, const struct mda_options *options)
{
    struct identity owner;
    struct stat st;
    bool alone;
    const char *rc = special_rc(options, &alone);

    if (geteuid() != 0 || !rc)
        return;
    if (!alone || strstr(rc, "/../") || options->preserve || lstat(rc, &st) || S_ISDIR(st.st_mode) ||
        identity_of_uid(&owner, st.st_uid, NULL)) {
        fprintf(stderr, "procmail: Denying special privileges for \"%s\"\n", rc);
        return;
    }
    identity_free(identity);
    *identity = owner;
}
