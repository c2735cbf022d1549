/* The variables of procmailrc(5), "Environment". */
#include "check/check-private.h"

static const struct special specials[] = {
    {"COMSAT", SPECIAL_TEXT, true},
    {"DEFAULT", SPECIAL_TEXT, true},
    {"DELIVERED", SPECIAL_SWITCH, false},
    {"DROPPRIVS", SPECIAL_SWITCH, false},
    {"EXITCODE", SPECIAL_NUMBER, false},
    {"HOME", SPECIAL_TEXT, true},
    {"HOST", SPECIAL_TEXT, true},
    {"INCLUDERC", SPECIAL_TEXT, false},
    {"LASTFOLDER", SPECIAL_TEXT, true},
    {"LINEBUF", SPECIAL_NUMBER, true},
    {"LOCKEXT", SPECIAL_TEXT, true},
    {"LOCKFILE", SPECIAL_TEXT, false},
    {"LOCKSLEEP", SPECIAL_NUMBER, false},
    {"LOCKTIMEOUT", SPECIAL_NUMBER, false},
    {"LOG", SPECIAL_TEXT, false},
    {"LOGABSTRACT", SPECIAL_SWITCH, false},
    {"LOGFILE", SPECIAL_TEXT, false},
    {"LOGNAME", SPECIAL_TEXT, true},
    {"MAILDIR", SPECIAL_TEXT, true},
    {"MATCH", SPECIAL_TEXT, true},
    {"MSGPREFIX", SPECIAL_TEXT, true},
    {"NORESRETRY", SPECIAL_NUMBER, false},
    {"ORGMAIL", SPECIAL_TEXT, true},
    {"PATH", SPECIAL_TEXT, true},
    {"PROCMAIL_OVERFLOW", SPECIAL_TEXT, true},
    {"PROCMAIL_VERSION", SPECIAL_TEXT, true},
    {"SENDMAIL", SPECIAL_TEXT, true},
    {"SENDMAILFLAGS", SPECIAL_TEXT, true},
    {"SHELL", SPECIAL_TEXT, true},
    {"SHELLFLAGS", SPECIAL_TEXT, true},
    {"SHELLMETAS", SPECIAL_TEXT, true},
    {"SHIFT", SPECIAL_NUMBER, false},
    {"SUSPEND", SPECIAL_NUMBER, false},
    {"SWITCHRC", SPECIAL_TEXT, false},
    {"TIMEOUT", SPECIAL_NUMBER, false},
    {"TRAP", SPECIAL_TEXT, false},
    {"TZ", SPECIAL_TEXT, true},
    {"UMASK", SPECIAL_NUMBER, false},
    {"VERBOSE", SPECIAL_SWITCH, false},
};

/* Set by mailers, or for programs, never by mistake for one of those above. */
static const char *const others[] = {"USER",     "LANG", "LC_ALL", "TERM",
                                     "HOSTNAME", "DATE", "MAILTO", "LOGDIR"};

const struct special *special_find(struct span name)
{
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
        if (span_eq_text(name, specials[i].name))
            return specials + i;
    return NULL;
}

/* One letter added, left out, exchanged, or two in the wrong order. */
bool names_are_near(struct span a, struct span b)
{
    size_t same = 0, tail = 0;

    if (a.n < b.n) {
        struct span longer = b;

        b = a;
        a = longer;
    }
    if (b.n < 4 || a.n - b.n > 1 || span_eq(a, b))
        return false;
    while (same < b.n && a.p[same] == b.p[same])
        same++;
    while (tail < b.n - same && a.p[a.n - 1 - tail] == b.p[b.n - 1 - tail])
        tail++;
    if (same + tail + 1 >= a.n)
        return true;
    return a.n == b.n && same + tail + 2 == a.n && a.p[same] == b.p[same + 1] && a.p[same + 1] == b.p[same];
}

const struct special *special_near(struct span name)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (span_eq_text(name, others[i]))
            return NULL;
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
        if (names_are_near(name, span_of(specials[i].name)))
            return specials + i;
    return NULL;
}
