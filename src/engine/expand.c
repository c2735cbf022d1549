#include "engine/expand.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/run-private.h"

enum { SPARE = 2 }; /* bytes of LINEBUF that a command's output may not use */

/* One expansion going on. */
struct expander {
    struct run *run;
    struct word_scanner scanner;
    struct expansion *out;
    size_t limit;
    bool overflow;
    bool unread; /* of a recipe that is passed over: no values, no commands */

    /* An alternative text that is not wanted is passed over up to its closing brace: nothing in it is
     * expanded, and there the value of its variable is put in its place.  Where the brace is missing
     * the text stays. */
    bool passing_over;
    size_t kept; /* bytes, before it */
    unsigned passed_braces;
    enum word_place place_before;
    const char *value;
};

void expansion_init(struct expansion *expansion)
{
    buf_init(&expansion->bytes, BUF_UNLIMITED);
    expansion->all_at = EXPANSION_NO_ALL;
}

void expansion_free(struct expansion *expansion)
{
    buf_free(&expansion->bytes);
}

static bool is_silent(const struct expander *x)
{
    return x->passing_over || x->overflow;
}

static void put(struct expander *x, char c)
{
    if (x->overflow)
        return;
    if (x->out->bytes.n >= x->limit)
        x->overflow = true;
    else
        buf_add_byte(&x->out->bytes, c);
}

static void put_text(struct expander *x, const char *text)
{
    while (*text)
        put(x, *text++);
}

static void begin_word(struct expander *x)
{
    if (x->scanner.place <= WORD_PLACE_GAP)
        word_set_place(&x->scanner, WORD_PLACE_TEXT);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* An unquoted value within arguments ends words at its blanks. */
static void put_split(struct expander *x, const char *text)
{
    for (; *text; text++) {
        if (!is_space(*text)) {
            word_set_place(&x->scanner, WORD_PLACE_TEXT);
            put(x, *text);
        } else if (x->scanner.place > WORD_PLACE_GAP) {
            put(x, '\0');
            word_set_place(&x->scanner, WORD_PLACE_GAP);
        }
    }
}

static void put_value(struct expander *x, const char *value, bool quoted)
{
    if (!value)
        value = "";
    if (quoted) {
        put_text(x, value);
    } else if (x->scanner.mode == WORD_ARGUMENTS) {
        put_split(x, value);
    } else {
        begin_word(x);
        put_text(x, value);
    }
}

/* `$\NAME`: the value without its meaning in expressions. */
static void put_disarmed(struct expander *x, const char *value)
{
    begin_word(x);
    put_text(x, "()");
    for (; value && *value; value++) {
        if (strchr("(|)*?+.^$[\\", *value))
            put(x, '\\');
        put(x, *value);
    }
}

/* A value of NAME, positional argument or one of the special ones; `number` is room to spell one. */
static const char *value_of(struct expander *x, struct span name, char number[32], bool *never_split)
{
    struct run *run = x->run;
    char c = name.n ? *name.p : '\0';
    long n;

    *never_split = false;
    if (c == '0')
        return run->options.invoked_as;
    if (c >= '1' && c <= '9')
        return (size_t)(c - '0') <= run->argument_count ? run->arguments[c - '1'] : NULL;
    switch (c) {
    case '$':
        n = (long)getpid();
        break;
    case '?':
        n = run->last_status;
        break;
    case '#':
        n = (long)run->argument_count;
        break;
    case '=':
        n = run->last_score;
        break;
    case '-':
        return env_get(run->env, "LASTFOLDER");
    default:
        return env_get_span(run->env, name);
    }
    *never_split = true;
    snprintf(number, 32, "%ld", n);
    return number;
}

static void put_variable(struct expander *x, const struct word *word)
{
    char number[32];
    bool never_split;
    const char *value;

    if (is_silent(x) || x->unread)
        return;
    if (span_eq_text(word->name, "_") && !word->braced && !word->literal)
        value = run_rc_name(x->run), never_split = false;
    else
        value = value_of(x, word->name, number, &never_split);
    if (word->literal) {
        put_disarmed(x, value);
    } else {
        if (never_split)
            begin_word(x);
        put_value(x, value, word->quoted || never_split);
    }
}

/* `${NAME-text}` and its like: is the text wanted? If not, the value stands for all of it. */
static void begin_alternative(struct expander *x, const struct word *word)
{
    char number[32];
    bool never_split;
    const char *value;
    bool is_set;

    if (is_silent(x))
        return;
    value = x->unread ? NULL : value_of(x, word->name, number, &never_split);
    is_set = value && (!word->if_empty || *value);
    if ((word->op == '+') == is_set)
        return;
    x->passing_over = true;
    x->kept = x->out->bytes.n;
    x->passed_braces = x->scanner.braces - 1;
    x->place_before = x->scanner.place;
    x->value = word->op == '+' ? NULL : value;
}

static void end_alternative(struct expander *x)
{
    if (!x->passing_over || x->scanner.braces != x->passed_braces)
        return;
    x->passing_over = false;
    buf_cut(&x->out->bytes, x->kept);
    word_set_place(&x->scanner, x->place_before);
    put_value(x, x->value, x->place_before == WORD_PLACE_DOUBLE);
}

/* What a command prints, less the newlines at its end, as much as still fits the line. */
static void put_command(struct expander *x, const struct word *word)
{
    struct command command;
    struct deliver_program program;
    struct deliver_outcome outcome;
    struct buf output;
    size_t room = x->limit - x->out->bytes.n;

    if (is_silent(x) || x->unread)
        return;
    message_keep_folds(x->run->message, true); /* till the next recipe, as in 3.22 */
    buf_init(&output, room > SPARE ? room - SPARE : 0);
    command_of_text(x->run, word->name, &command);
    program = run_program(x->run, &command);
    x->run->options.ops->substitute(x->run->options.ops_ctx, &program, &output, &outcome);
    run_note(x->run, &outcome);
    if (outcome.overflow)
        run_assign_plain(x->run, "PROCMAIL_OVERFLOW", span_of("yes"));
    while (!outcome.overflow && output.n && output.p[output.n - 1] == '\n')
        buf_cut(&output, output.n - 1);
    put_value(x, output.p, word->quoted);
    command_free(&command);
    buf_free(&output);
}

static void step(struct expander *x, const struct word *word)
{
    switch (word->kind) {
    case WORD_CHAR:
        put(x, word->c);
        break;
    case WORD_BREAK:
        put(x, x->scanner.mode == WORD_ARGUMENTS ? '\0' : ' ');
        break;
    case WORD_VARIABLE:
        put_variable(x, word);
        break;
    case WORD_ALTERNATIVE:
        begin_alternative(x, word);
        break;
    case WORD_ALTERNATIVE_END:
        end_alternative(x);
        break;
    case WORD_COMMAND:
        put_command(x, word);
        break;
    case WORD_ALL_ARGUMENTS:
        if (!is_silent(x))
            x->out->all_at = x->out->bytes.n;
        break;
    case WORD_BAD_SUBSTITUTION:
        run_trace(x->run, TRACE_BAD_SUBSTITUTION, word->name);
        break;
    case WORD_UNEXPECTED_END:
        run_trace(x->run, TRACE_UNEXPECTED_END, SPAN_NULL);
        break;
    default:
        break;
    }
}

static bool expand_from(struct expander *x, struct span raw, enum word_mode mode, size_t before)
{
    struct word word;

    x->limit = x->run->linebuf > before ? x->run->linebuf - before : 0;
    word_scanner_init(&x->scanner, raw, mode);
    do {
        word = word_next(&x->scanner);
        step(x, &word);
    } while (word.kind != WORD_END);
    if (mode == WORD_ARGUMENTS && x->scanner.place != WORD_PLACE_GAP)
        buf_add_byte(&x->out->bytes, '\0');
    word_scanner_free(&x->scanner);
    if (x->overflow)
        run_overflowed(x->run);
    return !x->overflow;
}

bool expand(struct run *run, struct span raw, enum word_mode mode, size_t before, struct expansion *out)
{
    struct expander x = {.run = run, .out = out};

    expansion_init(out);
    return expand_from(&x, raw, mode, before);
}

bool expand_unread(struct run *run, struct span raw, enum word_mode mode, size_t before, struct expansion *out)
{
    struct expander x = {.run = run, .out = out, .unread = true};

    expansion_init(out);
    return expand_from(&x, raw, mode, before);
}

bool expand_behind(struct run *run, struct span prefix, struct span raw, struct expansion *out)
{
    struct expander x = {.run = run, .out = out};

    expansion_init(out);
    buf_add_span(&out->bytes, prefix);
    if (prefix.n && raw.n && (*raw.p == ' ' || *raw.p == '\t')) /* the prefix is a word of its own */
        buf_add_byte(&out->bytes, '\0');
    return expand_from(&x, raw, WORD_ARGUMENTS, 0);
}

void expand_split(struct span text, struct buf *to)
{
    bool in_word = false;

    for (size_t i = 0; i < text.n; i++) {
        if (!is_space(text.p[i]))
            buf_add_byte(to, text.p[i]);
        else if (in_word)
            buf_add_byte(to, '\0');
        in_word = !is_space(text.p[i]);
    }
    if (in_word)
        buf_add_byte(to, '\0');
}
