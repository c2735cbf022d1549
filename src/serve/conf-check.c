/* What a configuration names in the world: files of keys and accounts, programs, users. */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/tls.h"
#include "serve/conf-private.h"

static bool is_readable(struct conf *conf, const char *path, struct conf_place at, const char *hint)
{
    if (!access(path, R_OK))
        return true;
    conf_fault(conf, at, "cannot read '%.150s': %s%s", path, strerror(errno), errno == ENOENT ? hint : "");
    return false;
}

/* What others may do with it would be theirs to decide about our mail. */
static bool is_ours(struct conf *conf, const char *path, struct conf_place at, mode_t refused,
                    const char *advice)
{
    struct stat st;

    if (stat(path, &st))
        conf_fault(conf, at, "cannot look at '%.150s': %s", path, strerror(errno));
    else if (!S_ISREG(st.st_mode))
        conf_fault(conf, at, "'%.150s' is no regular file", path);
    else if (st.st_uid != 0 && st.st_uid != geteuid())
        conf_fault(conf, at, "'%.150s' belongs to somebody else", path);
    else if (st.st_mode & refused)
        conf_fault(conf, at, "'%.150s' has mode %04o: %s", path, (unsigned)(st.st_mode & 07777), advice);
    else
        return true;
    return false;
}

static const char WRITABLE[] = "anybody may write to it; chmod o-w helps";

/* Each file by itself, then whether they belong together. */
static void check_certificate(struct conf *conf, const struct conf_certificate *c)
{
    static const char *const hint = "; 'mailweird cert' makes one";
    struct tls_certificate pair = {c->certificate, c->key};
    struct tls *tls;
    struct err err;
    bool certificate = is_readable(conf, c->certificate, c->certificate_place, hint) &&
                       is_ours(conf, c->certificate, c->certificate_place, S_IWOTH, WRITABLE),
         key = is_readable(conf, c->key, c->key_place, hint) &&
               is_ours(conf, c->key, c->key_place, S_IRWXO | S_IWGRP,
                       "others may use the key; chmod 600 helps");

    if (!certificate || !key)
        return;
    tls = tls_server_new(&pair, 1, &err);
    if (!tls)
        conf_fault(conf, c->key_place, "%s", err.text);
    tls_free(tls);
}

static void check_accounts(struct conf *conf, const struct conf_accounts *a)
{
    struct stat st;

    if (a->source == CONF_ACCOUNTS_FILE) {
        if (is_readable(conf, a->path, a->place, "; 'mailweird passwd' makes entries"))
            is_ours(conf, a->path, a->place, S_IWOTH, WRITABLE);
    } else if (a->source == CONF_ACCOUNTS_PROGRAM) {
        if (access(a->path, X_OK))
            conf_fault(conf, a->place, "cannot run '%.150s': %s", a->path, strerror(errno));
        else if (!stat(a->path, &st))
            is_ours(conf, a->path, a->place, S_IWOTH, WRITABLE);
    }
}

/* Only root becomes somebody else. */
static bool find_user(struct conf *conf, struct conf_user *user, const char *statement)
{
    const struct passwd *pw = getpwnam(user->name);

    if (!pw)
        conf_fault(conf, user->place,
                   "there is no user '%.60s' for processes without rights; make one by useradd --system, or "
                   "name another by '%s'",
                   user->name, statement);
    else if (!pw->pw_uid)
        conf_fault(conf, user->place, "'%.60s' has all rights, and should have none", user->name);
    else {
        user->uid = pw->pw_uid;
        user->gid = pw->pw_gid;
        return true;
    }
    return false;
}

static void check_users(struct conf *conf)
{
    bool user, auth;

    conf->user.uid = conf->auth.uid = geteuid();
    conf->user.gid = conf->auth.gid = getegid();
    if (geteuid())
        return;
    user = find_user(conf, &conf->user, "user NAME");
    auth = find_user(conf, &conf->auth, "user NAME for authentication");
    if (user && auth && conf->user.uid == conf->auth.uid)
        conf_fault(
            conf, conf->auth.place,
            "'%.60s' talks with peers before the login, too, and could see passwords; two users are needed",
            conf->auth.name);
}

/* Whoever has the key can say to be anybody.  Only the processes that check passwords read it. */
static void check_keytab(struct conf *conf)
{
    const char *path = conf->gssapi.keytab;
    struct conf_place at = conf->gssapi.keytab_place;
    const struct conf_user *auth = &conf->auth;
    struct stat st;

    if (!is_readable(conf, path, at, "; kadmin's ktadd makes one"))
        return;
    if (stat(path, &st))
        conf_fault(conf, at, "cannot look at '%.150s': %s", path, strerror(errno));
    else if (!S_ISREG(st.st_mode))
        conf_fault(conf, at, "'%.150s' is no regular file", path);
    else if (st.st_mode & (S_IRWXO | S_IWGRP))
        conf_fault(conf, at, "'%.150s' has mode %04o: others may use the key; chmod 640 helps", path,
                   (unsigned)(st.st_mode & 07777));
    else if (!(st.st_uid == auth->uid && st.st_mode & S_IRUSR) &&
             !(st.st_gid == auth->gid && st.st_mode & S_IRGRP))
        conf_fault(conf, at, "'%.150s' is not to be read by the user '%.60s'; chown helps", path, auth->name);
}

void conf_check_world(struct conf *conf)
{
    for (const struct conf_certificate *c = conf->certificates; c; c = c->next)
        check_certificate(conf, c);
    for (const struct conf_accounts *a = conf->accounts; a; a = a->next)
        check_accounts(conf, a);
    check_users(conf);
    if (conf->gssapi.realm)
        check_keytab(conf);
}
