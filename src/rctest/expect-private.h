/*
 * Between the files of expect: what is checked, and how a failure is told.
 */
#ifndef MAILWEIR_RCTEST_EXPECT_PRIVATE_H
#define MAILWEIR_RCTEST_EXPECT_PRIVATE_H

#include "rctest/expect.h"

struct check {
    const struct rctest *test;
    const struct outcome *outcome;
    struct buf *report;
    int failures;
};

/* Reports it, with the section's place and name in front, and counts it. */
void expect_fail(struct check *check, const struct rctest_section *section, const char *what);

struct span expect_normal(struct check *check, struct span text);

/* expect-mail.c: what lies in folders. */
void expect_contains(struct check *check, const struct rctest_section *section);
void expect_count(struct check *check, const struct rctest_section *section);
void expect_header(struct check *check, const struct rctest_section *section);

/* expect-variable.c */
void expect_variable(struct check *check, const struct rctest_section *section);

/* expect-call.c: forwards and commands, expected and not. */
void expect_calls(struct check *check, const struct rctest_section *section);
/* Where a test says nothing of forwards after a message, there is none. */
void expect_no_other_forwards(struct check *check, unsigned stage);

#endif
