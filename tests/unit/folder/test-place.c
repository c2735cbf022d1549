#include <criterion/criterion.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder/folder-test.h"

TestSuite(place, .init = test_enter, .fini = test_leave);

Test(place, shape_is_told_by_the_path)
{
    static const struct {
        const char *path;
        enum folder_shape shape;
    } shapes[] = {
        {"box", FOLDER_MBOX},          {"a", FOLDER_MBOX},         {"x/", FOLDER_MAILDIR},
        {"x//", FOLDER_MAILDIR},       {"x/.", FOLDER_MH},         {"x//.", FOLDER_MH},
        {"x/./", FOLDER_MAILDIR},      {"./.", FOLDER_MH},         {"./", FOLDER_MAILDIR},
        {"//", FOLDER_MAILDIR},        {"/.", FOLDER_DIRECTORY},   {"/", FOLDER_DIRECTORY},
        {".", FOLDER_DIRECTORY},       {"d", FOLDER_DIRECTORY},    {"d/..", FOLDER_DIRECTORY},
        {"link", FOLDER_DIRECTORY},    {"nothing/x", FOLDER_MBOX}, {"", FOLDER_MBOX},
        {"/dev/null", FOLDER_DEVNULL}, {"x.", FOLDER_MBOX},        {"/dev/full", FOLDER_MBOX},
    };

    cr_assert_eq(mkdir("d", 0700), 0);
    cr_assert_eq(symlink("d", "link"), 0);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        cr_expect_eq(folder_shape_of(shapes[i].path), shapes[i].shape, "%s", shapes[i].path);
}

Test(place, what_is_no_directory_becomes_a_file)
{
    test_make("f", "");
    cr_assert_eq(test_put("f/", MESSAGE), 0);
    cr_assert_str_eq(test_story(), "no-directory f\nnamed f\nopening f\nlocking\n");
    cr_assert_eq(test_put("f/.", MESSAGE), 0);
    cr_assert_str_eq(test_content("f", NULL), MESSAGE "\n" MESSAGE "\n");
    cr_assert_eq(test_put("/dev/null/", MESSAGE), 0);
    cr_assert_str_eq(test_story(), "no-directory /dev/null\nnamed /dev/null\nopening /dev/null\n");
}

Test(place, missing_parents_are_not_made)
{
    cr_assert_eq(test_put("no/md/", MESSAGE), -1);
    cr_assert_str_eq(test_story(), "no-directory no/md\nnamed no/md\nopening no/md\nwrite-failed no/md\n");
    cr_assert_eq(test_err.class, ERR_CANTCREAT);
    cr_assert_eq(test_count("."), 0);
}

Test(place, maildir_without_its_directories_fails)
{
    cr_assert_eq(mkdir("md", 0700), 0);
    test_make("md/tmp", "");
    cr_assert_eq(test_put("md/", MESSAGE), -1);
    cr_assert_str_eq(test_story(), "no-directory md/tmp\nskipped md\n");
}

Test(place, directories_are_made_with_the_umask)
{
    umask(027);
    cr_assert_eq(test_put("md/", MESSAGE), 0);
    cr_assert_eq(test_put("mh/.", MESSAGE), 0);
    cr_assert_eq(test_mode("md"), 0750);
    cr_assert_eq(test_mode("md/cur"), 0750);
    cr_assert_eq(test_mode("mh"), 0750);
    cr_assert_eq(test_mode("mh/1"), 0640);
}
