/* Rules for conditions of all kinds. */
#include "check/check-private.h"

#include <ctype.h>
#include <stdlib.h>
#include <unistd.h>

#include "recipe/word.h"

static void look_empty(struct check *c)
{
    if (!c->condition_text.n && c->condition.kind == CONDITION_REGEX && !c->condition.weighted &&
        !c->condition.negated && !c->is_expanded)
        found(c, span_make(c->condition_raw.p, c->condition_raw.n), "an empty condition always holds");
}

static void look_size_unit(struct check *c)
{
    struct span text = c->condition_text, rest;
    size_t n = 0;

    if (c->condition.kind != CONDITION_SIZE)
        return;
    rest = span_skip_blanks(span_from(text, 1));
    if (rest.n && (*rest.p == '-' || *rest.p == '+'))
        rest = span_from(rest, 1);
    while (n < rest.n && isdigit((unsigned char)rest.p[n]))
        n++;
    rest = span_from(rest, n);
    if (n && rest.n && *rest.p != '\r' && !strchr("$`", *rest.p))
        found(c, rest, "'%.*s' behind the number is skipped: these are bytes", (int)rest.n, rest.p);
}

/* * <foo@bar: a size without a number, and most likely none */
static void look_size_text(struct check *c)
{
    struct span text = c->condition_text, rest = span_skip_blanks(span_from(text, 1));
    struct check_finding *finding;

    if (c->condition.kind != CONDITION_SIZE || (rest.n && strchr("0123456789+-$`\"\'", *rest.p)))
        return;
    finding = found(c, text, "this compares the size of the message with 0");
    if (rest.n && rest.p == text.p + 1 && isalpha((unsigned char)*rest.p))
        mend(c, finding, text.p, 0, "()");
}

static void look_twice(struct check *c)
{
    struct span s = c->condition_raw;

    if (s.n > 1 && s.p[0] == '!' && span_starts(span_skip_blanks(span_from(s, 1)), "!"))
        found(c, one_byte(s.p), "negated twice: as if it were not negated");
}

static void look_no_command(struct check *c)
{
    if (c->condition.kind == CONDITION_PROGRAM && !span_skip_blanks(c->condition_text).n)
        found(c, c->condition_raw, "'?' without a command never holds");
}

static void look_area(struct check *c)
{
    struct span name = c->condition_variable;
    static const char *const areas[] = {"h", "b", "hb", "bh"};

    for (size_t i = 0; i < 4; i++)
        if (c->condition.area == CONDITION_AREA_VARIABLE && span_eq_text(name, areas[i])) {
            const struct name *known = names_find(&c->variables, name);

            if (!known || !known->assignments)
                mend(c, found(c, name, "'%.*s' is a variable, and not set", (int)name.n, name.p), name.p,
                     name.n,
                     i == 0   ? "H"
                     : i == 1 ? "B"
                              : "HB");
        }
}

/* 5^ foo; 1,5^0 foo; 5^x foo */
static void look_weight(struct check *c)
{
    struct span s = c->condition_raw;
    size_t n = 0;

    if (c->condition.weighted || !s.n || !strchr("0123456789+-", *s.p))
        return;
    while (n < s.n && strchr("0123456789+-.,", s.p[n]) && s.p[n])
        n++;
    if (n < s.n && s.p[n] == '^' && n + 1 < s.n && n <= 10)
        found(c, span_make(s.p, n + 1), "this is no weight: an expression begins with it");
}

static void look_zero(struct check *c)
{
    if (c->condition.weighted && c->condition.weight == 0 && c->condition.kind != CONDITION_PROGRAM)
        found(c, c->condition_raw, "a weight of 0 changes nothing");
}

/* Can any weight of the recipe make the score rise? */
static void look_no_rise(struct check *c)
{
    bool weighted = false;

    for (const struct rc_condition *k = c->item->conditions; k; k = k->next) {
        struct condition condition;

        condition_init(&condition);
        condition_read(&condition, arena_span(c->arena, condition_trim(k->text)));
        weighted = weighted || condition.weighted;
        if (condition.kind == CONDITION_EXPAND ||
            (condition.weighted && (condition.weight > 0 || condition.exponent < 0)) ||
            (condition.weighted && condition.kind == CONDITION_PROGRAM && condition.exponent > 0))
            return;
    }
    if (weighted)
        found(c, span_make(c->item->head.p - 1, 1),
              "no weight here can make the score positive: the recipe never matches");
}

static bool is_in_path(const char *program)
{
    static const char *const directories[] = {"/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin",
                                              "/usr/lib/mailweir"};
    char path[512];

    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        snprintf(path, sizeof path, "%s/%s", directories[i], program);
        if (!access(path, X_OK))
            return true;
    }
    return false;
}

/* The command word: a path that is not there, or a name nowhere in procmail's PATH. */
static void look_for_program(struct check *c, struct span command)
{
    struct span word = span_skip_blanks(command);
    const struct name *path = names_find(&c->variables, span_of("PATH"));
    char *program;

    for (word.n = 0; word.p + word.n < command.p + command.n && !strchr(" \t\n|;<>&()", word.p[word.n]);
         word.n++)
        if (strchr("$`\"'\\=*?[{~", word.p[word.n]))
            return;
    if (!word.n || !c->options->files || *word.p == '#')
        return;
    program = arena_strndup(c->arena, word.p, word.n);
    if (*program == '/' ? !access(program, F_OK)
                        : strchr(program, '/') || (path && path->assignments) || is_in_path(program))
        return;
    if (strcmp(program, "cd") && strcmp(program, "exec") && strcmp(program, "exit") &&
        strcmp(program, "read") && strcmp(program, "if") && strcmp(program, "while") &&
        strcmp(program, "for") && strcmp(program, "case") && strcmp(program, "umask") &&
        strcmp(program, "set") && strcmp(program, "trap") && strcmp(program, ":"))
        found(c, word, "there is no '%s' on this machine", program);
}

static void look_program(struct check *c)
{
    look_for_program(c, command_at(c));
}

/* Text that looks like one, in the place of an action. */
static bool reads_as_condition(struct span s)
{
    size_t n = 0;

    if (span_starts(s, "^") || span_starts(s, "!^") || span_starts(s, "?") || span_has(s, ".*"))
        return s.n > 0 && *s.p != '/' && *s.p != '$';
    while (n < s.n && (isalpha((unsigned char)s.p[n]) || s.p[n] == '-'))
        n++;
    return n > 1 && n + 1 < s.n && s.p[n] == ':' && s.p[n + 1] != '/';
}

static void look_no_star(struct check *c)
{
    if (c->item->action == RC_FOLDER && reads_as_condition(c->folder))
        mend(c, found(c, c->folder, "without `*` this is the action: a folder of that name"), c->folder.p, 0,
             "* ");
}

/* A variable in a condition that is not expanded. */
static void look_not_expanded(struct check *c)
{
    struct span s = c->condition_text;

    for (size_t i = 0; i + 2 < s.n; i++) {
        struct span name = span_from(s, i + 1);
        const struct name *known;
        struct check_finding *finding;
        bool braces = *name.p == '{';

        if (s.p[i] != '$' || (i && s.p[i - 1] == '\\'))
            continue;
        name = span_from(name, braces);
        for (name.n = 0; name.p + name.n < s.p + s.n && word_is_name_char(name.p[name.n]); name.n++)
            ;
        known = names_find(&c->variables, name);
        if (name.n < 2 || !((known && known->assignments) || special_find(name)))
            continue;
        finding = found(c, span_make(s.p + i, name.n + 1),
                        "'$%.*s' is not expanded here: `$` is the end of a line", (int)name.n, name.p);
        for (size_t k = 0; k < s.n; k++)
            if (strchr("\\\"`", s.p[k]))
                return;
        mend(c, finding, c->condition_raw.p, 0, "$ ");
        return;
    }
}

static void look_backquotes(struct check *c)
{
    const char *first = span_find_byte(c->condition_text, '`');
    struct span rest =
        first ? span_from(c->condition_text, (size_t)(first - c->condition_text.p) + 1) : SPAN_NULL;

    if (first && span_find_byte(rest, '`'))
        found(c, one_byte(first), "backquotes are literal in an expression");
}

static const struct rule rules[] = {
    {{"empty-condition", CHECK_WARNING, false, "an empty condition", "It always holds.",
      "Remove it, or say what is to match."},
     NODE_CONDITION,
     look_empty},
    {{"size-unit", CHECK_WARNING, false, "a size with a unit",
      "Sizes are numbers of bytes.  What follows the number is skipped: `> 10k` is true of nearly all mail.",
      "Write the number of bytes."},
     NODE_CONDITION,
     look_size_unit},
    {{"size-without-number", CHECK_WARNING, true, "`<` or `>` without a number",
      "A condition that begins with `<` or `>` compares the size of the message, with 0 where no number "
      "follows.",
      "An expression that begins with such a character is written `()<`."},
     NODE_CONDITION,
     look_size_text},
    {{"negated-twice", CHECK_WARNING, false, "`!` twice", "Two negations leave nothing.",
      "Remove one, or both."},
     NODE_CONDITION,
     look_twice},
    {{"empty-command", CHECK_WARNING, false, "`?` without a command", "It never holds.",
      "Name the command, or remove the condition."},
     NODE_CONDITION,
     look_no_command},
    {{"area-lower-case", CHECK_WARNING, true, "`b ??` or `h ??`",
      "The letters for header and body are capital; others name a variable, and one that is not set is "
      "empty.",
      "Write `B ??`, `H ??` or `HB ??`."},
     NODE_CONDITION,
     look_area},
    {{"weight-syntax", CHECK_WARNING, false, "what looks like a weight, and is none",
      "A weight is two numbers with `^` between them and a point for fractions.  Anything else is an "
      "expression to be searched for.",
      "Write it as `1.5^0`."},
     NODE_CONDITION,
     look_weight},
    {{"weight-zero", CHECK_WARNING, false, "a weight of 0",
      "It adds nothing, however often the condition holds.", "Remove the condition, or give it a weight."},
     NODE_CONDITION,
     look_zero},
    {{"score-never-positive", CHECK_WARNING, false, "weights that cannot make the score positive",
      "A recipe with weights matches if the sum is above 0.",
      "Add an offset, such as `* 1^0`, or negate what is looked for."},
     NODE_RECIPE,
     look_no_rise},
    {{"condition-without-star", CHECK_WARNING, true, "a condition without `*`",
      "The first line behind `:0` that begins with no `*` is the action: the mail goes to a folder of that "
      "name.",
      "Put `* ` before it."},
     NODE_RECIPE,
     look_no_star},
    {{"variable-not-expanded", CHECK_WARNING, true, "a variable in a condition without `$`",
      "Variables in a condition are expanded only if it begins with `$`.  Elsewhere `$` is the end of a "
      "line.",
      "Write `* $ …`."},
     NODE_PATTERN,
     look_not_expanded},
    {{"backquote-literal", CHECK_WARNING, false, "backquotes in a condition without `$`",
      "Commands in a condition are carried out only if it begins with `$`.", "Write `* $ …`."},
     NODE_PATTERN,
     look_backquotes},
    {{"program-not-found", CHECK_NOTE, false, "a program that is not on this machine",
      "A condition with it never holds, and an action with it fails.",
      "Install it, name its place, or set PATH."},
     NODE_CONDITION | NODE_RECIPE,
     look_program},
};

const struct rules check_condition_rules = RULES(rules);
