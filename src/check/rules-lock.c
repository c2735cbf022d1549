/* Rules for local locks. */
#include "check/check-private.h"

#include <sys/stat.h>

static bool ends_in(struct span s, const char *text)
{
    size_t n = strlen(text);

    return s.n >= n && !memcmp(s.p + s.n - n, text, n);
}

static bool is_directory_name(struct span folder)
{
    return ends_in(folder, "/") || ends_in(folder, "/.");
}

static bool needs_no_lock(struct span folder)
{
    return is_directory_name(folder) || span_eq_text(folder, "/dev/null");
}

/* What the file system says of a folder that is named as it is: S_IFREG, S_IFDIR, or 0. */
static mode_t type_of(struct check *c, struct span folder)
{
    const char *value = c->options->files ? value_known(c, folder) : NULL;
    const char *path = value && *value ? path_known(c, value) : NULL;
    struct stat st;

    return path && !stat(path, &st) ? st.st_mode & S_IFMT : 0;
}

/* One folder that is or will be an mbox, delivered to without a lock. */
static bool lacks_lock(struct check *c)
{
    return c->item->action == RC_FOLDER && c->folders && !c->folders->next && !c->head.locks &&
           !needs_no_lock(c->folders->text) && c->folders->text.n && *c->folders->text.p != '|';
}

static bool is_locked_elsewhere(struct check *c)
{
    const struct name *name = names_find(&c->folder_names, c->folders->text);

    return name && name->locked;
}

/* Is LOCKFILE set somewhere, so that whoever wrote this has thought of it? */
static bool has_lockfile(struct check *c)
{
    const struct name *name = names_find(&c->variables, span_of("LOCKFILE"));

    return name && name->assignments;
}

static void look_missing(struct check *c)
{
    struct span flags = head_flags_text(c->item);

    if (!lacks_lock(c) || has_lockfile(c))
        return;
    if (is_locked_elsewhere(c))
        mend(c, found(c, c->folder, "this mbox is locked elsewhere in the file, but not here"),
             flags.p + flags.n, 0, ":");
    else if (type_of(c, c->folder) == S_IFREG)
        mend(c, found(c, c->folder, "this is an mbox, and it is not locked"), flags.p + flags.n, 0, ":");
}

static void look_maybe(struct check *c)
{
    if (lacks_lock(c) && !has_lockfile(c) && !is_locked_elsewhere(c) && !type_of(c, c->folder))
        found(c, c->folder, "if this becomes an mbox, it needs a lock");
}

static void look_useless(struct check *c)
{
    struct span lock = head_lock_text(c->item), flags = head_flags_text(c->item);
    struct check_finding *finding;

    if (c->item->action != RC_FOLDER || !c->head.locks || !c->folders || !needs_no_lock(c->folders->text) ||
        c->head.lockfile.n || !lock.n)
        return;
    finding = found(c, one_byte(lock.p), "'%.*s' needs no lock", (int)c->folders->text.n, c->folders->text.p);
    if (lock.n == 1)
        mend(c, finding, flags.p + flags.n, (size_t)(lock.p + 1 - (flags.p + flags.n)), "");
}

static void look_implicit(struct check *c)
{
    struct span lock = head_lock_text(c->item);

    if (!c->head.locks || c->head.lockfile.n || !lock.n || c->item->action == RC_FOLDER)
        return;
    if (c->item->action == RC_PIPE && span_has(c->command, ">>"))
        return;
    if (c->item->action <= RC_BLOCK)
        found(c, one_byte(lock.p), "no name for the lock can be told from this action: there is none");
}

static void look_slash(struct check *c)
{
    if (c->head.lockfile.n && ends_in(c->head.lockfile, "/"))
        found(c, head_lock_text(c->item), "a lock is a file, and this names a directory");
}

static void look_same(struct check *c)
{
    if (c->head.lockfile.n && c->folders && span_eq(c->head.lockfile, c->folders->text))
        found(c, head_lock_text(c->item), "lock and folder have the same name");
}

static void look_double(struct check *c)
{
    struct span lock = head_lock_text(c->item);
    size_t colons = 0;

    while (colons < lock.n && lock.p[colons] == ':')
        colons++;
    if (colons > 1)
        mend(c, found(c, span_make(lock.p, colons), "the second colon is the name of the lock"), lock.p,
             colons - 1, "");
}

static void look_append(struct check *c)
{
    const char *at = span_find(c->command, span_of(">>"));
    struct span target;

    if (c->item->action != RC_PIPE || c->head.locks || !at || has_lockfile(c))
        return;
    target = span_skip_blanks(span_from(c->command, (size_t)(at - c->command.p) + 2));
    if (!span_starts(target, "/dev/null") && !span_starts(target, "$LOGFILE"))
        mend(c, found(c, span_make(at, 2), "the command appends to a file without a lock"),
             head_flags_text(c->item).p + head_flags_text(c->item).n, 0, ":");
}

static void look_wait(struct check *c)
{
    if (c->item->action == RC_PIPE && c->head.locks && !c->item->name.n &&
        !(c->head.flags & (HEAD_w | HEAD_W | HEAD_f)))
        found(c, one_byte(head_lock_text(c->item).p),
              "the program is waited for, but its failure is not logged");
}

static void look_lockext(struct check *c)
{
    const char *value = span_eq_text(c->item->name, "LOCKEXT") ? value_known(c, c->item->value) : NULL;

    if (value && !*value)
        found(c, c->item->name, "with an empty LOCKEXT the lock of a folder is the folder");
}

static const struct rule rules[] = {
    {{"lock-missing", CHECK_WARNING, true, "an mbox without a lock",
      "Two messages that come at once, or a mail reader that rewrites the folder, can tear it.",
      "Write `:0:`."},
     NODE_RECIPE,
     look_missing},
    {{"lock-maybe", CHECK_NOTE, false, "a folder that may be an mbox, without a lock",
      "Unless there is a directory of that name, procmail makes an mbox, and mboxes need locks.",
      "Write `:0:`, or end the name with a slash to have a Maildir."},
     NODE_RECIPE,
     look_maybe},
    {{"lock-useless", CHECK_WARNING, true, "a lock for a folder that needs none",
      "Maildir and MH folders and /dev/null take many writers at once.  The lock costs time, and one left "
      "behind after a crash holds up all mail for this folder.",
      "Remove the colon."},
     NODE_RECIPE,
     look_useless},
    {{"lock-nameless", CHECK_WARNING, false, "a lock without a name",
      "The name is made of the folder's, or of the file behind `>>`.  Here is neither, so procmail complains "
      "and takes no lock.",
      "Name the lock: `:0 w: name.lock`."},
     NODE_RECIPE,
     look_implicit},
    {{"lock-slash", CHECK_WARNING, false, "a lock whose name ends in a slash",
      "No file can have that name: the lock is never had, and each delivery waits for it.",
      "Name a file, such as `dir/$LOCKEXT`."},
     NODE_RECIPE,
     look_slash},
    {{"lock-is-folder", CHECK_ERROR, false, "a lock with the name of the folder",
      "The folder is there, so the lock seems to be held: each delivery waits, and in the end the folder is "
      "removed as a stale lock.",
      "Leave the name out: `:0:`."},
     NODE_RECIPE,
     look_same},
    {{"lock-double-colon", CHECK_WARNING, true, "two colons",
      "The second is taken for the name of the lock: one lock called `:` for all such recipes.",
      "Write one."},
     NODE_RECIPE,
     look_double},
    {{"append-without-lock", CHECK_WARNING, true, "a command that appends to a file, without a lock",
      "Two messages that come at once are mixed in the file.",
      "Write `:0 w:`: the lock is named after the file."},
     NODE_RECIPE,
     look_append},
    {{"lock-without-w", CHECK_NOTE, false, "a program with a lock, without `w`",
      "With a lock procmail waits for the program and minds its exit status, but logs no failure.",
      "Add `w`."},
     NODE_RECIPE,
     look_wait},
    {{"lockext-empty", CHECK_WARNING, false, "an empty LOCKEXT",
      "Locks then have the names of the folders, which are there: deliveries wait, and folders may be "
      "removed as stale locks.",
      "Remove the line."},
     NODE_ASSIGN,
     look_lockext},
};

const struct rules check_lock_rules = RULES(rules);
