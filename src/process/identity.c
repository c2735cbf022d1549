#include "process/identity.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

/* ---- who */

/* Login names become parts of paths and lines of logs. */
static bool name_is_sane(const char *name)
{
    if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
        return false;
    for (const char *p = name; *p; p++)
        if (*p == '/' || (unsigned char)*p < ' ' || *p == 0x7f)
            return false;
    return true;
}

static void fill(struct identity *identity, const struct passwd *entry)
{
    *identity = (struct identity){
        .uid = entry->pw_uid,
        .gid = entry->pw_gid,
        .name = mem_strdup(entry->pw_name),
        .home = mem_strdup(entry->pw_dir && *entry->pw_dir ? entry->pw_dir : "/"),
        .shell = mem_strdup(entry->pw_shell && *entry->pw_shell ? entry->pw_shell : "/bin/sh"),
        .known = true,
    };
}

enum looked_up { FOUND, NOT_FOUND, UNANSWERED };

/* getpwnam_r or, where name is NULL, getpwuid_r; with as much room as the entry needs. */
static enum looked_up look_up(struct identity *identity, const char *name, uid_t uid)
{
    struct passwd entry, *found = NULL;
    size_t room = 1024;
    char *text = NULL;
    int failed;

    do {
        room *= 2;
        text = mem_realloc(text, room);
        failed =
            name ? getpwnam_r(name, &entry, text, room, &found) : getpwuid_r(uid, &entry, text, room, &found);
    } while (failed == EINTR || (failed == ERANGE && room < (1U << 24)));
    if (found)
        fill(identity, found);
    free(text);
    errno = failed;
    if (found)
        return FOUND;
    return failed == 0 || failed == ENOENT || failed == ESRCH ? NOT_FOUND : UNANSWERED;
}

static char *lower(const char *name)
{
    char *copy = mem_strdup(name);

    for (char *p = copy; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p += 'a' - 'A';
    return copy;
}

int identity_find(struct identity *identity, const char *name, struct err *err)
{
    enum looked_up result = NOT_FOUND;
    char *small;

    if (name_is_sane(name)) {
        small = lower(name);
        result = look_up(identity, name, 0);
        if (result == NOT_FOUND && strcmp(small, name))
            result = look_up(identity, small, 0);
        free(small);
    }
    if (result == FOUND)
        return 0;
    if (result == UNANSWERED)
        return err_set_errno(err, ERR_TEMP, "the user database does not answer");
    return err_set(err, ERR_NOUSER, "unknown user '%s'", name);
}

int identity_of_uid(struct identity *identity, uid_t uid, struct err *err)
{
    switch (look_up(identity, NULL, uid)) {
    case FOUND:
        return 0;
    case UNANSWERED:
        return err_set_errno(err, ERR_TEMP, "the user database does not answer");
    default:
        return err_set(err, ERR_NOUSER, "no user has the uid %lu", (unsigned long)uid);
    }
}

int identity_of_invoker(struct identity *identity, const char *hint, struct err *err)
{
    uid_t uid = getuid();
    enum looked_up result;
    char digits[32];

    if (hint && name_is_sane(hint) && look_up(identity, hint, 0) == FOUND) {
        if (identity->uid == uid)
            return 0;
        identity_free(identity);
    }
    result = look_up(identity, NULL, uid);
    if (result == FOUND)
        return 0;
    if (result == UNANSWERED)
        return err_set_errno(err, ERR_TEMP, "the user database does not answer");
    snprintf(digits, sizeof digits, "%lu", (unsigned long)uid);
    *identity = (struct identity){
        .uid = uid,
        .gid = getgid(),
        .name = mem_strdup(digits),
        .home = mem_strdup("/"),
        .shell = mem_strdup("/bin/sh"),
    };
    return 0;
}

void identity_free(struct identity *identity)
{
    free(identity->name);
    free(identity->home);
    free(identity->shell);
    *identity = (struct identity){.name = NULL};
}

/* ---- becoming */

struct ids {
    uid_t uid[3]; /* real, effective, saved */
    gid_t gid[3];
};

static struct ids ids_now(void)
{
    struct ids ids;

    getresuid(&ids.uid[0], &ids.uid[1], &ids.uid[2]);
    getresgid(&ids.gid[0], &ids.gid[1], &ids.gid[2]);
    return ids;
}

static bool ids_are(const struct ids *ids, uid_t uid, gid_t gid)
{
    for (int i = 0; i < 3; i++)
        if (ids->uid[i] != uid || ids->gid[i] != gid)
            return false;
    return true;
}

bool identity_may_assume(const struct identity *identity)
{
    return geteuid() == 0 || getuid() == identity->uid;
}

static int set_groups(const struct identity *identity, gid_t gid)
{
    if (identity->known)
        return initgroups(identity->name, gid);
    return setgroups(1, &gid);
}

/* Nothing of what we were can be had again. */
static bool is_final(uid_t uid, gid_t gid)
{
    struct ids ids = ids_now();

    if (!ids_are(&ids, uid, gid))
        return false;
    if (uid == 0)
        return true;
    return setresuid((uid_t)-1, 0, (uid_t)-1) != 0 && (gid == 0 || setresgid((gid_t)-1, 0, (gid_t)-1) != 0);
}

int identity_assume(const struct identity *identity, struct err *err)
{
    struct ids ids = ids_now();
    bool root = ids.uid[1] == 0;
    /* An ordinary user keeps the group he is in (newgrp(1)): it is his already. */
    gid_t gid = root ? identity->gid : ids.gid[0];

    if (ids_are(&ids, identity->uid, gid))
        return 0;
    if (root && set_groups(identity, gid) < 0)
        return err_set_errno(err, ERR_NOPERM, "cannot take the groups of '%s'", identity->name);
    if (setresgid(gid, gid, gid) < 0)
        return err_set_errno(err, ERR_NOPERM, "cannot become group %lu", (unsigned long)gid);
    if (setresuid(identity->uid, identity->uid, identity->uid) < 0)
        return err_set_errno(err, ERR_NOPERM, "cannot become '%s'", identity->name);
    if (!is_final(identity->uid, gid))
        return err_set(err, ERR_NOPERM, "becoming '%s' can be taken back", identity->name);
    return 0;
}
