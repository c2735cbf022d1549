/* Rules for assignments, and for the variables that are used. */
#include "check/check-private.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <sysexits.h>

static bool is_name(const struct check *c, const char *name)
{
    return span_eq_text(c->item->name, name);
}

static const char *value(struct check *c)
{
    return value_known(c, c->item->value);
}

static struct span value_text(const struct check *c)
{
    struct span s = c->item->value;

    while (s.n && strchr("\n \t", s.p[s.n - 1]))
        s.n--;
    return s;
}

/* ---- variables that are used */

static bool is_positional(struct span name)
{
    return !name.n || !(isalpha((unsigned char)*name.p) || (*name.p == '_' && name.n > 1));
}

enum { NAMES_COMPARED = 500 }; /* so that a file of nothing but variables is not looked at squared */

static struct name *near_assigned(const struct check *c, struct span text)
{
    int left = NAMES_COMPARED;

    for (struct name *name = c->variables.first; name && left--; name = name->next)
        if (name->assignments && names_are_near(name->text, text))
            return name;
    return NULL;
}

static bool is_unset(const struct check *c, const struct reference *r)
{
    const struct name *known = names_find(&c->variables, r->name);

    return !r->is_command && !r->has_default && !is_positional(r->name) && !(known && known->assignments) &&
           !special_find(r->name);
}

/* What the one says who is nearly this one, or NULL. */
static const char *misspelt_as(const struct check *c, struct span name)
{
    const struct name *near = near_assigned(c, name);
    const struct special *special = special_near(name);

    return near ? near->text.p : special ? special->name : NULL;
}

static void look_references(struct check *c, struct span raw, bool in_quotes, bool misspelt)
{
    for (struct reference *r = references_read(c->arena, raw, in_quotes); r; r = r->next) {
        const char *near = is_unset(c, r) ? misspelt_as(c, r->name) : NULL;

        if (near && misspelt)
            found(c, r->raw, "'%s' is not set; '%s' is", r->name.p, near);
        else if (is_unset(c, r) && !near && !misspelt && !c->includes)
            found(c, r->raw, "'%s' is not set in this file", r->name.p);
    }
}

static void look_all_references(struct check *c, bool misspelt)
{
    if (c->node == NODE_ASSIGN) {
        look_references(c, c->item->value, false, misspelt);
    } else if (c->node == NODE_RECIPE) {
        look_references(c, head_lock_text(c->item), false, misspelt);
        if (c->item->action == RC_FOLDER)
            look_references(c, c->folder, false, misspelt);
        else if (c->item->action == RC_FORWARD)
            look_references(c, c->item->action_text, false, misspelt);
    } else if (c->is_expanded) {
        look_references(c, c->condition_text, true, misspelt);
    }
}

static void look_misspelt(struct check *c)
{
    look_all_references(c, true);
}

static void look_unset(struct check *c)
{
    struct span name = c->condition_variable;
    const struct name *known;

    look_all_references(c, false);
    if (c->node != NODE_CONDITION || c->condition.area != CONDITION_AREA_VARIABLE || name.n < 3 ||
        c->includes)
        return;
    known = names_find(&c->variables, name);
    if (!(known && known->assignments) && !special_find(name))
        found(c, name, "'%.*s' is not set in this file", (int)name.n, name.p);
}

static void look_match(struct check *c)
{
    struct span raw = c->node == NODE_ASSIGN ? c->item->value : c->folder;

    if (c->match_is_set || c->includes)
        return;
    for (struct reference *r = references_read(c->arena, raw, false); r; r = r->next)
        if (span_eq_text(r->name, "MATCH") && !r->is_command && !r->has_default)
            found(c, r->raw, "no condition before this sets MATCH");
}

/* ---- variables that are set */

static void look_unused(struct check *c)
{
    const struct name *known = names_find(&c->variables, c->item->name);

    if (!c->includes && known && !known->used && known->assigned == c->item && !special_find(c->item->name) &&
        !special_near(c->item->name))
        found(c, c->item->name, "'%s' is not used in this file", known->text.p);
}

static void look_misspelt_special(struct check *c)
{
    const struct name *known = names_find(&c->variables, c->item->name);
    const struct special *near = special_near(c->item->name);

    if (near && known && !known->used && !special_find(c->item->name))
        mend(c,
             found(c, c->item->name, "'%s' means nothing to procmail; '%s' does", known->text.p, near->name),
             c->item->name.p, c->item->name.n, near->name);
}

static void look_number(struct check *c)
{
    const struct special *special = special_find(c->item->name);
    const char *text = special && special->kind == SPECIAL_NUMBER ? value(c) : NULL;

    if (text && *text && !isdigit((unsigned char)text[*text == '-' || *text == '+']))
        found(c, value_text(c), "%s wants a number", special->name);
}

static void look_relative_maildir(struct check *c)
{
    const char *text = is_name(c, "MAILDIR") ? value(c) : NULL;

    if (text && *text && *text != '/' && *text != '~')
        found(c, value_text(c), "MAILDIR is relative to where procmail happens to be");
}

static void look_directory(struct check *c)
{
    const char *text = is_name(c, "MAILDIR") && c->options->files ? value(c) : NULL;
    struct stat st;

    if (text && *text == '/' && (stat(text, &st) || !S_ISDIR(st.st_mode)))
        found(c, value_text(c), "there is no directory '%s'", text);
}

static void look_late_maildir(struct check *c)
{
    if (is_name(c, "MAILDIR") && !c->item->parent && c->relative_folder)
        found(c, c->item->name, "a folder before this was named relative to another MAILDIR");
}

static void look_shell(struct check *c)
{
    const char *text = is_name(c, "SHELL") ? value(c) : NULL, *name = text ? strrchr(text, '/') : NULL;

    name = name ? name + 1 : text;
    if (name && (!strcmp(name, "csh") || !strcmp(name, "tcsh") || !strcmp(name, "fish") ||
                 !strcmp(name, "false") || !strcmp(name, "nologin")))
        mend(c, found(c, value_text(c), "'%s' is no shell for recipes", name), value_text(c).p,
             value_text(c).n, "/bin/sh");
}

static void look_umask(struct check *c)
{
    const char *text = is_name(c, "UMASK") ? value(c) : NULL;
    char *end;
    long mask = text ? strtol(text, &end, 8) : 0;

    if (!text)
        return;
    if (*end || end == text)
        found(c, value_text(c), "UMASK wants an octal number; this counts as %lo", (unsigned long)mask);
    else if (!(mask & S_IWOTH))
        found(c, value_text(c), "with this UMASK everybody may write to new folders");
}

static void look_timeout(struct check *c)
{
    const char *text = is_name(c, "TIMEOUT") || is_name(c, "LOCKTIMEOUT") ? value(c) : NULL;

    if (text && isdigit((unsigned char)*text) && !atol(text))
        found(c, value_text(c), "0 is no limit: a program or lock that hangs holds up the mail for ever");
}

static void look_host(struct check *c)
{
    const char *text = is_name(c, "HOST") ? value(c) : NULL;

    if (text)
        found(c, c->item->name, "on a machine that is not called '%s' the file ends here", text);
}

static void look_default(struct check *c)
{
    const char *text = is_name(c, "DEFAULT") || is_name(c, "ORGMAIL") ? value(c) : NULL;

    if (text && !strcmp(text, "/dev/null"))
        found(c, value_text(c), "mail that no recipe takes is thrown away");
}

static void look_log(struct check *c)
{
    struct span s = value_text(c);

    if (is_name(c, "LOG") && s.n > 1 && s.p[0] == '"' && s.p[s.n - 1] == '"' && s.p[s.n - 2] != '\n')
        mend(c, found(c, s, "the text does not end in a newline"), s.p + s.n - 1, 0, "\n");
}

static void look_exitcode(struct check *c)
{
    const char *text = is_name(c, "EXITCODE") ? value(c) : NULL;

    if (text && isdigit((unsigned char)*text) && atol(text))
        found(c, c->item->name, "the mailer is told %s even if the mail is delivered", text);
}

/* In a recipe for when the one before failed, as it does when the disk is full. */
static bool is_for_failure(struct check *c)
{
    struct head head;

    if (!c->item->parent)
        return false;
    head_read(c, c->item->parent, &head);
    buf_free(&head.skipped);
    return head.flags & HEAD_e;
}

static void look_bounce(struct check *c)
{
    const char *text = is_name(c, "EXITCODE") ? value(c) : NULL;
    long status = text ? atol(text) : 0;

    if (status > 0 && status != EX_TEMPFAIL && status != EX_OSERR && is_for_failure(c))
        mend(c, found(c, value_text(c), "the mail is returned to its sender, even if the disk is only full"),
             value_text(c).p, value_text(c).n, "75");
}

static void look_sendmail(struct check *c)
{
    const char *text = is_name(c, "SENDMAIL") ? value(c) : NULL;

    if (text && strpbrk(text, " \t"))
        found(c, value_text(c), "SENDMAIL is one path: its blanks belong to it");
}

static void look_verbose(struct check *c)
{
    const char *text = is_name(c, "VERBOSE") ? value(c) : NULL;

    if (text && (strchr("yYtTeE1", *text) || !strcasecmp(text, "on")) && *text)
        found(c, c->item->name, "everything is logged");
}

static void look_dropprivs(struct check *c)
{
    if (is_name(c, "DROPPRIVS"))
        found(c, c->item->name, "a user's file is carried out with the user's rights anyway");
}

/* ---- other files */

static bool is_include(const struct check *c)
{
    return is_name(c, "INCLUDERC") || is_name(c, "SWITCHRC");
}

static void look_include(struct check *c)
{
    const char *text = is_include(c) && c->options->files ? value(c) : NULL, *path;
    struct stat st;

    if (!text || !*text || *text == '~')
        return;
    path = path_known(c, text);
    if (path && stat(path, &st))
        found(c, value_text(c), "there is no '%s'", path);
}

static void look_include_itself(struct check *c)
{
    const char *text = is_include(c) && c->options->files && c->options->path ? value(c) : NULL, *path;
    struct stat a, b;

    path = text && *text ? path_known(c, text) : NULL;
    if (path && !stat(path, &a) && !stat(c->options->path, &b) && a.st_dev == b.st_dev &&
        a.st_ino == b.st_ino)
        found(c, value_text(c), "the file includes itself");
}

static struct span text_at(const struct check *c)
{
    if (c->node == NODE_ASSIGN)
        return c->item->value;
    if (c->node == NODE_CONDITION)
        return c->condition_raw;
    return c->item->action == RC_FOLDER ? c->folder : c->item->action_text;
}

static void look_linebuf(struct check *c)
{
    struct span raw = text_at(c);

    if (raw.n > (size_t)c->linebuf)
        found(c, one_byte(raw.p), "%zu bytes are more than LINEBUF, %ld", raw.n, c->linebuf);
}

static void look_logfile(struct check *c)
{
    const struct name *log = names_find(&c->variables, span_of("LOGFILE"));
    const struct rc_item *first = c->rc->items;

    if (first && c->options->path && !(log && log->assignments) && !c->includes)
        found(c, span_make(c->text.p, 0), "LOGFILE is not set");
}

static const struct rule rules[] = {
    {{"misspelt-variable", CHECK_WARNING, false, "a variable that is nearly one that is set",
      "A variable that is not set is empty: the folder or address has another name, the condition matches "
      "everything.",
      "Write both names alike."},
     NODE_ASSIGN | NODE_RECIPE | NODE_CONDITION,
     look_misspelt},
    {{"unset-variable", CHECK_NOTE, false, "a variable that is not set here",
      "Unless another file or the mailer sets it, it is empty.", "Set it, or write `${NAME-text}`."},
     NODE_ASSIGN | NODE_RECIPE | NODE_CONDITION,
     look_unset},
    {{"match-not-set", CHECK_WARNING, false, "MATCH before anything sets it",
      "MATCH holds what an expression took behind `\\/`; before that it is empty.",
      "Put `\\/` into the condition."},
     NODE_ASSIGN | NODE_RECIPE,
     look_match},
    {{"unused-variable", CHECK_NOTE, false, "a variable that is not used",
      "It is only there for programs, which inherit it.", "Remove it, if no program looks at it."},
     NODE_ASSIGN,
     look_unused},
    {{"misspelt-special", CHECK_WARNING, true, "nearly one of procmail's variables",
      "It is a variable of your own, and has no effect.", "Write the name as in mailweirrc(5)."},
     NODE_ASSIGN,
     look_misspelt_special},
    {{"not-a-number", CHECK_WARNING, false, "a number that is none",
      "procmail takes what number it finds; words count as 0, 1 or 2 by their first letter.",
      "Write a number."},
     NODE_ASSIGN,
     look_number},
    {{"relative-maildir", CHECK_NOTE, false, "a relative MAILDIR",
      "It is taken from the directory procmail is in at that time, most often HOME.", "Write `$HOME/…`."},
     NODE_ASSIGN,
     look_relative_maildir},
    {{"no-maildir", CHECK_NOTE, false, "a MAILDIR that is not there",
      "procmail then stays where it is and files the mail there; mailweir keeps the mail in the queue.",
      "Make the directory."},
     NODE_ASSIGN,
     look_directory},
    {{"late-maildir", CHECK_NOTE, false, "MAILDIR behind a delivery",
      "Folders before it are in another directory than those behind it.", "Set MAILDIR first."},
     NODE_ASSIGN,
     look_late_maildir},
    {{"shell-not-sh", CHECK_WARNING, true, "a SHELL that reads another language",
      "Commands in recipes are written for sh; others misread redirections and quotes.",
      "Write `SHELL=/bin/sh`."},
     NODE_ASSIGN,
     look_shell},
    {{"umask", CHECK_WARNING, false, "a UMASK that lets others write",
      "UMASK is octal, and says which rights new folders do not have; what is no number counts as 0.",
      "Write `UMASK=077`."},
     NODE_ASSIGN,
     look_umask},
    {{"no-timeout", CHECK_WARNING, false, "no limit of time", "With 0 there is none.",
      "Leave the line out, or write a number of seconds."},
     NODE_ASSIGN,
     look_timeout},
    {{"host", CHECK_NOTE, false, "HOST is set",
      "HOST is compared with the name of the machine.  Where it differs the file ends, and mail may be lost.",
      "To end a file, write `HOST` alone; remove the line otherwise."},
     NODE_ASSIGN,
     look_host},
    {{"default-null", CHECK_WARNING, false, "DEFAULT is /dev/null", "All mail that no recipe takes is lost.",
      "Name a folder."},
     NODE_ASSIGN,
     look_default},
    {{"log-newline", CHECK_NOTE, true, "LOG without a newline",
      "The text is added as it is, so what is logged next stands on the same line.",
      "End the text with a newline, within the quotes."},
     NODE_ASSIGN,
     look_log},
    {{"exitcode", CHECK_NOTE, false, "EXITCODE is set",
      "The mailer gets this status, and may return or repeat mail that is delivered.",
      "Set it only where mail is refused."},
     NODE_ASSIGN,
     look_exitcode},
    {{"bounce-on-failure", CHECK_WARNING, true, "mail is returned where it could not be delivered",
      "A delivery also fails when the disk is full, which passes; with a status other than 75 the mailer "
      "gives up at once.",
      "Write `EXITCODE=75`: the mailer tries again later."},
     NODE_ASSIGN,
     look_bounce},
    {{"sendmail-arguments", CHECK_WARNING, false, "SENDMAIL with arguments",
      "It is not split: a program of that name, blanks and all, is sought.",
      "Put the arguments into SENDMAILFLAGS."},
     NODE_ASSIGN,
     look_sendmail},
    {{"verbose", CHECK_NOTE, false, "VERBOSE is on",
      "Every condition is logged; the file grows with each message.", "Remove the line when all works."},
     NODE_ASSIGN,
     look_verbose},
    {{"dropprivs", CHECK_NOTE, false, "DROPPRIVS is set", "It is of use in /etc/procmailrc only.",
      "Remove the line from a file of your own."},
     NODE_ASSIGN,
     look_dropprivs},
    {{"include-missing", CHECK_WARNING, false, "an included file that is not there",
      "procmail says that it couldn't read it, and goes on.",
      "Make the file, or name it from the root: names are relative to MAILDIR."},
     NODE_ASSIGN,
     look_include},
    {{"include-itself", CHECK_ERROR, false, "a file that includes itself",
      "It goes round until procmail runs out of descriptors, or for ever.", "Remove the line."},
     NODE_ASSIGN,
     look_include_itself},
    {{"linebuf", CHECK_WARNING, false, "text longer than LINEBUF",
      "procmail sets PROCMAIL_OVERFLOW and does without it.", "Set LINEBUF to more before it."},
     NODE_ASSIGN | NODE_RECIPE | NODE_CONDITION,
     look_linebuf},
    {{"no-logfile", CHECK_NOTE, false, "no LOGFILE",
      "What goes wrong is told to the mailer, which may drop it or return it to the sender.",
      "Write `LOGFILE=$HOME/…`."},
     NODE_END,
     look_logfile},
};

const struct rules check_variable_rules = RULES(rules);
