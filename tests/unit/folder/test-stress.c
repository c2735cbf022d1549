#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder/folder-test.h"

TestSuite(stress, .init = test_enter, .fini = test_leave, .timeout = 120);

enum { CHILDREN = 6, EACH = 15, FILL = 40000 };

/* A message of one letter, larger than one write. */
static size_t make_text(char *text, int child, int number)
{
    size_t n = (size_t)sprintf(text, "From %d.%d x\nSubject: %d.%d\n\n", child, number, child, number);

    memset(text + n, 'a' + child, FILL);
    n += FILL;
    text[n++] = '\n';
    text[n] = '\0';
    return n;
}

static void deliver_all(const char *folder)
{
    static char text[FILL + 200];
    int status;

    for (int child = 0; child < CHILDREN; child++)
        if (fork() == 0) {
            for (int i = 0; i < EACH; i++) {
                make_text(text, child, i);
                if (test_put(folder, text) < 0)
                    _exit(1);
            }
            _exit(0);
        }
    while (wait(&status) > 0)
        cr_assert_eq(status, 0);
}

static bool is_whole(const char *p)
{
    static char text[FILL + 200];
    int child, number;

    if (sscanf(p, "From %d.%d", &child, &number) != 2)
        return false;
    return !strncmp(p, text, make_text(text, child, number));
}

Test(stress, mbox_messages_stay_whole)
{
    const char *p, *next;
    int n = 0;

    deliver_all("box");
    for (p = test_content("box", NULL); *p; p = next + 2) {
        cr_assert(is_whole(p));
        next = strstr(p + FILL, "\n\n");
        cr_assert_not_null(next);
        n++;
    }
    cr_assert_eq(n, CHILDREN * EACH);
}

Test(stress, mh_numbers_have_no_holes)
{
    char name[40];

    deliver_all("mh/.");
    cr_assert_eq(test_count("mh"), CHILDREN * EACH);
    for (int i = 1; i <= CHILDREN * EACH; i++) {
        snprintf(name, sizeof name, "mh/%d", i);
        cr_assert_not_null(test_content(name, NULL));
        cr_assert(is_whole(test_content(name, NULL)));
    }
}

Test(stress, maildir_and_directory_lose_nothing)
{
    deliver_all("md/");
    cr_assert_eq(test_count("md/new"), CHILDREN * EACH);
    cr_assert_eq(test_count("md/tmp"), 0);
    deliver_all("md");
    cr_assert_eq(test_count("md"), CHILDREN * EACH + 3);
}
