/*
 * A file of recipe tests (mailweir-rctest(5)) as a tree: tests, each with its sections in
 * the order of the file.
 *
 * The tree lives in the arena it was parsed into.  Section texts that needed no unescaping
 * point into the source, which must live as long.  Parsing judges the form of the file
 * (section names, their words, numbers); what a test means is left to run and expect.
 */
#ifndef MAILWEIR_RCTEST_RCTEST_H
#define MAILWEIR_RCTEST_RCTEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/span.h"

enum rctest_kind {
    RCTEST_RC,
    RCTEST_RC_FILE,
    RCTEST_MESSAGE,
    RCTEST_ARGS,
    RCTEST_ENV,
    RCTEST_FILE,
    RCTEST_DIR,
    RCTEST_LINK,
    RCTEST_PASSWD,
    RCTEST_UNIQUE,
    RCTEST_LIMIT,
    RCTEST_STUB,
    RCTEST_CLOCK,
    RCTEST_DIFFERS,
    RCTEST_NOTE,
    /* From here on: what is expected. */
    RCTEST_EXPECT_EXIT,
    RCTEST_EXPECT_FILE,
    RCTEST_EXPECT_FOLDER,
    RCTEST_EXPECT_DIR,
    RCTEST_EXPECT_ABSENT,
    RCTEST_EXPECT_MODE,
    RCTEST_EXPECT_STDOUT,
    RCTEST_EXPECT_STDERR,
    RCTEST_EXPECT_LOG,
    RCTEST_EXPECT_LOG_LINE,
    RCTEST_EXPECT_NO_LOG_LINE,
    RCTEST_EXPECT_CONTAINS,
    RCTEST_EXPECT_COUNT,
    RCTEST_EXPECT_HEADER,
    RCTEST_EXPECT_VARIABLE,
    RCTEST_EXPECT_NO_VARIABLE,
    RCTEST_EXPECT_FORWARD,
    RCTEST_EXPECT_NO_FORWARD,
    RCTEST_EXPECT_COMMAND,
    RCTEST_EXPECT_NO_COMMAND,
};

struct rctest_section {
    enum rctest_kind kind;
    const char *name; /* as in the file: "expect file" */
    const char *arg;  /* a path, or the title's word; NULL where the kind has none */
    long number;      /* exit status, seconds, the time of a clock, messages, or the mode of `expect mode` */
    long mode;        /* mode= of things made beforehand, or -1 */
    long age;         /* age= in seconds, or -1 */
    long owner;       /* owner= as a uid, or -1 */
    const char *as;   /* as= of args or rc-file, or NULL */
    long exit;        /* exit= of a stub */
    bool pass;        /* it prints what it reads */
    unsigned stage;   /* expected behind so many messages; 0: at the end */
    struct span text;
    struct span head, argument, source; /* as they stand in the file; source: the text with its escapes */
    bool escaped;
    unsigned line;
    struct rctest_section *next;
};

struct rctest {
    const char *file;
    const char *title;
    struct span head; /* the title, as it stands in the file */
    unsigned line;
    struct rctest_section *sections;
    struct rctest *next;
};

/*
 * Parses a whole file.  The list of its tests, or NULL when there is a fault or no test:
 * `faults` then has a line `FILE:LINE:COLUMN: …` for each, and the place, marked.  The sections of a test
 * titled `common` stand in front of those of every test behind it that has none of the same name and
 * argument; `common` itself is not in the list.
 */
struct rctest *rctest_parse(struct arena *arena, const char *file, struct span source, struct buf *faults);

/* The first section of this kind, NULL when there is none; the next one behind it. */
const struct rctest_section *rctest_find(const struct rctest *test, enum rctest_kind kind);
const struct rctest_section *rctest_find_next(const struct rctest_section *section);

/* Does the test say what should happen? */
int rctest_expects(const struct rctest *test);

/* The next line of a section's text, without its newline; 0 when there is no more.
 * *rest begins as section->text. */
int rctest_next_line(struct span *rest, struct span *line);

#endif
