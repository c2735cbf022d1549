/* Rules for the file as a whole, and for what 3.22 does not understand in it. */
#include "check/check-private.h"

#include <sys/stat.h>

static void look_crlf(struct check *c)
{
    struct check_finding *finding = NULL;
    size_t run = 0; /* of CRs before this byte */

    for (size_t i = 0; i < c->text.n; i++) {
        if (c->text.p[i] == '\n' && run) {
            if (!finding)
                finding = found(c, one_byte(c->text.p + i - run), "lines end in CR LF, as on Windows");
            mend(c, finding, c->text.p + i - run, run, "");
        }
        run = c->text.p[i] == '\r' ? run + 1 : 0;
    }
}

static void look_bom(struct check *c)
{
    if (span_starts(c->text, "\xef\xbb\xbf"))
        mend(c, found(c, span_make(c->text.p, 3), "the file begins with a byte order mark"), c->text.p, 3,
             "");
}

static void look_last_line(struct check *c)
{
    if (c->text.n && c->text.p[c->text.n - 1] != '\n') {
        const char *end = c->text.p + c->text.n;

        mend(c, found(c, span_make(end, 0), "the last line has no newline"), end, 0, "\n");
    }
}

static bool others_can_write(const struct stat *st, bool directory)
{
    return st->st_mode & S_IWOTH && !(directory && st->st_mode & S_ISVTX);
}

static void look_rights(struct check *c)
{
    struct stat st;
    char *directory, *slash;

    if (!c->options->files || !c->options->path || stat(c->options->path, &st))
        return;
    if (others_can_write(&st, false))
        found(c, span_make(c->text.p, 0), "everybody may write to '%s'", c->options->path);
    directory = arena_strdup(c->arena, c->options->path);
    slash = strrchr(directory, '/');
    if (slash)
        slash[slash == directory] = '\0';
    if (!stat(slash ? directory : ".", &st) && others_can_write(&st, true))
        found(c, span_make(c->text.p, 0), "everybody may put files into the directory of '%s'",
              c->options->path);
}

/* `\` with blanks behind it: continues nothing. */
static void look_backslash_blank(struct check *c)
{
    const char *p = c->text.p, *end = p + c->text.n;

    for (const char *line = p; line < end; line++) {
        const char *newline = memchr(line, '\n', (size_t)(end - line)), *last, *first = line;

        if (!newline)
            break;
        for (last = newline; last > line && (last[-1] == ' ' || last[-1] == '\t'); last--)
            ;
        while (first < last && (*first == ' ' || *first == '\t'))
            first++;
        if (last < newline && last > line && last[-1] == '\\' && *first != '#' &&
            !(last - 1 > line && last[-2] == '\\'))
            mend(c,
                 found(c, span_make(last - 1, (size_t)(newline - last) + 1),
                       "blanks behind the backslash at the end of the line"),
                 last, (size_t)(newline - last), "");
        line = newline;
    }
}

/* A line of a continued command that begins with `#`: the shell sees one line. */
static void look_comment_in_command(struct check *c)
{
    struct span s = c->command;

    for (size_t i = 0; i + 2 < s.n; i++) {
        struct span next = span_skip_blanks(span_from(s, i + 2));

        if (s.p[i] == '\\' && s.p[i + 1] == '\n' && next.n && *next.p == '#' && c->item->action == RC_PIPE)
            found(c, one_byte(next.p), "a comment within a continued command takes the rest of it");
    }
}

static void look_skipped(struct check *c)
{
    if (c->item->kind == RC_SKIPPED && !(c->item->value.n == 0) && c->item->value.p[0] != '\r')
        found(c, c->item->value, "this is no assignment, no recipe and no comment: it is skipped");
}

static void look_stray_brace(struct check *c)
{
    if (c->item->kind == RC_STRAY_BRACE)
        found(c, c->item->value, "this brace closes nothing");
}

static void look_missing_brace(struct check *c)
{
    if (c->item->action == RC_BLOCK && c->item->unclosed)
        found(c, one_byte(c->item->action_text.p), "this block is never closed");
}

static void look_missing_action(struct check *c)
{
    if (c->item->action == RC_MISSING)
        found(c, span_make(c->item->head.p - 1, 1), "this recipe has no action");
}

static void look_incomplete(struct check *c)
{
    if (c->item->action == RC_INCOMPLETE)
        found(c, span_make(c->item->head.p - 1, 1), "the file ends before this recipe does");
}

static void look_unclosed_quote(struct check *c)
{
    bool assigns = c->node == NODE_ASSIGN;
    struct span raw = assigns ? c->item->value : c->item->action_text;
    char quote;
    const char *at;

    if (raw.p + raw.n < c->text.p + c->text.n ||
        (!assigns && c->item->action != RC_FOLDER && c->item->action != RC_FORWARD))
        return;
    at = words_unclosed(raw, &quote);
    if (at)
        found(c, one_byte(at), "this %s has no partner: all the rest of the file belongs to it",
              quote == '`' ? "backquote" : "quote");
}

static void look_stray_word(struct check *c)
{
    struct span name = c->item->name;
    const struct name *known = names_find(&c->variables, name);
    const struct rc_item *before = c->previous;
    bool same_line = false;

    if (before && before->kind == RC_ASSIGN) {
        const char *end = before->value.p + before->value.n;

        same_line = before->value.n && end[-1] != '\n' && !memchr(end, '\n', (size_t)(name.p - end));
    }
    if (same_line || special_find(name) || (known && (known->assignments || known->used)))
        return;
    found(c, name, "'%.*s' alone unsets a variable of that name, and nothing else", (int)name.n, name.p);
}

/* SUBJECT=two words */
static void look_value_cut(struct check *c)
{
    const struct rc_item *before = c->previous;
    struct span rest = c->item->name;
    const char *end;
    bool simple = true;
    struct check_finding *finding;

    if (!before || before->kind != RC_ASSIGN || !before->value.n)
        return;
    end = before->value.p + before->value.n;
    if (end[-1] == '\n' || memchr(end, '\n', (size_t)(rest.p - end)))
        return;
    rest.n = strcspn(rest.p, "\n");
    while (rest.n && strchr(" \t", rest.p[rest.n - 1]))
        rest.n--;
    for (const char *p = before->value.p; p < rest.p + rest.n; p++)
        simple = simple && !strchr("\"'`\\#=$}", *p);
    finding = found(c, rest, "the value of %.*s ended at the blank; this does not belong to it",
                    (int)before->name.n, before->name.p);
    if (!simple)
        return;
    mend(c, finding, before->value.p, 0, "\"");
    mend(c, finding, rest.p + rest.n, 0, "\"");
}

static const struct rule rules[] = {
    {{"byte-order-mark", CHECK_ERROR, true, "a byte order mark at the beginning",
      "Some editors put three bytes in front of a text.  They become part of the first word, which is then "
      "not understood.",
      "Remove the mark."},
     NODE_FILE,
     look_bom},
    {{"crlf", CHECK_ERROR, true, "lines that end in CR LF",
      "The CR belongs to the line: folder names, variables and expressions all end in it, and nothing "
      "matches or is found.",
      "Remove the CR of each line."},
     NODE_FILE,
     look_crlf},
    {{"no-newline-at-end", CHECK_NOTE, true, "the last line is not ended",
      "What is appended to the file later becomes part of this line.", "End it with a newline."},
     NODE_FILE,
     look_last_line},
    {{"rc-writable", CHECK_ERROR, false, "others may change the file",
      "Whoever can write it can run commands as you.  procmail calls it suspicious and does not read it.",
      "chmod go-w the file, and its directory."},
     NODE_FILE,
     look_rights},
    {{"backslash-blank", CHECK_WARNING, true, "blanks behind the backslash at the end of a line",
      "Only a backslash that is the last byte of its line continues it.  Here the line ends, and the next is "
      "read as something of its own.",
      "Remove the blanks."},
     NODE_FILE,
     look_backslash_blank},
    {{"comment-in-command", CHECK_WARNING, false, "a comment between continued lines of a command",
      "The shell is given all of it as one line, so the comment takes everything behind it.",
      "Move the comment above the recipe."},
     NODE_RECIPE,
     look_comment_in_command},
    {{"skipped", CHECK_ERROR, false, "text that is not understood",
      "procmail skips such a line, with a word in the log, and goes on behind it.",
      "Make it a comment, or write what was meant; a condition begins with `*`."},
     NODE_FAULT,
     look_skipped},
    {{"stray-brace", CHECK_ERROR, false, "a closing brace without an opening one",
      "Most often the opening brace was taken for something else, and what was to be a block is carried out "
      "always.",
      "Remove it, or give the block its opening brace on a line of its own."},
     NODE_FAULT,
     look_stray_brace},
    {{"missing-brace", CHECK_ERROR, false, "a block that is not closed",
      "All that follows belongs to the block, and is carried out only where its conditions hold.",
      "Close it with `}` on a line of its own."},
     NODE_RECIPE,
     look_missing_brace},
    {{"missing-action", CHECK_ERROR, false, "a recipe without an action", "procmail drops the recipe.",
      "Say on a line behind the conditions where the mail is to go."},
     NODE_RECIPE,
     look_missing_action},
    {{"incomplete-recipe", CHECK_ERROR, false, "the file ends within a recipe", "procmail drops the recipe.",
      "Say on a line behind the conditions where the mail is to go."},
     NODE_RECIPE,
     look_incomplete},
    {{"unclosed-quote", CHECK_ERROR, false, "a quote or backquote without its partner",
      "Everything up to the end of the file belongs to the text in quotes: no recipe behind it exists.",
      "Close it; a quote that is meant as such needs a backslash."},
     NODE_ASSIGN | NODE_RECIPE,
     look_unclosed_quote},
    {{"value-cut", CHECK_WARNING, true, "words behind a value that is not quoted",
      "A value ends at the first blank outside quotes; the next word is read as the name of another "
      "variable, which is unset.",
      "Put the value in double quotes."},
     NODE_UNSET,
     look_value_cut},
    {{"stray-word", CHECK_WARNING, false, "a word that stands alone",
      "A name alone unsets the variable of that name.  Where there is none, the line does nothing: most "
      "often it is a second action, or a condition without `*`.",
      "Remove it; two actions need a block, or the flag `c`."},
     NODE_UNSET,
     look_stray_word},
};

const struct rules check_file_rules = RULES(rules);
