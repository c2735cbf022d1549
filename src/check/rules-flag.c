/* Rules for the line that begins a recipe, but for its lock. */
#include "check/check-private.h"

static bool is_program(const struct rc_item *recipe)
{
    return recipe->action == RC_PIPE || recipe->action == RC_FORWARD;
}

/* Where that flag is written; the beginning of the line where it cannot be told. */
static struct span flag_at(const struct check *c, char flag)
{
    struct span flags = head_flags_text(c->item);
    const char *p = span_find_byte(flags, flag);

    return p ? one_byte(p) : span_make(c->item->head.p, 0);
}

static bool has(const struct check *c, unsigned flags)
{
    return c->head.flags & flags;
}

/* Puts flags behind those that are there. */
static void add_flags(struct check *c, struct check_finding *finding, const char *flags)
{
    struct span present = head_flags_text(c->item);
    char text[8];
    bool digit_last = present.n == 0 || (present.p[present.n - 1] >= '0' && present.p[present.n - 1] <= '9');

    snprintf(text, sizeof text, "%s%s", digit_last ? " " : "", flags);
    mend(c, finding, present.p + present.n, 0, text);
}

static void look_unknown(struct check *c)
{
    struct span flags = head_flags_text(c->item);

    if (!c->head.skipped.n || strcspn(c->head.skipped.p, "\r") == 0)
        return;
    for (size_t i = 0; i < flags.n; i++)
        if (!strchr("0123456789 \tHBDAahbfcwWiEer\\\n\r", flags.p[i])) {
            flags = span_from(flags, i);
            found(c, flags, "'%.*s' is no flag: it and all behind it is skipped", (int)flags.n, flags.p);
            return;
        }
    if (head_lock_text(c->item).n)
        found(c, head_lock_text(c->item), "'%s' behind the lock is skipped", c->head.skipped.p);
}

/* :0: c */
static void look_lost_flags(struct check *c)
{
    struct span lock = head_lock_text(c->item), name = c->head.lockfile;
    struct check_finding *finding;
    char flags[8];

    if (!name.n || name.n > 4 || lock.n < 2)
        return;
    for (size_t i = 0; i < name.n; i++)
        if (!strchr("HBDAahbfcwWiEer", name.p[i]))
            return;
    finding = found(c, span_make(lock.p + lock.n - name.n, name.n),
                    "'%.*s' is the name of the lock here, not a flag", (int)name.n, name.p);
    if (!span_eq(span_skip_blanks(span_from(lock, 1)), name))
        return;
    snprintf(flags, sizeof flags, "%.*s", (int)name.n, name.p);
    add_flags(c, finding, flags);
    mend(c, finding, lock.p + 1, lock.n - 1, "");
}

static void look_count(struct check *c)
{
    struct span flags = head_flags_text(c->item);
    size_t n = 0;

    while (n < flags.n && flags.p[n] >= '0' && flags.p[n] <= '9')
        n++;
    if (c->head.conditions > 0)
        found(c, span_make(flags.p, n),
              n ? "the number of conditions is told"
                : "`:` alone stands for `:1`: one line is the condition");
}

static void look_repeated(struct check *c)
{
    struct span flags = head_flags_text(c->item);

    for (size_t i = 0; i < flags.n && !c->head.skipped.n; i++)
        if (strchr("HBDAahbfcwWiEer", flags.p[i]) && span_find_byte(span_from(flags, i + 1), flags.p[i]))
            mend(c, found(c, one_byte(flags.p + i), "the flag '%c' is there twice", flags.p[i]), flags.p + i,
                 1, "");
}

static void look_conflict(struct check *c)
{
    if (has(c, HEAD_e) && has(c, HEAD_a | HEAD_E))
        found(c, flag_at(c, 'e'), "with 'e', the flags 'a' and 'E' do not count");
    else if (has(c, HEAD_w) && has(c, HEAD_W))
        found(c, flag_at(c, 'W'), "'w' and 'W' together: one of them is enough");
}

static void look_whole(struct check *c)
{
    if (has(c, HEAD_h) && has(c, HEAD_b) && c->item->action != RC_BLOCK)
        found(c, flag_at(c, 'h'), "'h' and 'b' together are what happens anyway");
}

static void look_filter_on_folder(struct check *c)
{
    if (has(c, HEAD_f) && c->item->action == RC_FOLDER)
        found(c, flag_at(c, 'f'), "the action is a folder: 'f' is ignored, and the mail delivered");
}

static void look_block(struct check *c)
{
    if (c->item->action == RC_BLOCK && has(c, HEAD_h | HEAD_b | HEAD_i | HEAD_r | HEAD_f))
        found(c, head_flags_text(c->item), "'h', 'b', 'f', 'i' and 'r' do nothing on a block");
}

static void look_copy(struct check *c)
{
    struct span at = flag_at(c, 'c');
    struct check_finding *finding;

    if (!has(c, HEAD_c) || !((has(c, HEAD_f) && is_program(c->item)) || c->item->name.n))
        return;
    finding = found(c, at,
                    c->item->name.n ? "a variable takes the output: nothing is delivered, so 'c' is ignored"
                                    : "a filter delivers nothing: 'c' is ignored");
    if (at.n)
        mend(c, finding, at.p, 1, "");
}

static void look_part(struct check *c)
{
    if (c->item->action != RC_FOLDER || has(c, HEAD_c | HEAD_f) || has(c, HEAD_h) == has(c, HEAD_b) ||
        (c->folders && span_eq_text(c->folders->text, "/dev/null")))
        return;
    found(c, flag_at(c, has(c, HEAD_h) ? 'h' : 'b'), "only the %s is kept, the %s is lost",
          has(c, HEAD_h) ? "header" : "body", has(c, HEAD_h) ? "body" : "header");
}

static void look_filter(struct check *c)
{
    if (has(c, HEAD_f) && !has(c, HEAD_w | HEAD_W) && is_program(c->item))
        add_flags(c, found(c, flag_at(c, 'f'), "nobody asks whether this filter failed"), "w");
}

static void look_program(struct check *c)
{
    if (c->item->action == RC_PIPE && !c->item->name.n && !has(c, HEAD_w | HEAD_W | HEAD_c | HEAD_f) &&
        !c->head.locks)
        found(c, one_byte(c->command.p - 1), "if this program fails, the mail is lost");
}

static void look_without_program(struct check *c)
{
    if (c->item->action == RC_FOLDER && has(c, HEAD_w | HEAD_W))
        found(c, flag_at(c, has(c, HEAD_w) ? 'w' : 'W'), "a folder is waited for anyway");
}

static void look_search(struct check *c)
{
    char flag = has(c, HEAD_B) ? 'B' : 'D';

    if (!has(c, HEAD_B | HEAD_D) || c->item->conditions || c->item->action == RC_BLOCK)
        return;
    found(c, flag_at(c, flag), "no condition is there for '%c' to count", flag);
}

static void look_all_of_it(struct check *c)
{
    if (!has(c, HEAD_B) || has(c, HEAD_H))
        return;
    for (const struct rc_condition *k = c->item->conditions; k; k = k->next)
        if (span_starts_nocase(k->text, "^Subject:") || span_starts_nocase(k->text, "^From:") ||
            span_starts_nocase(k->text, "^To:") || span_starts(k->text, "^TO_"))
            found(c, k->text, "only the body is searched, for what stands in a header");
}

static void look_ignored_errors(struct check *c)
{
    if (has(c, HEAD_i) && c->item->action == RC_FOLDER)
        found(c, flag_at(c, 'i'),
              "errors in writing the folder are ignored: mail is lost when the disk is full");
}

static void look_raw(struct check *c)
{
    const struct word_text *folder = c->folders;

    if (has(c, HEAD_r) && c->item->action == RC_FOLDER && folder && folder->plain && folder->text.n &&
        folder->text.p[folder->text.n - 1] != '/' && !span_has(folder->text, "/.") && *folder->text.p != '/')
        found(c, flag_at(c, 'r'), "'r' writes no empty line behind the message");
}

static const struct rule rules[] = {
    {{"unknown-flag", CHECK_ERROR, false, "a flag that is none",
      "procmail skips the unknown letter and all that follows on the line: flags, and the lock.",
      "Remove it; a lock is named behind a colon."},
     NODE_RECIPE,
     look_unknown},
    {{"flags-after-lock", CHECK_WARNING, true, "flags behind the colon",
      "What follows the colon is the name of the lock, so the flags do not count, and a lock of that name is "
      "made.",
      "Write the flags in front of the colon: `:0 c:`."},
     NODE_RECIPE,
     look_lost_flags},
    {{"old-count", CHECK_NOTE, false, "the number of conditions on the first line",
      "The old way: as many lines as told are conditions, with or without `*`.  A line more or less, and an "
      "action becomes a condition.",
      "Write `:0`, and `*` before each condition."},
     NODE_RECIPE,
     look_count},
    {{"flag-repeated", CHECK_NOTE, true, "a flag that is there twice", "It counts once.",
      "Remove one; maybe another was meant."},
     NODE_RECIPE,
     look_repeated},
    {{"flags-conflict", CHECK_WARNING, false, "flags that exclude each other",
      "procmail lets only one of them count, and says so in the log.", "Keep the one that is meant."},
     NODE_RECIPE,
     look_conflict},
    {{"h-and-b", CHECK_NOTE, false, "`h` and `b` together",
      "Header and body are what an action is given anyway.", "Remove both."},
     NODE_RECIPE,
     look_whole},
    {{"filter-on-folder", CHECK_WARNING, false, "`f` where the action is a folder",
      "A folder is no filter; the flag is ignored and the whole message is delivered.", "Remove the flag."},
     NODE_RECIPE,
     look_filter_on_folder},
    {{"flag-on-block", CHECK_WARNING, false, "a flag that does nothing on a block",
      "What a program or folder is given is told by the recipes in the block; procmail calls the flag "
      "extraneous.",
      "Move the flag to the recipes in the block."},
     NODE_RECIPE,
     look_block},
    {{"copy-of-filter", CHECK_WARNING, true, "`c` where nothing is delivered",
      "After a filter or a captured output processing goes on anyway; procmail calls the flag extraneous.",
      "Remove the flag."},
     NODE_RECIPE,
     look_copy},
    {{"part-delivered", CHECK_WARNING, false, "half a message is delivered",
      "With `h` or `b` alone the other half is silently lost, since without `c` the matter ends here.",
      "Remove the flag, or add `c` if the whole goes elsewhere, too."},
     NODE_RECIPE,
     look_part},
    {{"filter-without-w", CHECK_WARNING, true, "a filter without `w`",
      "If the program fails or is not found, its empty or torn output takes the place of the mail.",
      "Add `w`: then the original is kept when the filter fails."},
     NODE_RECIPE,
     look_filter},
    {{"program-without-w", CHECK_NOTE, false, "a delivery to a program without `w`",
      "Its exit status is not looked at: when it fails, the mail counts as delivered.",
      "Add `w`: then a failure leaves the mail to the recipes that follow."},
     NODE_RECIPE,
     look_program},
    {{"w-on-folder", CHECK_NOTE, false, "`w` or `W` where the action is a folder",
      "They tell whether a program is waited for.", "Remove the flag."},
     NODE_RECIPE,
     look_without_program},
    {{"search-flag-unused", CHECK_NOTE, false, "`B` or `D` without conditions",
      "They tell where and how conditions search.", "Remove the flag; `b` is for what is delivered."},
     NODE_RECIPE,
     look_search},
    {{"header-in-body", CHECK_NOTE, false, "a header field is looked for in the body",
      "With `B` alone the header is not searched; what matches is a field quoted or attached in the text.",
      "Write `B ??` before the conditions that are for the body, and leave out the flag."},
     NODE_RECIPE,
     look_all_of_it},
    {{"errors-ignored", CHECK_WARNING, false, "`i` where the action is a folder",
      "Write errors are ignored: when the disk is full the mail counts as delivered and is lost.",
      "Remove the flag."},
     NODE_RECIPE,
     look_ignored_errors},
    {{"raw-mbox", CHECK_WARNING, false, "`r` where the action is an mbox",
      "Without the empty line and the quoting of `From ` the next message becomes part of this one.",
      "Remove the flag."},
     NODE_RECIPE,
     look_raw},
};

const struct rules check_flag_rules = RULES(rules);
