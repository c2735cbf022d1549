/*
 * What the tests of this room share: a directory of their own to be in, messages from texts,
 * the listener's story, files as texts.
 */
#ifndef MAILWEIR_TESTS_FOLDER_TEST_H
#define MAILWEIR_TESTS_FOLDER_TEST_H

#include <stdbool.h>
#include <stddef.h>

#include "folder/folder.h"

#define MESSAGE "From a@b Tue Nov 24 05:04:49 2026\nSubject: x\n\nbody\n"
#define MESSAGE_SHORT "Subject: x\n\nbody\n" /* without the From_ line */

void test_enter(void); /* an empty directory becomes the present one; umask 077 */
void test_leave(void);

struct message *test_message(const char *bytes, size_t n);

/* What may be changed before test_put(); reset by test_enter(). */
extern struct folder_append test_append;
extern size_t test_written;
extern struct err test_err;

/* Appends the text to the folder; folder_append()'s result. */
int test_put(const char *path, const char *text);
int test_put_bytes(const char *path, const char *bytes, size_t n);

/* The events since the last put, a line each: "opening box". */
const char *test_story(void);
bool test_told(const char *line);

/* The name last told as LASTFOLDER. */
const char *test_name(void);

/* The file's content (good until the next call) and size; NULL when there is none. */
const char *test_content(const char *path, size_t *n);
void test_make(const char *path, const char *text);
unsigned test_mode(const char *path);

/* Number of entries of a directory, without `.` and `..`; -1: none such. */
int test_count(const char *path);

#endif
