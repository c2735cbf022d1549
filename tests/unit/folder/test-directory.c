#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder/folder-test.h"

TestSuite(directory, .init = test_enter, .fini = test_leave);

static bool starts(const char *text, const char *with)
{
    return !strncmp(text, with, strlen(with));
}

Test(directory, maildir_is_named_when_it_is_there)
{
    char line[300];

    cr_assert_eq(test_put("md/", MESSAGE), 0);
    snprintf(line, sizeof line, "named %s\n", test_name());
    cr_assert_str_eq(test_story(), line);
    cr_assert(starts(test_name(), "md/new/"));
    cr_assert_str_eq(test_content(test_name(), NULL), MESSAGE_SHORT);
    cr_assert_eq(test_count("md"), 3);
    cr_assert_eq(test_count("md/tmp"), 0);
    cr_assert_eq(test_mode(test_name()), 0600);
}

Test(directory, maildir_names_differ_within_a_second)
{
    for (int i = 0; i < 20; i++)
        cr_assert_eq(test_put("md/", MESSAGE), 0);
    cr_assert_eq(test_count("md/new"), 20);
}

Test(directory, mh_counts_on_from_the_highest_number)
{
    cr_assert_eq(mkdir("mh", 0700), 0);
    cr_assert_eq(test_put("mh/.", MESSAGE), 0);
    cr_assert_str_eq(test_story(), "named mh/1\nopening mh/1\nlocking\n");
    test_make("mh/009", "");
    test_make("mh/12x", "");
    test_make("mh/,50", "");
    test_make("mh/99999999999999999999", "");
    cr_assert_eq(test_put("mh/.", MESSAGE), 0);
    cr_assert_str_eq(test_name(), "mh/10");
    cr_assert_eq(mkdir("mh/30", 0700), 0);
    cr_assert_eq(test_put("mh/.", MESSAGE), 0);
    cr_assert_str_eq(test_name(), "mh/31");
    cr_assert_str_eq(test_content("mh/31", NULL), MESSAGE "\n");
}

Test(directory, plain_directory_uses_the_prefix)
{
    char line[300];

    cr_assert_eq(mkdir("d", 0700), 0);
    cr_assert_eq(test_put("d", MESSAGE), 0);
    cr_assert(starts(test_name(), "d/msg."));
    snprintf(line, sizeof line, "named %s\nopening %s\nlocking\n", test_name(), test_name());
    cr_assert_str_eq(test_story(), line);
    test_append.msgprefix = "";
    cr_assert_eq(test_put("d", MESSAGE), 0);
    cr_assert_eq(test_count("d"), 2);
}

/* The name that a message will get is taken by another file. */
Test(directory, nothing_is_overwritten)
{
    char taken[300];

    cr_assert_eq(mkdir("d", 0700), 0);
    cr_assert_eq(test_put("d", MESSAGE), 0);
    strcpy(taken, test_name());
    cr_assert_eq(link(taken, "kept"), 0);
    for (int i = 0; i < 10; i++)
        cr_assert_eq(test_put("d", MESSAGE), 0);
    cr_assert_eq(test_count("d"), 11);
    cr_assert_str_eq(test_content(taken, NULL), MESSAGE "\n");
}

Test(directory, further_folders_get_links)
{
    const char *links[] = {"md/", "mh/.", "zz", "zz", "f/", "no/q", NULL};
    char first[300];
    struct stat st;

    test_make("f", "");
    test_append.links = links;
    cr_assert_eq(test_put("mh/.", MESSAGE), 0);
    strcpy(first, test_name());
    cr_assert_str_eq(first, "mh/1");
    cr_assert(starts(test_story(), "named mh/1\nopening mh/1\nlocking\nlinking md/new/"));
    cr_assert(test_told("linking mh/2\nlinked mh/2\nlinking zz/msg."));
    cr_assert(test_told("no-directory f\nskipped f\nno-directory no/q\nskipped no/q\n"));
    cr_assert_eq(stat(first, &st), 0);
    cr_assert_eq(st.st_nlink, 4);
    cr_assert_eq(test_count("mh"), 2);
    cr_assert_eq(test_count("zz"), 1, "one file has one name there, as in 3.22");
    cr_assert_eq(test_count("md/new"), 1);
}

Test(directory, text_of_links_is_the_first_folder_s)
{
    const char *links[] = {"mh/.", NULL};

    test_append.links = links;
    cr_assert_eq(test_put("md/", MESSAGE), 0);
    cr_assert_str_eq(test_content("mh/1", NULL), MESSAGE_SHORT);
    cr_assert_eq(test_count("md/tmp"), 0);
}

Test(directory, new_mail_is_marked_where_the_umask_permits)
{
    const char *links[] = {"other/", NULL};

    cr_assert_eq(mkdir("d", 0700), 0);
    cr_assert_eq(mkdir("mh", 0700), 0);
    cr_assert_eq(test_put("md/", MESSAGE), 0);
    cr_assert_eq(test_put("other/", MESSAGE), 0);
    umask(022);
    test_append.links = links;
    cr_assert_eq(test_put("md/", MESSAGE), 0);
    cr_assert_eq(test_mode("md/tmp"), 0701);
    cr_assert_eq(test_mode("other/new"), 0701);
    test_append.links = NULL;
    cr_assert_eq(test_put("mh/.", MESSAGE), 0);
    cr_assert_eq(test_put("d", MESSAGE), 0);
    cr_assert_eq(test_mode("mh"), 0701);
    cr_assert_eq(test_mode("d"), 0701);
    cr_assert_eq(test_mode(test_name()), 0645);
}
