/* Rules for the text of commands. */
#include "check/check-private.h"

static bool is_code(struct span command)
{
    return span_has_word(command, "eval") || span_has(command, "sh -c") || span_has(command, "perl -e") ||
           span_has(command, "python -c") || span_has(command, "python3 -c");
}

static bool is_header_text(const struct check *c, struct span name)
{
    return name_is_tainted(c, name) || (span_eq_text(name, "MATCH") && c->match_is_set);
}

static void look_code(struct check *c)
{
    struct span command = command_at(c);

    for (struct reference *r = references_in_command(c->arena, command); r && is_code(command); r = r->next)
        if (is_header_text(c, r->name))
            found(c, r->raw, "header text becomes part of a program");
}

static void look_bare(struct check *c)
{
    struct span command = command_at(c);

    for (struct reference *r = references_in_command(c->arena, command); r && !is_code(command); r = r->next)
        if (!r->quoted && is_header_text(c, r->name))
            found(c, r->raw, "header text is not in double quotes");
}

/* One formail that edits, and nothing that takes what it prints. */
static bool only_edits(struct span command)
{
    static const char *const edits[] = {" -I", " -i", " -A", " -a", " -f", " -b"};
    bool edit = false;

    if (span_find_byte(command, '|') || span_find_byte(command, '>') || span_find_byte(command, ';') ||
        span_find_byte(command, '&'))
        return false;
    if (span_has(command, " -D") || span_has(command, " -s") || span_has(command, "D ") ||
        span_has(command, " -r") || span_has(command, " -x") || span_has(command, " -X") ||
        span_has(command, " +"))
        return false;
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
        edit = edit || span_has(command, edits[i]);
    return edit && span_starts(span_skip_blanks(command), "formail ");
}

static void look_formail(struct check *c)
{
    struct span flags = head_flags_text(c->item);
    bool spaced = flags.n && (flags.p[flags.n - 1] < '0' || flags.p[flags.n - 1] > '9');
    struct check_finding *finding;

    if (c->item->action != RC_PIPE || c->item->name.n || c->head.flags & (HEAD_f | HEAD_c) ||
        !only_edits(c->command))
        return;
    finding = found(c, one_byte(c->command.p - 1), "this is no filter: the edited mail is thrown away");
    mend(c, finding, flags.p + flags.n, 0,
         c->head.flags & (HEAD_w | HEAD_W) ? spaced ? "f" : " f"
         : spaced                          ? "fw"
                                           : " fw");
}

static void look_procmail(struct check *c)
{
    struct span command = span_skip_blanks(c->command);

    if (c->item->action == RC_PIPE &&
        (span_starts(command, "procmail") || span_starts(command, "/usr/bin/procmail") ||
         span_starts(command, "exec procmail")))
        found(c, command, "procmail starts itself with the same file");
}

static void look_exec_cat(struct check *c)
{
    struct span command = span_skip_blanks(c->command);

    if (c->item->action == RC_PIPE && !c->item->name.n && !(c->head.flags & HEAD_f) &&
        span_starts(command, "cat") && command.n <= 5 && !span_find_byte(command, '>'))
        found(c, command, "what this prints is thrown away, and the mail with it");
}

/* | cat > file: each message takes the place of the one before. */
static void look_overwrite(struct check *c)
{
    struct span command = span_skip_blanks(c->command), target;
    const char *at = span_find_byte(command, '>');

    if (c->item->action != RC_PIPE || c->head.flags & (HEAD_c | HEAD_f) || c->item->name.n ||
        !span_starts(command, "cat") || !at)
        return;
    target = span_skip_blanks(span_from(command, (size_t)(at - command.p) + 1));
    if (span_starts(target, ">") || span_starts(target, "/dev/") || span_find_byte(target, '$') ||
        span_find_byte(target, '`'))
        return;
    mend(c, found(c, one_byte(at), "each message overwrites the one before"), at, 0, ">");
}

static void look_vacation(struct check *c)
{
    struct span command = span_skip_blanks(c->command);

    if (c->item->action == RC_PIPE && !c->item->name.n && !(c->head.flags & (HEAD_c | HEAD_f)) &&
        (span_starts(command, "vacation") || span_starts(command, "/usr/bin/vacation")))
        found(c, one_byte(c->command.p - 1), "vacation answers, and keeps no copy of the mail");
}

static const struct rule rules[] = {
    {{"header-in-code", CHECK_WARNING, false, "header text in a program",
      "Whoever writes to you can have any command carried out as you.",
      "Give the text as an argument or in the environment: procmail exports its variables, so `\"$NAME\"` in "
      "the command itself is safe."},
     NODE_RECIPE | NODE_CONDITION,
     look_code},
    {{"header-unquoted", CHECK_NOTE, false, "header text in a command without quotes",
      "The shell splits it into words and expands `*` in it.", "Write `\"$NAME\"`."},
     NODE_RECIPE | NODE_CONDITION,
     look_bare},
    {{"formail-delivers", CHECK_WARNING, true, "formail as the last resting place",
      "Without `f` the mail counts as delivered to formail, whose output is thrown away.",
      "Add the flags `fw`."},
     NODE_RECIPE,
     look_formail},
    {{"procmail-in-procmail", CHECK_WARNING, false, "procmail as the action",
      "It reads the same file again, and starts itself again, until the machine has no processes left.",
      "Use INCLUDERC, or name another file."},
     NODE_RECIPE,
     look_procmail},
    {{"output-lost", CHECK_WARNING, false, "a command that only prints",
      "The output of a program that is no filter is thrown away, and the mail counts as delivered.",
      "Write it to a file with `>>`, or add `fw`."},
     NODE_RECIPE,
     look_exec_cat},
    {{"overwrite", CHECK_WARNING, true, "mail written with `>`", "Only the last message is kept.",
      "Write `>>`, and a lock, or name the file as a folder."},
     NODE_RECIPE,
     look_overwrite},
    {{"vacation-without-copy", CHECK_WARNING, false, "vacation without `c`",
      "The mail is answered and then gone.", "Add the flag `c`."},
     NODE_RECIPE,
     look_vacation},
};

const struct rules check_program_rules = RULES(rules);
