#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder/folder-test.h"

TestSuite(text, .init = test_enter, .fini = test_leave);

/* Each was given to procmail 3.22. */
static const struct {
    const char *message, *mbox, *mh, *maildir;
} wholes[] = {
    {"", "\n", "\n", ""},
    {"abc", "abc\n", "abc\n", "abc"},
    {"abc\n", "abc\n\n", "abc\n\n", "abc\n"},
    {"abc\n\n", "abc\n\n", "abc\n\n", "abc\n\n"},
    {"abc\n\n\n", "abc\n\n\n", "abc\n\n\n", "abc\n\n\n"},
    {"\n", "\n\n", "\n\n", "\n"},
    {"From a\nS: x\n\nb\n", "From a\nS: x\n\nb\n\n", "From a\nS: x\n\nb\n\n", "S: x\n\nb\n"},
    {"From a\n>From b\nS: x\n\nb\n\n", "From a\n>From b\nS: x\n\nb\n\n", "From a\n>From b\nS: x\n\nb\n\n",
     "S: x\n\nb\n\n"},
    {"S: x\n\nFrom c\nFrom d\n>From e\nFromm\n", "S: x\n\n>From c\n>From d\n>From e\nFromm\n\n",
     "S: x\n\nFrom c\nFrom d\n>From e\nFromm\n\n", "S: x\n\nFrom c\nFrom d\n>From e\nFromm\n"},
    {"S: x\nFrom c\nT: y\n\nb\n\n", "S: x\n>From c\nT: y\n\nb\n\n", "S: x\nFrom c\nT: y\n\nb\n\n",
     "S: x\nFrom c\nT: y\n\nb\n\n"},
    {"\n\nFrom a\nFrom b\n\n", "\n\nFrom a\n>From b\n\n", "\n\nFrom a\nFrom b\n\n", "\n\nFrom a\nFrom b\n\n"},
    {"S: x\r\n\r\nFrom c\r\n", "S: x\r\n\r\n>From c\r\n\n", "S: x\r\n\r\nFrom c\r\n\n",
     "S: x\r\n\r\nFrom c\r\n"},
    {"Content-Length: 14\n\nFrom c\nFrom d\nFrom e\n\n", "Content-Length: 21\n\nFrom c\nFrom d\nFrom e\n\n",
     "Content-Length: 21\n\nFrom c\nFrom d\nFrom e\n\n", "Content-Length: 21\n\nFrom c\nFrom d\nFrom e\n\n"},
};

static void expect(const char *folder, const char *message, const char *text)
{
    size_t n;
    const char *content;

    cr_assert_eq(test_put(folder, message), 0);
    content = test_content(test_name(), &n);
    cr_assert_not_null(content);
    cr_assert_str_eq(content, text, "'%s' in %s: '%s'", message, folder, content);
    cr_assert_eq(n, test_written);
}

Test(text, whole_messages)
{
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++) {
        expect("box", wholes[i].message, wholes[i].mbox);
        cr_assert_eq(remove("box"), 0);
        expect("mh/.", wholes[i].message, wholes[i].mh);
        expect("mh", wholes[i].message, wholes[i].mh);
        expect("md/", wholes[i].message, wholes[i].maildir);
    }
}

Test(text, parts)
{
    test_append.part = MESSAGE_HEAD;
    expect("head", "From a\nS: x\n\nFrom c\nb\n", "From a\nS: x\n\n");
    expect("md/", "From a\nS: x\n\nFrom c\nb\n", "S: x\n\n");
    test_append.part = MESSAGE_BODY;
    expect("body", "From a\nS: x\n\nFrom c\nFrom d\n", "From c\n>From d\n\n");
    expect("md/", "From a\nS: x\n\nFrom c\nb\n", "From c\nb\n");
}

Test(text, raw_is_left_alone)
{
    test_append.raw = true;
    expect("box", "From a\nS: x\n\nFrom c", "From a\nS: x\n\nFrom c");
    expect("mh/.", "From a\nS: x\n\nb", "From a\nS: x\n\nb");
    expect("md/", "From a\nS: x\n\nb", "S: x\n\nb");
}

Test(text, nul_is_a_byte)
{
    static const char message[] = "S: \0x\n\n\0\nFrom c\n";
    static const char stored[] = "S: \0x\n\n\0\n>From c\n\n";
    const char *content;
    size_t n;

    cr_assert_eq(test_put_bytes("box", message, sizeof message - 1), 0);
    content = test_content("box", &n);
    cr_assert_eq(n, sizeof stored - 1);
    cr_assert_arr_eq(content, stored, n);
}

/* The plain rule, for comparison: byte by byte, and no Content-Length. */
static char *quote(const char *message, size_t n, size_t *length)
{
    char *to = malloc(n * 2 + 2), *p = to;

    for (size_t i = 0; i < n; i++) {
        if (i && message[i - 1] == '\n' && n - i >= 5 && !memcmp(message + i, "From ", 5))
            *p++ = '>';
        *p++ = message[i];
    }
    if (p - to < 2 || p[-1] != '\n' || p[-2] != '\n')
        *p++ = '\n';
    *length = (size_t)(p - to);
    return to;
}

/* Larger than what is kept in memory: `From ` lines come to lie in two windows. */
Test(text, windows_do_not_show)
{
    static const char *const pieces[] = {"\nFrom ", "\nFrom", "\n", "From ", "xyz", "\nF", "\n\nFrom a b\n"};
    size_t n = 0, length, room = 3 * MESSAGE_SMALL, got;
    char *message = malloc(room), *expected;

    n += (size_t)sprintf(message, "From a\nS: x\n\n");
    srand(1);
    while (n < room - 20) {
        const char *piece = pieces[(unsigned)rand() % (sizeof pieces / sizeof *pieces)];

        memcpy(message + n, piece, strlen(piece));
        n += strlen(piece);
    }
    expected = quote(message, n, &length);
    cr_assert_eq(test_put_bytes("box", message, n), 0);
    cr_assert_eq(test_written, length);
    cr_assert(test_content("box", &got) && got == length &&
              !memcmp(test_content("box", NULL), expected, length));
    free(message);
    free(expected);
}

Test(text, standard_output_gets_the_newline_only)
{
    struct message *message = test_message("From a\nS: x\n\nFrom c\n", 20);
    FILE *file = fopen("out", "w");

    test_append.message = message;
    cr_assert_eq(folder_write_plain(fileno(file), &test_append, &test_written, &test_err), 0);
    fclose(file);
    cr_assert_str_eq(test_content("out", NULL), "From a\nS: x\n\nFrom c\n\n");
    cr_assert_eq(test_written, 21);
    message_free(message);
}

Test(text, sizes_without_writing)
{
    static const struct {
        enum folder_shape shape;
        size_t size;
    } sizes[] = {
        {FOLDER_MBOX, 22}, {FOLDER_DIRECTORY, 21}, {FOLDER_MH, 21}, {FOLDER_MAILDIR, 13}, {FOLDER_DEVNULL, 20},
    };
    struct message *message = test_message("From a\nS: x\n\nFrom c\n", 20);

    test_append.message = message;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        cr_expect_eq(folder_size(&test_append, sizes[i].shape), sizes[i].size, "%zu", i);
    message_free(message);
}
