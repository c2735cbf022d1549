/* Rules for expressions, as they stand in the file. */
#include "check/check-private.h"

#include <ctype.h>

#include "recipe/word.h"

static const struct piece *piece(const struct check *c, size_t i)
{
    static const struct piece none = {.kind = PIECE_EDGE};

    return i < c->pieces.n ? c->pieces.at + i : &none;
}

static bool is_byte(const struct check *c, size_t i, const char *any_of)
{
    return piece_is_byte(&c->pieces, i, any_of);
}

static bool is_repeat(const struct check *c, size_t i)
{
    return i < c->pieces.n && c->pieces.at[i].kind == PIECE_REPEAT;
}

static bool is_dots(const struct check *c, size_t i)
{
    return i + 1 < c->pieces.n && piece(c, i)->kind == PIECE_ANY && is_repeat(c, i + 1) &&
           piece(c, i + 1)->byte == '*';
}

static struct span two(const struct check *c, size_t i)
{
    return span_make(c->pieces.at[i].raw.p, 2);
}

/* A backslash at the beginning of a condition would be lost. */
static void escape(struct check *c, struct check_finding *finding, const char *at)
{
    mend(c, finding, at, 0, at == c->condition_text.p ? "()\\" : "\\");
}

static void look_glob(struct check *c)
{
    if (is_byte(c, 0, "*") && !c->pieces.lost_backslash)
        found(c, piece(c, 0)->raw, "a `*` with nothing to repeat is the character itself");
}

/* money* at the end: mone, money, moneyy */
static void look_star_on_word(struct check *c)
{
    size_t n = c->pieces.n;

    if (n > 3 && is_repeat(c, n - 1) && piece(c, n - 1)->byte == '*' && piece_is_letter(&c->pieces, n - 2) &&
        piece_is_letter(&c->pieces, n - 3) && piece_is_letter(&c->pieces, n - 4))
        found(c, piece(c, n - 1)->raw, "`*` repeats the letter '%c', not any text", piece(c, n - 2)->byte);
}

static void look_braces(struct check *c)
{
    for (size_t i = 1; i + 2 < c->pieces.n; i++) {
        size_t k = i + 1;

        if (!is_byte(c, i, "{"))
            continue;
        while (is_byte(c, k, "0123456789,"))
            k++;
        if (k > i + 1 && is_byte(c, k, "}"))
            found(c, span_make(piece(c, i)->raw.p, k - i + 1), "braces are characters: nothing is repeated");
    }
}

static void look_perl_class(struct check *c)
{
    for (size_t i = 0; i < c->pieces.n; i++)
        if (piece(c, i)->kind == PIECE_BYTE && piece(c, i)->escaped &&
            strchr("dDwWsSbBntr", piece(c, i)->byte))
            found(c, piece(c, i)->raw, "`\\%c` is the letter '%c'", piece(c, i)->byte, piece(c, i)->byte);
    if (c->pieces.lost_backslash && strchr("dDwWsSbB", c->condition_text.p[1]) && c->condition_text.n > 2)
        found(c, span_make(c->condition_text.p, 2), "`\\%c` is the letter '%c'", c->condition_text.p[1],
              c->condition_text.p[1]);
}

static void look_perl_group(struct check *c)
{
    for (size_t i = 0; i + 2 < c->pieces.n; i++)
        if (piece(c, i)->kind == PIECE_OPEN && is_byte(c, i + 1, "?") && (is_byte(c, i + 2, "i:=!<")))
            found(c, two(c, i), "`(?` is a group that begins with a question mark");
}

static void look_posix_class(struct check *c)
{
    for (size_t i = 0; i < c->pieces.n; i++)
        if (piece(c, i)->kind == PIECE_SET && span_has(piece(c, i)->raw, "[:") &&
            span_has(span_from(piece(c, i)->raw, 2), ":]"))
            found(c, piece(c, i)->raw, "this is a set of the letters in the name");
}

static void look_lazy(struct check *c)
{
    for (size_t i = 1; i < c->pieces.n; i++)
        if (is_repeat(c, i - 1) && is_byte(c, i, "*+?"))
            found(c, piece(c, i)->raw, "behind an operator `%c` is the character itself", piece(c, i)->byte);
}

static void look_lost_backslash(struct check *c)
{
    char next = c->condition_text.n > 1 ? c->condition_text.p[1] : 0;
    struct check_finding *finding;

    if (!c->pieces.lost_backslash || !next || !strchr("<>/.*+?()[|^$", next))
        return;
    finding = found(c, span_make(c->condition_text.p, 2),
                    "the first backslash of a condition is lost: this is `%c`", next);
    mend(c, finding, c->condition_text.p, 0, "()");
}

/* How a macro is written in other letters. */
static const char *macro_like(struct span s)
{
    static const char *const names[] = {"FROM_DAEMON", "FROM_MAILER", "TO_"};

    for (size_t i = 0; i < 3; i++)
        if (span_starts_nocase(s, names[i]))
            return names[i];
    return NULL;
}

static void look_macro_case(struct check *c)
{
    for (size_t i = 0; i < c->pieces.n; i++) {
        struct span rest = c->condition_text;
        const char *name;

        if (piece(c, i)->kind != PIECE_NEWLINE || piece(c, i)->byte != '^')
            continue;
        rest = span_from(rest, (size_t)(piece(c, i)->raw.p - rest.p) + 1);
        name = macro_like(rest);
        if (name)
            mend(c, found(c, span_make(rest.p, strlen(name)), "macros are written in capitals: ^%s", name),
                 rest.p, strlen(name), name);
    }
}

static void look_macro_caret(struct check *c)
{
    struct span s = c->condition_text;

    if (span_starts(s, "FROM_DAEMON") || span_starts(s, "FROM_MAILER") || span_starts(s, "TO_"))
        mend(c,
             found(c, span_make(s.p, span_starts(s, "TO_") ? 3 : 11),
                   "without `^` this is no macro, but text"),
             s.p, 0, "^");
}

static void look_old_to(struct check *c)
{
    for (size_t i = 0; i < c->pieces.n; i++)
        if (piece(c, i)->kind == PIECE_MACRO && piece(c, i)->raw.n == 3)
            found(c, piece(c, i)->raw, "^TO_ is more exact");
}

/* A dot between parts of a name, of which there are two letters or more on both sides. */
static bool is_domain_dot(const struct check *c, size_t i)
{
    const struct pieces *p = &c->pieces;

    return piece(c, i)->kind == PIECE_ANY && i >= 2 && piece_is_alnum(p, i - 1) && piece_is_alnum(p, i - 2) &&
           piece_is_letter(p, i + 1) && piece_is_letter(p, i + 2) && !is_repeat(c, i + 1) &&
           !is_repeat(c, i + 3);
}

static void look_dot(struct check *c)
{
    for (size_t i = 0; i < c->pieces.n; i++)
        if (is_domain_dot(c, i))
            found(c, piece(c, i)->raw, "a dot stands for any character");
}

static void look_dollar(struct check *c)
{
    for (size_t i = 0; i + 1 < c->pieces.n; i++)
        if (piece(c, i)->kind == PIECE_NEWLINE && piece(c, i)->byte == '$' && is_byte(c, i + 1, "0123456789"))
            escape(c, found(c, piece(c, i)->raw, "`$` is the end of a line, not a character"),
                   piece(c, i)->raw.p);
}

/* Must something stand there? */
static bool consumes(const struct check *c, size_t i)
{
    enum piece_kind kind = piece(c, i)->kind;

    return i < c->pieces.n && (kind == PIECE_BYTE || kind == PIECE_ANY || kind == PIECE_SET) &&
           !is_repeat(c, i + 1);
}

static void look_edge(struct check *c)
{
    for (size_t i = 1; i + 1 < c->pieces.n; i++)
        if (piece(c, i)->kind == PIECE_EDGE && consumes(c, i - 1) && consumes(c, i + 1))
            found(c, piece(c, i)->raw, "`^^` between characters never matches");
}

/* `^` behind a character and before another: only where a line ends and the next begins. */
static void look_caret(struct check *c)
{
    for (size_t i = 1; i + 1 < c->pieces.n; i++)
        if (piece(c, i)->kind == PIECE_NEWLINE && piece(c, i)->byte == '^' &&
            piece_is_alnum(&c->pieces, i - 1) && piece_is_alnum(&c->pieces, i + 1))
            found(c, piece(c, i)->raw, "`^` is the beginning of a line, here in the middle of a word");
}

static void look_always(struct check *c)
{
    bool only_dots = c->pieces.n == 2 && is_dots(c, 0);
    bool only_group = c->pieces.n == 2 && piece(c, 0)->kind == PIECE_OPEN && piece(c, 1)->kind == PIECE_CLOSE;
    bool only_start = c->pieces.n == 1 && piece(c, 0)->kind == PIECE_NEWLINE;

    if ((only_dots || only_group || only_start) && !c->condition.weighted)
        found(c, c->condition_text,
              c->condition.negated ? "this matches everything: it never holds" : "this matches everything");
}

static void look_needless(struct check *c)
{
    size_t n = c->pieces.n;

    if (c->condition.weighted || n < 4)
        return;
    for (size_t i = 0; i < n; i++)
        if (piece(c, i)->kind == PIECE_SPLIT || piece(c, i)->kind == PIECE_OR)
            return;
    if (is_dots(c, 0))
        found(c, two(c, 0), "`.*` at the beginning does nothing");
    else if (is_dots(c, n - 2))
        found(c, two(c, n - 2), "`.*` at the end does nothing");
}

/* ((a*)*: how a repeated group that holds an endless repetition is told. */
static void look_costly(struct check *c)
{
    bool inside = false;

    for (size_t i = 0; i + 1 < c->pieces.n; i++) {
        enum piece_kind kind = piece(c, i)->kind;

        if (kind == PIECE_OPEN)
            inside = false;
        else if (kind == PIECE_REPEAT && piece(c, i)->byte != '?')
            inside = true;
        if (kind == PIECE_CLOSE && inside && is_repeat(c, i + 1) && piece(c, i + 1)->byte != '?') {
            found(c, piece(c, i + 1)->raw, "a repetition of repetitions");
            return;
        }
    }
}

static void look_set(struct check *c)
{
    for (size_t i = 0; i < c->pieces.n; i++)
        if (piece(c, i)->kind == PIECE_SET && piece(c, i)->unclosed)
            found(c, one_byte(piece(c, i)->raw.p), "this set is not closed");
}

static void look_range(struct check *c)
{
    for (size_t i = 0; i < c->pieces.n; i++) {
        struct span raw = piece(c, i)->raw;

        for (size_t k = 2; piece(c, i)->kind == PIECE_SET && !piece(c, i)->unclosed && k + 2 < raw.n; k++)
            if (raw.p[k] == '-' && isalnum((unsigned char)raw.p[k - 1]) &&
                isalnum((unsigned char)raw.p[k + 1]) && raw.p[k - 1] > raw.p[k + 1] && raw.p[k - 2] != '-')
                found(c, span_make(raw.p + k - 1, 3),
                      "this range ends before it begins: it is just the two characters");
    }
}

static bool holds_word(struct span raw)
{
    size_t letters = 0;
    bool twice = false;

    for (size_t i = 1; i + 1 < raw.n; i++) {
        if (!isalpha((unsigned char)raw.p[i]))
            return false;
        letters++;
        for (size_t k = i + 1; k + 1 < raw.n && k < i + 64; k++)
            twice = twice || raw.p[i] == raw.p[k];
    }
    return letters > 3 && twice;
}

static void look_word_in_set(struct check *c)
{
    for (size_t i = 0; i < c->pieces.n; i++) {
        struct span raw = piece(c, i)->raw;

        if (piece(c, i)->kind != PIECE_SET || piece(c, i)->unclosed || raw.n < 4 || is_repeat(c, i + 1))
            continue;
        if (holds_word(raw))
            escape(c, found(c, raw, "this is one of the letters, not the word"), raw.p);
        else if (span_find_byte(span_from(raw, 2), '|') && isalpha((unsigned char)raw.p[1]) &&
                 isalpha((unsigned char)raw.p[2]))
            found(c, raw, "alternatives stand in parentheses; this is one of the characters");
    }
}

static void look_parentheses(struct check *c)
{
    size_t open = 0;
    const struct piece *last = NULL;

    for (size_t i = 0; i < c->pieces.n; i++) {
        if (piece(c, i)->kind == PIECE_OPEN) {
            open++;
            last = piece(c, i);
        } else if (piece(c, i)->kind == PIECE_CLOSE) {
            if (!open) {
                found(c, piece(c, i)->raw, "this parenthesis closes nothing");
                return;
            }
            open--;
        }
    }
    if (open)
        found(c, last->raw, "a parenthesis is not closed");
}

/* An alternative of the whole that is empty. */
static void look_alternative(struct check *c)
{
    size_t depth = 0, n = c->pieces.n;
    bool empty = true;

    for (size_t i = 0; i < n; i++) {
        enum piece_kind kind = piece(c, i)->kind;

        if (kind == PIECE_OPEN)
            depth++;
        else if (kind == PIECE_CLOSE && depth)
            depth--;
        if (kind == PIECE_OR && !depth && (empty || i + 1 == n || (piece(c, i + 1)->kind == PIECE_OR))) {
            found(c, piece(c, i)->raw, "one of the alternatives is empty, and that matches everything");
            return;
        }
        empty = kind == PIECE_OR;
    }
}

/* bob+lists@example.org */
static void look_plus(struct check *c)
{
    for (size_t i = 1; i + 1 < c->pieces.n; i++) {
        size_t k = i + 1;

        if (!is_repeat(c, i) || piece(c, i)->byte != '+' || !piece_is_alnum(&c->pieces, i - 1))
            continue;
        while (piece_is_alnum(&c->pieces, k) || is_byte(c, k, "-_"))
            k++;
        if (k > i + 1 && is_byte(c, k, "@"))
            mend(c, found(c, piece(c, i)->raw, "`+` repeats the character before it"), piece(c, i)->raw.p, 0,
                 "\\");
    }
}

/* =?utf-8?Q? */
static void look_encoded(struct check *c)
{
    for (size_t i = 1; i + 1 < c->pieces.n; i++) {
        struct check_finding *finding;

        if (!is_repeat(c, i) || piece(c, i)->byte != '?' || !is_byte(c, i - 1, "=") ||
            !piece_is_alnum(&c->pieces, i + 1))
            continue;
        finding = found(c, piece(c, i)->raw, "`?` makes the `=` optional");
        mend(c, finding, piece(c, i)->raw.p, 0, "\\");
        for (size_t k = i + 1; piece_is_alnum(&c->pieces, k) || is_byte(c, k, "-_") || is_repeat(c, k); k++)
            if (is_repeat(c, k) && piece(c, k)->byte == '?')
                mend(c, finding, piece(c, k)->raw.p, 0, "\\");
        return;
    }
}

/* The whole in quotes, or in slashes as elsewhere. */
static void look_quotes(struct check *c)
{
    struct span s = c->condition_text;

    if (s.n < 3 || s.p[0] != s.p[s.n - 1])
        return;
    if (s.p[0] == '"' || s.p[0] == '\'') {
        struct check_finding *finding = found(c, s, "quotes are characters of the expression");

        mend(c, finding, s.p, 1, "");
        mend(c, finding, s.p + s.n - 1, 1, "");
    } else if (s.p[0] == '/') {
        found(c, s, "slashes are characters of the expression");
    }
}

/* Blanks and a `#` with text behind it. */
static void look_comment(struct check *c)
{
    struct span s = c->condition_text;

    for (size_t i = 1; i + 2 < s.n; i++) {
        bool gap = (s.p[i - 1] == ' ' || s.p[i - 1] == '\t'),
             wide = gap && i > 1 && (s.p[i - 2] == ' ' || s.p[i - 2] == '\t');
        size_t begin = i;
        struct check_finding *finding;

        if (s.p[i] != '#' || !gap || !(s.p[i + 1] == ' ' || (wide && isalpha((unsigned char)s.p[i + 1]))))
            continue;
        while (begin && (s.p[begin - 1] == ' ' || s.p[begin - 1] == '\t'))
            begin--;
        if (!begin)
            return;
        finding = found(c, span_from(s, i), "the comment belongs to the expression");
        if (!memchr(s.p, '\n', s.n)) {
            const char *line = c->condition_raw.p;
            struct buf above;

            while (line > c->text.p && line[-1] != '\n')
                line--;
            buf_init(&above, BUF_UNLIMITED);
            buf_add(&above, s.p + i, s.n - i);
            buf_add_byte(&above, '\n');
            if (*line == '*' || *line == ' ' || *line == '\t')
                mend(c, finding, line, 0, above.p);
            buf_free(&above);
            if (finding->edits)
                mend(c, finding, s.p + begin, s.n - begin, "");
        }
        return;
    }
}

static void look_header_blank(struct check *c)
{
    if (c->condition.area != CONDITION_AREA_FLAGS || c->condition.negated)
        return;
    if (piece(c, 0)->kind == PIECE_NEWLINE && piece(c, 0)->byte == '^' && is_byte(c, 1, " \t") &&
        !is_repeat(c, 2) && c->pieces.n > 2 && !(c->head.flags & HEAD_B))
        found(c, two(c, 0), "no line of a header begins with a blank");
}

static const struct rule rules[] = {
    {{"glob", CHECK_WARNING, false, "`*` at the beginning",
      "An expression is no file name: `*` repeats what stands before it, and where nothing does it is the "
      "character itself.",
      "Leave it out: an expression matches anywhere."},
     NODE_PATTERN,
     look_glob},
    {{"star-on-word", CHECK_WARNING, false, "`*` behind a word at the end",
      "`*` repeats the last letter only, from no time on: `money*` matches in \"month\" no less than in "
      "\"money\", and `mone` is enough.",
      "Leave it out: an expression matches anywhere."},
     NODE_PATTERN,
     look_star_on_word},
    {{"brace-count", CHECK_WARNING, false, "`{n}`",
      "Braces have no meaning in procmail's expressions; the text is searched for as it stands.",
      "Write the item as often as it is wanted."},
     NODE_PATTERN,
     look_braces},
    {{"perl-class", CHECK_WARNING, false, "`\\d`, `\\w`, `\\s`, `\\b`",
      "A backslash makes the next character literal, so these are letters.",
      "Write `[0-9]`, `[a-z0-9_]`, a blank, `\\<`."},
     NODE_PATTERN,
     look_perl_class},
    {{"perl-group", CHECK_WARNING, false, "`(?i)`, `(?:…)`",
      "Groups have no options here; the question mark is searched for as it stands.",
      "Leave it out: case is ignored unless the flag `D` is given, and all groups are alike."},
     NODE_PATTERN,
     look_perl_group},
    {{"posix-class", CHECK_WARNING, false, "`[[:alpha:]]`",
      "Classes have no names here; it is a set of the characters of the name, and a bracket.",
      "Write the characters, such as `[a-z]`."},
     NODE_PATTERN,
     look_posix_class},
    {{"lazy-operator", CHECK_WARNING, false, "an operator behind an operator",
      "The second is a character to be searched for.",
      "Leave it out: left of `\\/` as little as possible is matched, anyway."},
     NODE_PATTERN,
     look_lazy},
    {{"lost-backslash", CHECK_WARNING, true, "a backslash at the beginning of a condition",
      "A condition loses one leading backslash: `* \\/x` looks for `/x`, and `* \\.x` for any character and "
      "`x`.",
      "Write `()` before it."},
     NODE_PATTERN,
     look_lost_backslash},
    {{"macro-lower-case", CHECK_WARNING, true, "a macro in small letters",
      "Macros are replaced only where they are written in capitals.",
      "Write ^TO_, ^FROM_DAEMON or ^FROM_MAILER."},
     NODE_PATTERN,
     look_macro_case},
    {{"macro-without-caret", CHECK_WARNING, true, "a macro without `^`",
      "The `^` belongs to the name of the macro; without it this is text that no mail has.",
      "Put `^` before it."},
     NODE_PATTERN,
     look_macro_caret},
    {{"old-to", CHECK_NOTE, false, "`^TO`",
      "It is kept for old files: `^TOann` also matches an address such as `mary-ann`.",
      "Write `^TO_` where a whole address is meant."},
     NODE_PATTERN,
     look_old_to},
    {{"unescaped-dot", CHECK_NOTE, false, "a dot in an address or domain",
      "It stands for any character: `example.com` matches `examplexcom`, too.", "Write `\\.`."},
     NODE_PATTERN,
     look_dot},
    {{"literal-dollar", CHECK_WARNING, true, "`$` before a digit",
      "`$` is the end of a line, so this does not match a sum of money.", "Write `\\$`."},
     NODE_PATTERN,
     look_dollar},
    {{"edge-in-middle", CHECK_WARNING, false, "`^^` in the middle",
      "It is the beginning or the end of all that is searched: nothing can stand on both sides.",
      "Remove it."},
     NODE_PATTERN,
     look_edge},
    {{"caret-in-word", CHECK_WARNING, false, "`^` in the middle of a word",
      "It is the beginning of a line wherever it stands.", "Write `\\^` for the character."},
     NODE_PATTERN,
     look_caret},
    {{"matches-everything", CHECK_WARNING, false, "an expression that matches everything",
      "It makes no difference whether it is there.",
      "Remove it; to see whether a variable has a value, write `VAR ?? .`."},
     NODE_PATTERN,
     look_always},
    {{"needless-dots", CHECK_NOTE, false, "`.*` at the end or beginning",
      "An expression matches anywhere, so this only costs time.", "Leave it out."},
     NODE_PATTERN,
     look_needless},
    {{"costly-pattern", CHECK_NOTE, false, "a repetition of repetitions",
      "Under procmail such an expression can take very long on long texts.", "Repeat once: `(a*)*` is `a*`."},
     NODE_PATTERN,
     look_costly},
    {{"unclosed-set", CHECK_WARNING, false, "a set that is not closed",
      "It reaches to the end of the expression.", "Close it; for the character write `\\[`."},
     NODE_PATTERN,
     look_set},
    {{"reversed-range", CHECK_WARNING, false, "a range whose end is before its beginning",
      "It stands for these two characters only.",
      "Exchange them; a `-` itself stands first or last in the set."},
     NODE_PATTERN,
     look_range},
    {{"word-in-set", CHECK_WARNING, true, "a word in brackets",
      "Brackets stand for one of the characters in them, so nearly everything matches.",
      "Write `\\[word]` for the text, `(one|two)` for one of several."},
     NODE_PATTERN,
     look_word_in_set},
    {{"unbalanced-parentheses", CHECK_ERROR, false, "parentheses without a partner",
      "procmail says that the expression is invalid, and guesses.",
      "Close it; for the character write `\\(`."},
     NODE_PATTERN,
     look_parentheses},
    {{"empty-alternative", CHECK_WARNING, false, "an empty alternative",
      "It matches everything, so the whole does.", "Remove the `|`."},
     NODE_PATTERN,
     look_alternative},
    {{"plus-in-address", CHECK_WARNING, true, "`+` in an address",
      "It repeats the character before it, so the address does not match.", "Write `\\+`."},
     NODE_PATTERN,
     look_plus},
    {{"encoded-word", CHECK_WARNING, true, "`=?charset?`",
      "`?` makes the character before it optional, so an encoded word does not match.",
      "Write `=\\?charset\\?`."},
     NODE_PATTERN,
     look_encoded},
    {{"quoted-pattern", CHECK_WARNING, true, "an expression in quotes",
      "Quotes and slashes around it belong to it, and must be in the mail.", "Remove them."},
     NODE_PATTERN,
     look_quotes},
    {{"comment-in-pattern", CHECK_WARNING, true, "a comment behind a condition",
      "A condition reaches to the end of its line: the comment is part of the expression, which then matches "
      "no mail.",
      "Put the comment on a line of its own."},
     NODE_PATTERN,
     look_comment},
    {{"blank-line-begin", CHECK_WARNING, false, "a header line that begins with a blank",
      "Continued header lines are joined before they are searched, so none begins with a blank.",
      "Write `^Subject:.*word`."},
     NODE_PATTERN,
     look_header_blank},
};

const struct rules check_pattern_rules = RULES(rules);
