/* Rules for folders, and for what goes to programs and addresses. */
#include "check/check-private.h"

#include <ctype.h>
#include <sys/stat.h>

#include "recipe/word.h"

static bool is_folder(const struct check *c)
{
    return c->item->action == RC_FOLDER && c->folder.n;
}

static void look_brace(struct check *c)
{
    if (is_folder(c) && *c->folder.p == '{')
        mend(c, found(c, c->folder, "without a blank behind the brace this is a folder"), c->folder.p + 1, 0,
             " ");
}

static void look_brace_end(struct check *c)
{
    for (const struct word_text *word = c->folders; word; word = word->next)
        if (word->plain && word->text.n && word->text.p[word->text.n - 1] == '}' && *word->text.p != '{' &&
            is_folder(c))
            found(c, word->raw, "this brace belongs to the name of the folder");
}

/* :0 … NAME=value */
static void look_assignment(struct check *c)
{
    struct span s = c->folder;
    size_t n = 0;
    struct check_finding *finding;

    if (!is_folder(c) || !word_is_name_start(*s.p))
        return;
    while (n < s.n && word_is_name_char(s.p[n]))
        n++;
    if (n == s.n || s.p[n] != '=')
        return;
    finding = found(c, s, "this is a folder of that name, not an assignment");
    mend(c, finding, s.p, 0, "{ ");
    mend(c, finding, s.p + s.n, 0, " }");
}

static void look_tilde_at(struct check *c, struct span raw)
{
    struct check_finding *finding;
    size_t quote = raw.n && (*raw.p == '"' || *raw.p == '\'');

    if (raw.n < quote + 2 || raw.p[quote] != '~')
        return;
    finding = found(c, one_byte(raw.p + quote), "`~` is not expanded: this is a directory of that name");
    if (raw.p[quote + 1] == '/' && *raw.p != '\'')
        mend(c, finding, raw.p + quote, 1, "$HOME");
}

static void look_tilde(struct check *c)
{
    for (const struct word_text *word = c->folders; word; word = word->next)
        look_tilde_at(c, word->raw);
}

static void look_tilde_value(struct check *c)
{
    if (special_find(c->item->name))
        look_tilde_at(c, c->item->value);
}

static void look_tainted(struct check *c)
{
    for (struct reference *r = references_read(c->arena, c->folder, false); r && is_folder(c); r = r->next)
        if (reference_is_tainted(c, r) && !(r->is_command ? false : variable_is_guarded(c, r->name)))
            found(c, r->raw, "what stands in the header names the folder, with slashes and dots");
}

static void look_several(struct check *c)
{
    const struct word_text *first = c->folders;
    struct stat st;
    const char *path;

    if (!is_folder(c) || !first || !first->next || !first->plain || !first->text.n)
        return;
    if (first->text.p[first->text.n - 1] == '/' ||
        (first->text.n > 1 && first->text.p[first->text.n - 1] == '.'))
        return;
    path = c->options->files ? path_known(c, arena_strndup(c->arena, first->text.p, first->text.n)) : NULL;
    if (!path || stat(path, &st) || !S_ISDIR(st.st_mode))
        found(c, first->next->raw, "unless '%.*s' is a directory, this is skipped", (int)first->text.n,
              first->text.p);
}

static bool is_null(const struct check *c)
{
    return is_folder(c) && c->folders && span_eq_text(c->folders->text, "/dev/null");
}

static void look_all_to_null(struct check *c)
{
    if (is_null(c) && !c->item->conditions && !c->item->parent && !recipe_is_chained(&c->head) &&
        !(c->head.flags & HEAD_c))
        found(c, c->folder, "all mail that comes here is thrown away");
}

static void look_null(struct check *c)
{
    if (is_null(c) && (c->item->conditions || c->item->parent || recipe_is_chained(&c->head)))
        found(c, c->folder, "mail is thrown away");
}

static void look_no_address(struct check *c)
{
    if (c->item->action == RC_FORWARD && !words_read(c->arena, c->item->action_text))
        found(c, one_byte(c->item->action_text.p - 1), "forwarded to nobody");
}

static void look_no_command(struct check *c)
{
    struct span command = c->command;

    while (command.n && isspace((unsigned char)*command.p))
        command = span_from(command, 1);
    if (c->item->action == RC_PIPE && !command.n)
        found(c, one_byte(c->command.p - 1), "a pipe without a command writes to procmail's standard output");
}

/* ---- loops */

enum { ANCESTORS = 32 };

static bool mentions(const struct check *c, const char *text)
{
    const struct rc_item *recipe = c->item;

    for (int i = 0; recipe && i < ANCESTORS; i++, recipe = recipe->parent)
        for (const struct rc_condition *k = recipe->conditions; k; k = k->next)
            if (span_has(k->text, text))
                return true;
    return false;
}

static bool minds_loops(const struct check *c)
{
    return recipe_is_chained(&c->head) || mentions(c, "FROM_DAEMON") || mentions(c, "FROM_MAILER") ||
           mentions(c, "X-Loop") || mentions(c, "X-loop") || mentions(c, "Auto-Submitted");
}

static void look_loop(struct check *c)
{
    if (c->item->action == RC_FORWARD && !(c->head.flags & HEAD_f) && !minds_loops(c))
        found(c, one_byte(c->item->action_text.p - 1),
              "nothing here keeps forwarded mail from coming back for ever");
}

static void look_autoreply(struct check *c)
{
    bool replies =
        span_has_word(c->command, "formail") && (span_has(c->command, " -r") || span_has(c->command, " -t"));
    bool sends = span_has(c->command, "sendmail") || span_has(c->command, "SENDMAIL");

    if (c->item->action == RC_PIPE && replies && sends && !minds_loops(c))
        found(c, one_byte(c->command.p - 1),
              "this answers mail from programs and lists, and its own answers");
}

static const struct rule rules[] = {
    {{"brace-without-blank", CHECK_WARNING, true, "`{` with something right behind it",
      "Only a brace with a blank or a newline behind it opens a block; this is the name of a folder.",
      "Put a blank behind the brace."},
     NODE_RECIPE,
     look_brace},
    {{"brace-in-folder", CHECK_WARNING, false, "a folder whose name ends in `}`",
      "A word ends at a blank: the brace is part of it, and the block stays open.",
      "Put the brace on a line of its own."},
     NODE_RECIPE,
     look_brace_end},
    {{"assignment-as-action", CHECK_WARNING, true, "an assignment as the action",
      "procmail delivers to a folder called `NAME=value`: the mail is there, and the variable unchanged.",
      "Put the assignment in a block: `{ NAME=value }`."},
     NODE_RECIPE,
     look_assignment},
    {{"tilde-folder", CHECK_WARNING, true, "`~` in the name of a folder",
      "procmail does not expand it, so the folder is sought in a directory called `~`.", "Write `$HOME/`."},
     NODE_RECIPE,
     look_tilde},
    {{"tilde-value", CHECK_WARNING, true, "`~` in a value", "procmail does not expand it.",
      "Write `$HOME/`."},
     NODE_ASSIGN,
     look_tilde_value},
    {{"folder-from-header", CHECK_WARNING, false, "a folder named by the header",
      "Whoever writes to you chooses the name: with `../` in it the mail leaves MAILDIR, for any file you "
      "may write to.",
      "Let the expression take only safe characters, such as `\\/[-a-z0-9_]+`, or look at the variable "
      "first: `* NAME ?? ^^[-a-z0-9_]+^^`."},
     NODE_RECIPE,
     look_tainted},
    {{"several-folders", CHECK_WARNING, false, "several words as a folder",
      "The first word is the folder; others count only if it is a directory, and are skipped if not.",
      "Put a name with blanks in quotes; for copies in several mboxes use `c`."},
     NODE_RECIPE,
     look_several},
    {{"all-to-null", CHECK_WARNING, false, "all mail to /dev/null",
      "Without conditions all mail is lost that gets here.", "Add a condition, or remove the recipe."},
     NODE_RECIPE,
     look_all_to_null},
    {{"to-null", CHECK_NOTE, false, "mail to /dev/null", "What is thrown away by mistake cannot be had back.",
      "Keep it for some days in a folder of its own."},
     NODE_RECIPE,
     look_null},
    {{"no-address", CHECK_WARNING, false, "`!` without an address",
      "sendmail is started with an empty address, and most likely refuses.", "Name the address."},
     NODE_RECIPE,
     look_no_address},
    {{"no-command", CHECK_WARNING, false, "`|` without a command",
      "The message is written to procmail's standard output, which most mailers discard.",
      "Name the command."},
     NODE_RECIPE,
     look_no_command},
    {{"forward-loop", CHECK_NOTE, false, "forwarding without a look at loops",
      "If the other side forwards, too, each message goes round until the mailers give up.",
      "Add a field with formail -A \"X-Loop: …\", and the condition `* !^X-Loop: …`."},
     NODE_RECIPE,
     look_loop},
    {{"autoreply-loop", CHECK_WARNING, false, "an automatic answer to everybody",
      "It also answers lists, bounces and other automatic answers, and each answer may bring another.",
      "Add `* !^FROM_DAEMON` and `* !^X-Loop: …`, and give the answer that X-Loop field."},
     NODE_RECIPE,
     look_autoreply},
};

const struct rules check_action_rules = RULES(rules);
