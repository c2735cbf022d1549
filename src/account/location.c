#include "account/location.h"

#include <sys/stat.h>

static const char too_long[] = "a path that is too long";

/* Adds the text with what stands for it in place of each %; NULL, or what is wrong. */
static const char *expand(struct span text, const struct account *account, struct buf *to)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        int failed;

        if (c != '%')
            failed = buf_add_byte(to, c);
        else if (++i < text.n && text.p[i] == 'u')
            failed = buf_add_text(to, account->name);
        else if (i < text.n && text.p[i] == 'h' && account->home)
            failed = buf_add_text(to, account->home);
        else if (i < text.n && text.p[i] == '%')
            failed = buf_add_byte(to, '%');
        else
            return "a % that stands for nothing";
        if (failed)
            return too_long;
    }
    return NULL;
}

/* Absolute, and never upwards. */
static const char *judge_path(struct span path)
{
    if (path.n == 0 || *path.p != '/')
        return "a path that does not begin with a slash";
    for (size_t i = 0; i < path.n; i++) {
        if ((unsigned char)path.p[i] < ' ' || path.p[i] == 0x7f)
            return "a control character in a path";
        if (span_starts(span_from(path, i), "/..") && (i + 3 == path.n || path.p[i + 3] == '/'))
            return "a path with .. in it";
    }
    return NULL;
}

static const char *const schemes[] = {"maildir:", "mbox:", "mh:"};

/* Takes the scheme from the front of *mail. */
static const char *take_scheme(struct span *mail)
{
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (span_starts(*mail, schemes[i])) {
            *mail = span_from(*mail, strlen(schemes[i]));
            return schemes[i];
        }
    }
    return NULL;
}

static const char *set_mail(struct account *account, struct span mail, struct buf *to)
{
    const char *scheme = take_scheme(&mail), *fault = NULL;

    if (!scheme)
        return "mail that is not maildir:PATH, mbox:PATH or mh:PATH";
    buf_add_text(to, scheme);
    if (span_starts(mail, "~/")) {
        if (buf_add_text(to, account->home))
            return too_long;
        mail = span_from(mail, 1);
    }
    fault = expand(mail, account, to);
    if (!fault)
        fault = judge_path(span_from(buf_span(to), strlen(scheme)));
    if (!fault)
        account->mail = buf_take(to);
    return fault;
}

static const char *set_usual_mail(struct account *account, struct buf *to)
{
    struct stat st;

    if (buf_printf(to, "maildir:%s/Maildir", account->home))
        return too_long;
    if (stat(to->p + strlen("maildir:"), &st) || !S_ISDIR(st.st_mode)) {
        buf_cut(to, 0);
        buf_printf(to, "mbox:" MAIL_SPOOL "/%s", account->name);
    }
    account->mail = buf_take(to);
    return NULL;
}

const char *location_home(struct account *account, struct span home, bool expands)
{
    struct buf to;
    const char *fault = NULL;

    buf_init(&to, ACCOUNT_PATH_MAX);
    if (expands)
        fault = expand(home, account, &to);
    else if (buf_add_span(&to, home))
        fault = too_long;
    if (!fault)
        fault = judge_path(buf_span(&to));
    if (!fault)
        account->home = buf_take(&to);
    buf_free(&to);
    return fault;
}

const char *location_mail(struct account *account, struct span mail)
{
    struct buf to;
    const char *fault;

    buf_init(&to, ACCOUNT_PATH_MAX);
    fault = mail.n ? set_mail(account, mail, &to) : set_usual_mail(account, &to);
    buf_free(&to);
    return fault;
}
