/*
 * The command line, read as formail 3.22 reads it: letters in clusters, a value in the same word or the
 * next, `-s` last with the program behind it.
 */
#include "formail/formail.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FOLDER_MAX = 61 }; /* bytes of -l that are shown */

struct words {
    struct formail *formail;
    struct arena *arena;
    const char *const *argv; /* the word in hand */
    const char *at;          /* what is left of it */
    const char *wrong;       /* a field name that is none */
};

/* Where to go on behind an option. */
enum next { NEXT_LETTER, NEXT_WORD, NEXT_WRONG, NEXT_HELP, NEXT_VERSION, NEXT_END };

/* ---- values */

/* The rest of the word, or the next word. */
static bool value(struct words *words)
{
    if (*words->at)
        return true;
    if (!words->argv[1])
        return false;
    words->at = *++words->argv;
    return true;
}

static bool number(struct words *words, long *to)
{
    char *end;

    if (*words->at < '0' || *words->at > '9')
        return false;
    *to = strtol(words->at, &end, 10);
    words->at = end;
    return true;
}

static enum next number_option(struct words *words, long *to)
{
    return number(words, to) ? NEXT_LETTER : NEXT_WRONG;
}

/* ---- fields */

static enum next wrong_field(struct words *words, struct span name)
{
    words->wrong = arena_strndup(words->arena, name.p, name.n);
    return NEXT_WRONG;
}

/* With a newline at the end, as a field in a header has it. */
static struct span field_text(struct words *words)
{
    size_t n = strlen(words->at);
    char *text = arena_strndup(words->arena, words->at, n + 1);

    text[n] = '\n';
    return span_make(text, n + 1);
}

/* Where the new name of -R stands: behind the old one in the same word, or in the next. */
static bool new_name(struct words *words, struct span rest, struct span *text)
{
    while (rest.n && strchr(" \t\n", *rest.p))
        rest = span_from(rest, 1);
    if (rest.n)
        rest.n--; /* the newline */
    else if (words->argv[1])
        rest = span_of(*++words->argv);
    else
        return false;
    *text = rest;
    return true;
}

/* A whole name becomes a whole name, a partial one what one likes. */
static enum next rename_option(struct words *words, bool old_is_whole)
{
    struct field_list *list = &words->formail->lists[FORMAIL_RENAME];
    struct field *field = field_list_add(list, words->arena, field_text(words));
    struct span name;
    bool whole;
    char *both;
    size_t n;

    if (!new_name(words, field_content(field), &name))
        return wrong_field(words, span_of(""));
    whole = field_name(name, &n);
    if ((name.n && !n) || (!whole && old_is_whole))
        return wrong_field(words, name);
    both = arena_alloc(words->arena, field->name + n + 1);
    memcpy(both, field->text, field->name);
    memcpy(both + field->name, name.p, n);
    field->text = both;
    field->size = field->name + n;
    return NEXT_WORD;
}

static const char list_letters[FORMAIL_LISTS + 1] = {
    [FORMAIL_ADD_MISSING] = 'a',   [FORMAIL_ADD] = 'A',     [FORMAIL_RENAME_INSERT] = 'i',
    [FORMAIL_DELETE_INSERT] = 'I', [FORMAIL_FIRST] = 'u',   [FORMAIL_LAST] = 'U',
    [FORMAIL_RENAME] = 'R',        [FORMAIL_CONTENT] = 'x', [FORMAIL_WHOLE] = 'X',
};

static enum next field_option(struct words *words, enum formail_list list)
{
    struct span text;
    bool whole, partial;
    size_t n;

    if (!value(words))
        return NEXT_WRONG;
    text = span_of(words->at);
    whole = field_name(text, &n);
    partial = !whole && n == text.n;
    if (list == FORMAIL_RENAME)
        return rename_option(words, whole);
    if (list == FORMAIL_ADD_MISSING && !whole && strcasecmp(words->at, "Resent-") == 0) {
        words->formail->resent = true;
        return NEXT_WORD;
    }
    if (!whole && (!partial || list == FORMAIL_ADD_MISSING || list == FORMAIL_ADD))
        return wrong_field(words, text);
    field_list_add(&words->formail->lists[list], words->arena, field_text(words));
    return NEXT_WORD;
}

/* ---- the others */

static enum next cache_option(struct words *words)
{
    if (!value(words) || !number(words, &words->formail->cache_size) || !value(words))
        return NEXT_WRONG;
    words->formail->cache = words->at;
    return NEXT_WORD;
}

static enum next min_fields_option(struct words *words)
{
    return value(words) ? number_option(words, &words->formail->min_fields) : NEXT_WRONG;
}

/* A number that is none is 0, and what stands there is letters again. */
static enum next parallel_option(struct words *words)
{
    char *end;

    if (!value(words))
        return NEXT_WRONG;
    words->formail->parallel = true;
    words->formail->processes = strtol(words->at, &end, 10);
    words->at = end;
    return NEXT_LETTER;
}

static enum next log_option(struct words *words)
{
    char *folder;

    if (!value(words))
        return NEXT_WRONG;
    folder = arena_strndup(words->arena, words->at, strnlen(words->at, FOLDER_MAX));
    for (char *p = folder; (p = strpbrk(p, "\t\n\v\f\r"));)
        *p = ' ';
    words->formail->log = folder;
    return NEXT_WORD;
}

static enum next prefix_option(struct words *words)
{
    if (!value(words))
        return NEXT_WRONG;
    words->formail->prefix = words->at;
    return NEXT_WORD;
}

static enum next quiet_option(struct words *words)
{
    words->formail->loud = *words->at == '-';
    words->at += words->formail->loud;
    return NEXT_LETTER;
}

static enum next babyl_option(struct words *words)
{
    words->formail->babyl = words->formail->every = words->formail->digest = true;
    return NEXT_LETTER;
}

static enum next split_option(struct words *words)
{
    words->formail->split = true;
    words->formail->program = words->argv + 1;
    return *words->at ? NEXT_WRONG : NEXT_END;
}

static enum next help_option(struct words *words)
{
    (void)words;
    return NEXT_HELP;
}

static enum next version_option(struct words *words)
{
    (void)words;
    return NEXT_VERSION;
}

static const struct {
    char letter;
    enum next (*take)(struct words *words);
} options[] = {
    {'D', cache_option},  {'m', min_fields_option}, {'n', parallel_option}, {'l', log_option},
    {'p', prefix_option}, {'q', quiet_option},      {'B', babyl_option},    {'s', split_option},
    {'h', help_option},   {'?', help_option},       {'v', version_option},
};

static const struct {
    char letter;
    size_t offset;
} switches[] = {
    {'b', offsetof(struct formail, no_escape)}, {'c', offsetof(struct formail, concatenate)},
    {'d', offsetof(struct formail, digest)},    {'e', offsetof(struct formail, every)},
    {'f', offsetof(struct formail, force)},     {'k', offsetof(struct formail, keep_body)},
    {'r', offsetof(struct formail, reply)},     {'t', offsetof(struct formail, trust)},
    {'Y', offsetof(struct formail, berkeley)},  {'z', offsetof(struct formail, zap)},
};

static enum next letter(struct words *words)
{
    char c = *words->at;
    const char *list = memchr(list_letters, c, FORMAIL_LISTS);

    if (c >= '0' && c <= '9')
        return number_option(words, &words->formail->total);
    words->at++;
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
        if (switches[i].letter == c) {
            *(bool *)((char *)words->formail + switches[i].offset) = true;
            return NEXT_LETTER;
        }
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].letter == c)
            return options[i].take(words);
    return list ? field_option(words, (enum formail_list)(list - list_letters)) : NEXT_WRONG;
}

/* ---- all of it */

static enum next word(struct words *words)
{
    enum next next = NEXT_LETTER;

    words->at = *words->argv + 1;
    if (**words->argv == '+')
        next = number_option(words, &words->formail->skip);
    else if (**words->argv != '-')
        return NEXT_WRONG;
    while (next == NEXT_LETTER && *words->at)
        next = letter(words);
    return next;
}

/* What makes no sense together. */
static bool contradicts(const struct formail *f)
{
    bool extract = f->lists[FORMAIL_CONTENT].n || f->lists[FORMAIL_WHOLE].n;

    if (!f->split && (f->skip > 0 || f->total >= 0 || f->every || f->digest || f->min_fields || f->parallel))
        return true;
    return (extract && f->log) || (f->keep_body && !f->reply && !extract);
}

enum formail_parsed formail_parse(struct formail *formail, const char *const *argv, struct arena *arena,
                                  const char **wrong)
{
    struct words words = {.formail = formail, .arena = arena, .argv = argv};
    enum next next = NEXT_LETTER;

    *formail = (struct formail){.prefix = ">", .total = -1};
    while (next <= NEXT_WORD && *words.argv && *++words.argv)
        next = word(&words);
    *wrong = words.wrong;
    if (next == NEXT_HELP || next == NEXT_VERSION)
        return next == NEXT_HELP ? FORMAIL_HELP : FORMAIL_VERSION;
    if (next == NEXT_WRONG || contradicts(formail))
        return FORMAIL_USAGE;
    if (formail->resent && !formail->trust) {
        *wrong = "Resent-";
        return FORMAIL_USAGE;
    }
    return FORMAIL_PARSED;
}

void formail_free(struct formail *formail)
{
    for (size_t i = 0; i < FORMAIL_LISTS; i++)
        field_list_free(&formail->lists[i]);
}
