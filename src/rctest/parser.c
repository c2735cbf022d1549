#include "rctest/parser.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "rctest/escape.h"

int rctest_yyparse_source(struct rctest_parser *parser); /* in grammar/rctest-scan.l */

enum arg {
    ARG_NONE,
    ARG_NAME,          /* a path, or a word */
    ARG_OPTIONAL_NAME, /* the same, but may be left out */
    ARG_NUMBER,
    ARG_MODE,  /* octal number, path */
    ARG_COUNT, /* number, path */
    ARG_TIME,  /* 2026-01-31T12:00:00Z */
    ARG_WORDS, /* one or more, joined by blanks */
};

static const struct kind {
    const char *name;
    enum rctest_kind kind;
    enum arg arg;
    bool has_text;
} kinds[] = {
    {"rc", RCTEST_RC, ARG_OPTIONAL_NAME, true},
    {"rc-file", RCTEST_RC_FILE, ARG_NAME, false},
    {"message", RCTEST_MESSAGE, ARG_NONE, true},
    {"args", RCTEST_ARGS, ARG_NONE, true},
    {"env", RCTEST_ENV, ARG_NONE, true},
    {"file", RCTEST_FILE, ARG_NAME, true},
    {"dir", RCTEST_DIR, ARG_NAME, false},
    {"link", RCTEST_LINK, ARG_NAME, true},
    {"passwd", RCTEST_PASSWD, ARG_NONE, true},
    {"unique", RCTEST_UNIQUE, ARG_NONE, true},
    {"limit", RCTEST_LIMIT, ARG_NUMBER, false},
    {"clock", RCTEST_CLOCK, ARG_TIME, false},
    {"stub", RCTEST_STUB, ARG_NAME, true},
    {"differs", RCTEST_DIFFERS, ARG_NAME, true},
    {"note", RCTEST_NOTE, ARG_NONE, true},
    {"expect exit", RCTEST_EXPECT_EXIT, ARG_NUMBER, false},
    {"expect file", RCTEST_EXPECT_FILE, ARG_NAME, true},
    {"expect folder", RCTEST_EXPECT_FOLDER, ARG_NAME, true},
    {"expect dir", RCTEST_EXPECT_DIR, ARG_NAME, false},
    {"expect absent", RCTEST_EXPECT_ABSENT, ARG_NAME, false},
    {"expect mode", RCTEST_EXPECT_MODE, ARG_MODE, false},
    {"expect stdout", RCTEST_EXPECT_STDOUT, ARG_NONE, true},
    {"expect stderr", RCTEST_EXPECT_STDERR, ARG_NONE, true},
    {"expect log", RCTEST_EXPECT_LOG, ARG_OPTIONAL_NAME, true},
    {"expect log-line", RCTEST_EXPECT_LOG_LINE, ARG_OPTIONAL_NAME, true},
    {"expect no-log-line", RCTEST_EXPECT_NO_LOG_LINE, ARG_OPTIONAL_NAME, true},
    {"expect contains", RCTEST_EXPECT_CONTAINS, ARG_NAME, true},
    {"expect count", RCTEST_EXPECT_COUNT, ARG_COUNT, false},
    {"expect header", RCTEST_EXPECT_HEADER, ARG_NAME, true},
    {"expect variable", RCTEST_EXPECT_VARIABLE, ARG_NAME, true},
    {"expect no-variable", RCTEST_EXPECT_NO_VARIABLE, ARG_NAME, false},
    {"expect forward", RCTEST_EXPECT_FORWARD, ARG_WORDS, true},
    {"expect no-forward", RCTEST_EXPECT_NO_FORWARD, ARG_NONE, false},
    {"expect command", RCTEST_EXPECT_COMMAND, ARG_WORDS, true},
    {"expect no-command", RCTEST_EXPECT_NO_COMMAND, ARG_NAME, false},
};

void parser_fault(struct rctest_parser *parser, unsigned line, const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_printf(parser->faults, "%s:%u: %s\n", parser->file, line, text);
}

struct rctest_word *parser_word(struct rctest_parser *parser, struct span text)
{
    struct rctest_word *word = arena_alloc(parser->arena, sizeof *word);

    word->text = text;
    return word;
}

struct span parser_join(struct span a, struct span b)
{
    return a.p ? span_make(a.p, a.n + b.n) : b;
}

static char *text_of(struct rctest_parser *parser, struct span s)
{
    return arena_strndup(parser->arena, s.p, s.n);
}

void parser_begin_test(struct rctest_parser *parser, unsigned line, struct span title)
{
    struct rctest *test = arena_alloc(parser->arena, sizeof *test);

    test->file = parser->file;
    test->title = text_of(parser, title);
    if (!*test->title)
        parser_fault(parser, line, "a test needs a title behind '==='");
    test->line = line;
    if (parser->last)
        parser->last->next = test;
    else
        parser->first = test;
    parser->last = test;
    parser->last_section = NULL;
}

/* `expect file` is one name of two words; *words moves behind it. */
static const char *take_name(struct rctest_parser *parser, struct rctest_word **words)
{
    struct buf name;
    const char *result;

    buf_init(&name, BUF_UNLIMITED);
    buf_add_span(&name, (*words)->text);
    *words = (*words)->next;
    if (span_eq_text(buf_span(&name), "expect") && *words) {
        buf_add_byte(&name, ' ');
        buf_add_span(&name, (*words)->text);
        *words = (*words)->next;
    }
    result = text_of(parser, buf_span(&name));
    buf_free(&name);
    return result;
}

static const struct kind *kind_find(struct rctest_parser *parser, unsigned line, const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].name, name))
            return &kinds[i];
    parser_fault(parser, line,
                 "unknown section '%s'; a line of text that begins with '--- ' must be written "
                 "'\\x2d-- ' in an 'escaped' section",
                 name);
    return NULL;
}

static long number_of(struct rctest_parser *parser, unsigned line, const char *text, int base)
{
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, base);
    if (errno || end == text || *end || number < 0) {
        parser_fault(parser, line, "'%s' is not %s number", text, base == 8 ? "an octal" : "a");
        return 0;
    }
    return number;
}

/* Attributes may stand anywhere behind the section's name. */
static bool take_attribute(struct rctest_parser *parser, struct rctest_section *section, struct span word,
                           bool *escaped, bool *no_newline)
{
    const char *text = text_of(parser, word);

    if (!strcmp(text, "escaped"))
        *escaped = true;
    else if (!strcmp(text, "no-newline"))
        *no_newline = true;
    else if (!strcmp(text, "pass"))
        section->pass = true;
    else if (!strncmp(text, "mode=", 5))
        section->mode = number_of(parser, section->line, text + 5, 8);
    else if (!strncmp(text, "age=", 4))
        section->age = number_of(parser, section->line, text + 4, 10);
    else if (!strncmp(text, "owner=", 6))
        section->owner = number_of(parser, section->line, text + 6, 10);
    else if (!strncmp(text, "exit=", 5))
        section->exit = number_of(parser, section->line, text + 5, 10);
    else if (!strncmp(text, "as=", 3))
        section->as = text + 3;
    else
        return false;
    return true;
}

static long time_of(struct rctest_parser *parser, unsigned line, const char *text)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    time_t when = end && !*end ? timegm(&tm) : 0;

    if (when <= 0)
        parser_fault(parser, line, "'%s' is not a time, such as 2026-01-31T12:00:00Z", text);
    return (long)when;
}

static void set_argument(struct rctest_parser *parser, struct rctest_section *section,
                         const struct kind *kind, const char *words[2], int count)
{
    static const int least[] = {0, 1, 0, 1, 2, 2, 1, 1}, most[] = {0, 1, 1, 1, 2, 2, 1, 1};

    if (count < least[kind->arg] || count > most[kind->arg]) {
        parser_fault(parser, section->line, "section '%s' wants %d word%s, not %d", kind->name,
                     most[kind->arg], most[kind->arg] == 1 ? "" : "s", count);
        return;
    }
    if (kind->arg == ARG_NUMBER || kind->arg == ARG_MODE || kind->arg == ARG_COUNT)
        section->number = number_of(parser, section->line, words[0], kind->arg == ARG_MODE ? 8 : 10);
    if (kind->arg == ARG_TIME)
        section->number = time_of(parser, section->line, words[0]);
    if (kind->arg == ARG_MODE || kind->arg == ARG_COUNT)
        section->arg = words[1];
    else if (kind->arg != ARG_NUMBER && count)
        section->arg = words[0];
}

static bool is_blank(struct span text)
{
    size_t i = 0;

    while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t' || text.p[i] == '\n'))
        i++;
    return i == text.n;
}

static void set_text(struct rctest_parser *parser, struct rctest_section *section, const struct kind *kind,
                     struct span text, bool escaped, bool no_newline)
{
    if (!kind->has_text) {
        if (!is_blank(text))
            parser_fault(parser, section->line, "section '%s' has no text; put the lines below elsewhere",
                         kind->name);
        return;
    }
    if (no_newline && text.n && text.p[text.n - 1] == '\n')
        text.n--;
    if (escaped && escape_undo(parser->arena, text, &section->text))
        parser_fault(parser, section->line, "bad escape in section '%s': use \\\\ \\r \\n \\t \\0 or \\xHH",
                     kind->name);
    else if (!escaped)
        section->text = text;
}

static const char *join_words(struct rctest_parser *parser, const char *words, struct span word)
{
    struct buf joined;
    const char *result;

    buf_init(&joined, BUF_UNLIMITED);
    buf_printf(&joined, "%s ", words);
    buf_add_span(&joined, word);
    result = text_of(parser, buf_span(&joined));
    buf_free(&joined);
    return result;
}

void parser_add_section(struct rctest_parser *parser, unsigned line, struct rctest_word *words,
                        struct span text)
{
    struct rctest_section *section = arena_alloc(parser->arena, sizeof *section);
    const struct kind *kind = kind_find(parser, line, take_name(parser, &words));
    bool escaped = false, no_newline = false;
    const char *plain[2] = {NULL, NULL};
    int count = 0;

    if (!kind)
        return;
    *section = (struct rctest_section){
        .kind = kind->kind, .name = kind->name, .mode = -1, .age = -1, .owner = -1, .line = line};
    for (; words; words = words->next) {
        if (take_attribute(parser, section, words->text, &escaped, &no_newline))
            continue;
        if (kind->arg == ARG_WORDS && count)
            plain[0] = join_words(parser, plain[0], words->text);
        else if (count < 2)
            plain[count++] = text_of(parser, words->text);
        else
            count++;
    }
    set_argument(parser, section, kind, plain, count);
    set_text(parser, section, kind, text, escaped, no_newline);
    if (parser->last_section)
        parser->last_section->next = section;
    else
        parser->last->sections = section;
    parser->last_section = section;
}

static bool same(const struct rctest_section *a, const struct rctest_section *b)
{
    return a->kind == b->kind && !strcmp(a->arg ? a->arg : "", b->arg ? b->arg : "");
}

static bool has_same(const struct rctest_section *list, const struct rctest_section *one)
{
    for (; list; list = list->next)
        if (same(list, one))
            return true;
    return false;
}

/* Copies of the common sections that the test does not give itself go before its own. */
static void add_common(struct rctest_parser *parser, struct rctest *test, const struct rctest *common)
{
    struct rctest_section *own = test->sections, **end = &test->sections;

    for (const struct rctest_section *s = common->sections; s; s = s->next) {
        if (has_same(own, s))
            continue;
        *end = arena_alloc(parser->arena, sizeof **end);
        **end = *s;
        end = &(*end)->next;
    }
    *end = own;
}

/* Where messages follow each other, what is expected between two of them is looked for there;
 * what stands before the first or behind the last, at the end. */
static void set_stages(struct rctest *test)
{
    unsigned messages = 0, seen = 0;

    for (const struct rctest_section *s = test->sections; s; s = s->next)
        messages += s->kind == RCTEST_MESSAGE;
    for (struct rctest_section *s = test->sections; s; s = s->next) {
        seen += s->kind == RCTEST_MESSAGE;
        if (s->kind >= RCTEST_EXPECT_EXIT)
            s->stage = seen < messages ? seen : 0;
    }
}

static bool has_stub(const struct rctest *test, const char *command)
{
    size_t n = strcspn(command, " ");

    for (const struct rctest_section *s = test->sections; s; s = s->next)
        if (s->kind == RCTEST_STUB && strlen(s->arg) == n && !memcmp(s->arg, command, n))
            return true;
    return false;
}

/* Only what a stub stands for is seen: a test of anything else could not fail. */
static void check_stubs(struct rctest_parser *parser, const struct rctest *test)
{
    for (const struct rctest_section *s = test->sections; s; s = s->next) {
        if (s->kind == RCTEST_STUB && (!*s->arg || *s->arg == '.' || strchr(s->arg, '/')))
            parser_fault(parser, s->line, "'%s' is not the plain name of a program", s->arg);
        if ((s->kind == RCTEST_EXPECT_COMMAND || s->kind == RCTEST_EXPECT_NO_COMMAND) && s->arg &&
            !has_stub(test, s->arg))
            parser_fault(parser, s->line, "'%s': there is no section 'stub' for this program", s->arg);
    }
}

static struct rctest *without_common(struct rctest_parser *parser)
{
    struct rctest **link = &parser->first;
    const struct rctest *common = NULL;

    while (*link) {
        if (!strcmp((*link)->title, "common")) {
            common = *link;
            *link = (*link)->next;
            continue;
        }
        if (common)
            add_common(parser, *link, common);
        if (!rctest_find(*link, RCTEST_MESSAGE))
            parser_fault(parser, (*link)->line, "test '%s' has no section 'message'", (*link)->title);
        set_stages(*link);
        if (!parser->faults->n)
            check_stubs(parser, *link);
        link = &(*link)->next;
    }
    return parser->first;
}

struct rctest *rctest_parse(struct arena *arena, const char *file, struct span source, struct buf *faults)
{
    struct rctest_parser parser = {
        .arena = arena, .file = file, .source = source, .line = 1, .faults = faults};
    size_t before = faults->n;
    struct rctest *tests;

    if (source.n > INT_MAX / 2) {
        parser_fault(&parser, 1, "file too large");
        return NULL;
    }
    rctest_yyparse_source(&parser);
    tests = without_common(&parser);
    if (!tests && faults->n == before)
        parser_fault(&parser, parser.line, "no test here: a test begins with a line '=== TITLE'");
    return faults->n == before ? tests : NULL;
}
