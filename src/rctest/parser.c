#include "rctest/parser.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/excerpt.h"
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

enum { FAULTS_SHOWN = 50 };

static void print_fault(struct rctest_parser *parser, struct span at, const char *text)
{
    static const struct excerpt_style plain = {"", "", ""};
    size_t offset = at.p ? (size_t)(at.p - parser->source.p) : 0;
    struct excerpt_place place = excerpt_find(parser->source, offset);

    buf_printf(parser->faults, "%s:%u:%u: ", parser->file, place.line, place.column);
    excerpt_line(parser->faults, span_of(text));
    buf_add_byte(parser->faults, '\n');
    if (at.p)
        excerpt_print(parser->faults, parser->source, offset, at.n, place.line, &plain);
}

void parser_fault(struct rctest_parser *parser, struct span at, const char *format, ...)
{
    char text[512];
    va_list args;

    parser->fault_count++;
    if (parser->fault_count == FAULTS_SHOWN + 1)
        buf_printf(parser->faults, "%s: there are more faults\n", parser->file);
    if (parser->fault_count > FAULTS_SHOWN)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    print_fault(parser, at, text);
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
    test->head = title;
    test->line = line;
    if (!title.n)
        parser_fault(parser, title, "a test needs a title behind '==='");
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

static const struct kind *kind_find(struct rctest_parser *parser, struct span head, const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].name, name))
            return &kinds[i];
    parser_fault(parser, head,
                 "unknown section '%.99s'; a line of text that begins with '--- ' must be written "
                 "'\\x2d-- ' in an 'escaped' section",
                 name);
    return NULL;
}

/* Between 0 and most; what is not is told. */
static long number_of(struct rctest_parser *parser, struct span word, int base, long most)
{
    const char *text = text_of(parser, word);
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, base);
    if (errno != ERANGE && (end == text || *end || number < 0)) {
        parser_fault(parser, word, "'%.99s' is not %s number", text, base == 8 ? "an octal" : "a");
        return 0;
    }
    if (errno == ERANGE || number > most) {
        parser_fault(parser, word, base == 8 ? "'%.99s' is more than %lo" : "'%.99s' is more than %ld", text,
                     most);
        return 0;
    }
    return number;
}

enum {
    MODE_MAX = 07777,
    STATUS_MAX = 255,
    LIMIT_MAX = 86400,
    COUNT_MAX = 1 << 30,
};

static const long owner_max = UINT_MAX - 1, age_max = 100L * 366 * 86400;

/* Attributes may stand anywhere behind the section's name. */
static bool take_attribute(struct rctest_parser *parser, struct rctest_section *section, struct span word,
                           bool *no_newline)
{
    const char *text = text_of(parser, word);
    const char *equals = strchr(text, '=');
    struct span value = equals ? span_from(word, (size_t)(equals - text) + 1) : SPAN_NULL;

    if (!strcmp(text, "escaped"))
        section->escaped = true;
    else if (!strcmp(text, "no-newline"))
        *no_newline = true;
    else if (!strcmp(text, "pass"))
        section->pass = true;
    else if (!strncmp(text, "mode=", 5))
        section->mode = number_of(parser, value, 8, MODE_MAX);
    else if (!strncmp(text, "age=", 4))
        section->age = number_of(parser, value, 10, age_max);
    else if (!strncmp(text, "owner=", 6))
        section->owner = number_of(parser, value, 10, owner_max);
    else if (!strncmp(text, "exit=", 5))
        section->exit = number_of(parser, value, 10, STATUS_MAX);
    else if (!strncmp(text, "as=", 3))
        section->as = text + 3;
    else
        return false;
    return true;
}

/* strptime(3) takes the 30th of February for a day. */
static long time_of(struct rctest_parser *parser, struct span word)
{
    const char *text = text_of(parser, word);
    char again[64];
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    time_t when = end && !*end ? timegm(&tm) : 0;

    if (when > 0 && strftime(again, sizeof again, "%Y-%m-%dT%H:%M:%SZ", gmtime(&when)) &&
        !strcmp(again, text))
        return (long)when;
    parser_fault(parser, word, "'%.99s' is not a time after 1970, such as 2026-01-31T12:00:00Z", text);
    return 0;
}

static long most_of(const struct rctest_section *section)
{
    switch (section->kind) {
    case RCTEST_EXPECT_EXIT:
        return STATUS_MAX;
    case RCTEST_LIMIT:
        return LIMIT_MAX;
    default:
        return COUNT_MAX;
    }
}

static void set_number(struct rctest_parser *parser, struct rctest_section *section, enum arg arg,
                       struct span word)
{
    if (arg == ARG_MODE)
        section->number = number_of(parser, word, 8, MODE_MAX);
    else if (arg == ARG_TIME)
        section->number = time_of(parser, word);
    else if (arg == ARG_NUMBER || arg == ARG_COUNT)
        section->number = number_of(parser, word, 10, most_of(section));
    if (section->kind == RCTEST_LIMIT && !section->number)
        parser_fault(parser, word, "a limit is 1 second at least");
}

static void set_argument(struct rctest_parser *parser, struct rctest_section *section,
                         const struct kind *kind, struct span words[2], int count)
{
    static const int least[] = {0, 1, 0, 1, 2, 2, 1, 1}, most[] = {0, 1, 1, 1, 2, 2, 1, 1};
    bool numbered = kind->arg == ARG_MODE || kind->arg == ARG_COUNT;

    if (count < least[kind->arg] || count > most[kind->arg]) {
        parser_fault(parser, section->head, "section '%s' wants %d word%s, not %d", kind->name,
                     most[kind->arg], most[kind->arg] == 1 ? "" : "s", count);
        return;
    }
    if (!count)
        return;
    set_number(parser, section, kind->arg, words[0]);
    section->argument = words[numbered];
    if (kind->arg != ARG_NUMBER && kind->arg != ARG_TIME)
        section->arg = text_of(parser, section->argument);
}

static bool is_blank(struct span text)
{
    size_t i = 0;

    while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t' || text.p[i] == '\n'))
        i++;
    return i == text.n;
}

/* What becomes arguments and names of files. */
static bool is_of_lines(const struct rctest_section *section)
{
    return section->kind == RCTEST_ARGS || section->kind == RCTEST_ENV || section->kind == RCTEST_LINK ||
           section->kind == RCTEST_PASSWD;
}

static void set_text(struct rctest_parser *parser, struct rctest_section *section, const struct kind *kind,
                     struct span text, bool no_newline)
{
    const char *wrong;

    if (!kind->has_text) {
        if (!is_blank(text))
            parser_fault(parser, section->head, "section '%s' has no text; put the lines below elsewhere",
                         kind->name);
        return;
    }
    if (no_newline && text.n && text.p[text.n - 1] == '\n')
        text.n--;
    section->source = section->text = text;
    if (section->escaped && escape_undo(parser->arena, text, &section->text, &wrong))
        parser_fault(parser, span_make(wrong, 1),
                     "bad escape in section '%s': use \\\\ \\r \\n \\t \\0 or \\xHH", kind->name);
    else if (is_of_lines(section) && section->text.n && memchr(section->text.p, '\0', section->text.n))
        parser_fault(parser, section->head, "section '%s' cannot hold a NUL byte", kind->name);
}

/* The line of a section, from its hyphens on. */
static struct span whole_head(const struct rctest_parser *parser, struct span head)
{
    size_t offset = (size_t)(head.p - parser->source.p);
    struct span rest = span_from(parser->source, offset), line = rest;

    rctest_next_line(&rest, &line);
    return span_trim_end(line);
}

/* The arguments of a program are one argument of the section. */
static void take_words(struct rctest_parser *parser, struct rctest_section *section, const struct kind *kind,
                       const struct rctest_word *words, bool *no_newline)
{
    struct span plain[2] = {SPAN_NULL, SPAN_NULL};
    struct buf joined;
    int count = 0;

    buf_init(&joined, BUF_UNLIMITED);
    for (const struct rctest_word *word = words; word; word = word->next) {
        if (take_attribute(parser, section, word->text, no_newline))
            continue;
        if (kind->arg == ARG_WORDS) {
            buf_add_text(&joined, count ? " " : "");
            buf_add_span(&joined, word->text);
        }
        if (count < 2)
            plain[count] = word->text;
        count += kind->arg != ARG_WORDS || !count;
    }
    set_argument(parser, section, kind, plain, count);
    if (count && kind->arg == ARG_WORDS)
        section->arg = text_of(parser, buf_span(&joined));
    buf_free(&joined);
}

void parser_add_section(struct rctest_parser *parser, unsigned line, struct span head,
                        struct rctest_word *words, struct span text)
{
    struct rctest_section *section = arena_alloc(parser->arena, sizeof *section);
    const struct kind *kind;
    bool no_newline = false;

    head = whole_head(parser, head);
    kind = kind_find(parser, head, take_name(parser, &words));
    if (!kind)
        return;
    *section = (struct rctest_section){.kind = kind->kind,
                                       .name = kind->name,
                                       .mode = -1,
                                       .age = -1,
                                       .owner = -1,
                                       .head = head,
                                       .line = line};
    take_words(parser, section, kind, words, &no_newline);
    set_text(parser, section, kind, text, no_newline);
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
            parser_fault(parser, s->argument, "'%s' is not the plain name of a program", s->arg);
        if ((s->kind == RCTEST_EXPECT_COMMAND || s->kind == RCTEST_EXPECT_NO_COMMAND) && s->arg &&
            !has_stub(test, s->arg))
            parser_fault(parser, s->argument, "'%s': there is no section 'stub' for this program", s->arg);
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
            parser_fault(parser, (*link)->head, "test '%.99s' has no section 'message'", (*link)->title);
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
        parser_fault(&parser, SPAN_NULL, "file too large");
        return NULL;
    }
    rctest_yyparse_source(&parser);
    tests = without_common(&parser);
    if (!tests && faults->n == before)
        parser_fault(&parser, SPAN_NULL, "no test here: a test begins with a line '=== TITLE'");
    return faults->n == before ? tests : NULL;
}
