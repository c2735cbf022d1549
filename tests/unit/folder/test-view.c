/* Folders as readers see them: UIDs that stay, sizes, texts, removal; others change them meanwhile. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "folder/folder-test.h"
#include "folder/mbox-journal.h"
#include "folder/view.h"
#include "lock/lock.h"

static struct view *view;
static struct err err;
static char told[500];

static void hear(const char *text)
{
    snprintf(told, sizeof told, "%s", text);
}

static void make_maildir(void)
{
    test_enter();
    cr_assert_eq(mkdir("m", 0700) | mkdir("m/new", 0700) | mkdir("m/cur", 0700) | mkdir("m/tmp", 0700), 0);
    clock_set(1000);
    told[0] = '\0';
}

static void leave(void)
{
    view_close(view);
    clock_set(0);
    test_leave();
}

TestSuite(view, .init = make_maildir, .fini = leave);

static void open_as(enum folder_shape shape, const char *path)
{
    view_close(view);
    err = (struct err){0};
    view = view_open(shape, path, NULL, hear, &err);
    cr_assert_not_null(view, "%s", err.text);
}

static void reopen(void)
{
    open_as(FOLDER_MAILDIR, "m");
}

/* `uid:first line` of each message, a blank behind each. */
static const char *seen(void)
{
    static char text[4000];
    size_t n = 0;

    text[0] = '\0';
    for (size_t i = 0; i < view_count(view); i++) {
        struct view_text *body = view_text_open(view, i, NULL);
        char bytes[100] = "gone\n";

        if (body)
            bytes[view_text_read(body, bytes, sizeof bytes - 1)] = '\0';
        view_text_close(body);
        n += (size_t)snprintf(text + n, sizeof text - n, "%u:%.*s ", view_message(view, i)->uid,
                              (int)strcspn(bytes, "\n"), bytes);
    }
    return text;
}

static const char *list(void)
{
    const char *text = test_content("m/dovecot-uidlist", NULL);

    return text ? text : "";
}

/* ---- UIDs */

Test(view, uids_go_by_arrival)
{
    test_make("m/new/10.M7P1.h", "c\n");
    test_make("m/new/9.M7P1.h", "a\n");
    test_make("m/cur/10.M6P1.h:2,S", "b\n");
    test_make("m/new/11.5_1.h", "e\n");
    test_make("m/new/11.5_0.h", "d\n");
    test_make("m/new/11.5_10.h", "f\n");
    reopen();
    cr_assert_str_eq(seen(), "1:a 2:b 3:c 4:d 5:e 6:f ");
    cr_assert_eq(view_validity(view), 1000);
    cr_assert_eq(view_message(view, 1)->flags, VIEW_SEEN);
    cr_assert_eq(view_message(view, 0)->flags, VIEW_FRESH);
}

Test(view, uids_stay_whatever_happens_to_the_names)
{
    test_make("m/new/10.1.h", "a\n");
    test_make("m/new/11.1.h", "b\n");
    reopen();
    cr_assert_str_eq(seen(), "1:a 2:b ");
    rename("m/new/10.1.h", "m/cur/10.1.h:2,RS");
    test_make("m/new/5.1.h", "older, but later\n");
    clock_set(2000);
    reopen();
    cr_assert_str_eq(seen(), "1:a 2:b 3:older, but later ");
    cr_assert_eq(view_message(view, 0)->flags, VIEW_SEEN | VIEW_ANSWERED);
    cr_assert_eq(view_validity(view), 1000);
    rename("m/cur/10.1.h:2,RS", "m/new/10.1.h");
    reopen();
    cr_assert_str_eq(seen(), "1:a 2:b 3:older, but later ");
}

Test(view, the_list_of_another_server_is_taken_over)
{
    test_make("m/dovecot-uidlist",
              "3 V12345 N500 G7150982888ee056bba56000083ecc375\n10 :b\n77 W99 Pold-id :a\n402 :c\n");
    test_make("m/cur/a:2,", "a\n");
    test_make("m/cur/b:2,", "b\n");
    test_make("m/new/d", "d\n");
    reopen();
    cr_assert_eq(view_validity(view), 12345);
    cr_assert_str_eq(seen(), "10:b 77:a 500:d ");
    cr_assert(span_eq_text(view_message(view, 1)->pop_id, "old-id"));
    cr_assert_null(view_message(view, 0)->pop_id.p);
    cr_assert_str_eq(
        list(),
        "3 V12345 N500 G7150982888ee056bba56000083ecc375\n10 :b\n77 W99 Pold-id :a\n402 :c\n500 :d\n");
}

Test(view, a_uid_is_never_given_twice)
{
    test_make("m/new/1.1.h", "a\n");
    test_make("m/new/2.1.h", "b\n");
    reopen();
    cr_assert_eq(view_remove(view, "\1\1", &err), 0);
    test_make("m/new/3.1.h", "c\n");
    reopen();
    cr_assert_str_eq(seen(), "3:c ");
}

Test(view, nothing_is_written_where_nothing_is_new)
{
    struct stat before, after;

    test_make("m/new/1.1.h", "a\n");
    reopen();
    cr_assert_eq(stat("m/dovecot-uidlist", &before), 0);
    reopen();
    cr_assert_eq(stat("m/dovecot-uidlist", &after), 0);
    cr_assert_eq(before.st_ino, after.st_ino);
    cr_assert_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    cr_assert_eq(access("m/dovecot-uidlist.lock", F_OK), -1);
}

Test(view, what_is_not_there_is_empty)
{
    open_as(FOLDER_MAILDIR, "none");
    cr_assert_eq(view_count(view), 0);
    cr_assert_eq(access("none", F_OK), -1);
    reopen();
    cr_assert_eq(view_count(view), 0);
    cr_assert_eq(view_validity(view), 0);
}

Test(view, a_line_torn_by_a_crash_is_written_again)
{
    test_make("m/dovecot-uidlist", "3 V12 N2\n1 :a\n2 :b");
    test_make("m/cur/a:2,", "a\n");
    test_make("m/cur/bcd:2,", "bcd\n");
    reopen();
    cr_assert_str_eq(seen(), "1:a 2:bcd ");
    cr_assert_str_eq(list(), "3 V12 N3\n1 :a\n2 :bcd\n");
    cr_assert_str_eq(told, "");
}

Test(view, a_list_that_makes_no_sense_is_replaced_and_told_of)
{
    test_make("m/dovecot-uidlist", "3 V5000 N9\n3 :b\n1 :a\n");
    test_make("m/cur/a:2,", "a\n");
    test_make("m/cur/b:2,", "b\n");
    reopen();
    cr_assert_str_eq(seen(), "1:a 2:b ");
    cr_assert_eq(view_validity(view), 5001, "clients forget what they knew");
    cr_assert_str_eq(
        told, "m/dovecot-uidlist: line 3: not what a list of UIDs has there: a new list is made, and all "
              "messages get new UIDs");
}

Test(view, a_list_that_cannot_be_read_is_no_reason_for_new_uids)
{
    test_make("m/cur/a:2,", "a\n");
    cr_assert_eq(mkdir("m/dovecot-uidlist", 0700), 0);
    cr_assert_null(view_open(FOLDER_MAILDIR, "m", NULL, hear, &err));
    cr_assert_eq(err.class, ERR_TEMP);
}

Test(view, records_of_what_is_gone_are_left_out_in_time)
{
    struct buf text;
    size_t n;

    buf_init(&text, BUF_UNLIMITED);
    buf_add_text(&text, "3 V12 N1\n");
    for (int i = 1; i <= 300; i++)
        buf_printf(&text, "%d :m%d\n", i, i);
    test_make("m/dovecot-uidlist", text.p);
    buf_free(&text);
    test_make("m/cur/m7:2,", "seven\n");
    reopen();
    cr_assert_str_eq(seen(), "7:seven ");
    cr_assert_str_eq(list(), "3 V12 N301\n7 :m7\n");
    test_content("m/dovecot-uidlist", &n);
    cr_assert_lt(n, 100);
}

Test(view, a_file_under_two_names_is_one_message)
{
    test_make("m/new/1.1.h", "a\n");
    cr_assert_eq(link("m/new/1.1.h", "m/cur/1.1.h:2,S"), 0);
    reopen();
    cr_assert_eq(view_count(view), 1);
    cr_assert_eq(view_message(view, 0)->flags, VIEW_SEEN);
}

Test(view, directories_and_hidden_files_are_no_messages)
{
    test_make("m/new/.nfs1", "x");
    cr_assert_eq(mkdir("m/cur/1.1.h", 0700), 0);
    reopen();
    cr_assert_eq(view_count(view), 0);
}

Test(view, a_full_disk_leaves_no_half_line_in_the_list)
{
    struct rlimit limit;
    char before[200];

    test_make("m/new/1.1.h", "a\n");
    reopen();
    snprintf(before, sizeof before, "%s", list());
    test_make("m/new/2.1.h", "b\n");
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = strlen(before) + 3;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    view_close(view);
    view = view_open(FOLDER_MAILDIR, "m", NULL, hear, &err);
    limit.rlim_cur = limit.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_null(view);
    cr_assert_str_eq(list(), before);
    reopen();
    cr_assert_str_eq(seen(), "1:a 2:b ");
}

Test(view, lists_at_the_end_of_the_numbers)
{
    test_make("m/new/a", "a\n");
    test_make("m/new/b", "b\n");
    test_make("m/dovecot-uidlist", "3 V4294967295 N4294967294\n4294967293 :a\n");
    reopen();
    cr_assert_str_eq(seen(), "4294967293:a 4294967294:b ");
    test_make("m/new/c", "c\n");
    reopen();
    cr_assert_eq(view_validity(view), 1000);
    cr_assert_str_eq(seen(), "1:a 2:b 3:c ");
}

Test(view, names_with_colons_and_odd_bytes)
{
    test_make("m/cur/10:20:01.eml", "a\n");
    test_make("m/cur/10:20:02.eml:2,S", "b\n");
    test_make("m/cur/3\n4 5", "c\n");
    test_make("m/cur/:2,S", "d\n");
    test_make("m/cur/\377\1", "e\n");
    reopen();
    cr_assert_eq(view_count(view), 5, "%zu", view_count(view));
    snprintf(told, sizeof told, "%s", seen());
    clock_set(2000);
    reopen();
    cr_assert_eq(view_validity(view), 1000, "the list is sound");
    cr_assert_str_eq(seen(), told);
}

Test(view, links_that_lead_to_no_file_keep_nobody_out)
{
    uint64_t n;

    test_make("m/new/1.1.h", "a\n");
    cr_assert_eq(symlink("nowhere", "m/cur/2.1.h:2,"), 0);
    cr_assert_eq(mkfifo("fifo", 0600), 0);
    cr_assert_eq(symlink("../../fifo", "m/cur/3.1.h:2,"), 0);
    reopen();
    cr_assert_eq(view_count(view), 3);
    for (size_t i = 1; i < 3; i++) {
        cr_assert_eq(view_octets(view, i, &n, &err), -1);
        cr_assert_eq(err.class, ERR_NOINPUT, "%s", err.text);
    }
}

/* ---- octets */

static uint64_t octets(size_t index)
{
    uint64_t n = 0;

    cr_assert_eq(view_octets(view, index, &n, &err), 0, "%s", err.text);
    return n;
}

Test(view, a_newline_counts_two_octets_with_or_without_cr)
{
    test_make("m/new/1.1.h", "Subject: bare\r\nX: y\n\nno newline at end");
    test_make("m/new/2.1.h", "\n");
    test_make("m/new/3.1.h", "");
    test_make("m/new/4.1.h", "\r\n\n\r");
    reopen();
    cr_assert_eq(octets(0), 40);
    cr_assert_eq(octets(1), 2);
    cr_assert_eq(octets(2), 0);
    cr_assert_eq(octets(3), 5);
}

Test(view, a_newline_at_the_edge_of_a_piece)
{
    char *text = malloc(3 << 16);

    memset(text, 'x', 3 << 16);
    text[(1 << 16) - 1] = '\r';
    text[1 << 16] = '\n';
    text[(2 << 16) - 1] = 'x';
    text[2 << 16] = '\n';
    text[(3 << 16) - 1] = '\0';
    test_make("m/new/1.1.h", text);
    free(text);
    reopen();
    cr_assert_eq(octets(0), (3 << 16) - 1 + 1);
}

Test(view, what_was_counted_is_kept_in_the_list)
{
    test_make("m/new/1.1.h", "a\n");
    test_make("m/new/2.1.h", "bb\n");
    reopen();
    octets(1);
    reopen();
    cr_assert_not_null(strstr(list(), "\n1 :1.1.h\n2 W4 :2.1.h\n"), "%s", list());
    test_make("m/new/2.1.h", "changed, which nobody does\n");
    reopen();
    cr_assert_eq(octets(1), 4, "not read again");
}

Test(view, the_name_may_tell_the_octets)
{
    test_make("m/new/1.1.h,S=19,W=22", "a\n");
    test_make("m/new/2.1.h,W=x", "a\n");
    reopen();
    cr_assert_eq(octets(0), 22);
    cr_assert_eq(octets(1), 3);
}

/* ---- removal */

Test(view, only_what_is_marked_is_removed)
{
    test_make("m/new/1.1.h", "a\n");
    test_make("m/cur/2.1.h:2,", "b\n");
    test_make("m/new/3.1.h", "c\n");
    reopen();
    cr_assert_eq(view_remove(view, "\1\0\1", &err), 0);
    reopen();
    cr_assert_str_eq(seen(), "2:b ");
}

Test(view, a_message_that_moved_is_found)
{
    test_make("m/new/1.1.h", "a\n");
    test_make("m/new/2.1.h", "b\n");
    reopen();
    rename("m/new/1.1.h", "m/cur/1.1.h:2,S");
    rename("m/new/2.1.h", "m/cur/2.1.h:2,F");
    cr_assert_str_eq(seen(), "1:a 2:b ");
    rename("m/cur/1.1.h:2,S", "m/cur/1.1.h:2,ST");
    cr_assert_eq(view_remove(view, "\1\0", &err), 0);
    cr_assert_eq(test_count("m/cur"), 1);
    cr_assert_eq(test_count("m/new"), 0);
}

Test(view, a_message_that_is_gone_is_told_of_and_counts_as_removed)
{
    test_make("m/new/1.1.h", "a\n");
    test_make("m/new/2.1.h", "b\n");
    reopen();
    unlink("m/new/1.1.h");
    cr_assert_null(view_text_open(view, 0, &err));
    cr_assert_eq(err.class, ERR_NOINPUT);
    cr_assert_str_eq(err.text, "message 1 is gone");
    cr_assert_eq(view_remove(view, "\1\1", &err), 0);
    cr_assert_eq(test_count("m/new"), 0);
}

Test(view, what_cannot_be_removed_is_told_of_and_the_rest_removed)
{
    if (geteuid() == 0)
        cr_skip_test("root may remove everything");
    test_make("m/new/1.1.h", "a\n");
    test_make("m/cur/2.1.h:2,", "b\n");
    reopen();
    chmod("m/new", 0500);
    cr_assert_eq(view_remove(view, "\1\1", &err), -1);
    cr_assert_not_null(strstr(err.text, "m/new/1.1.h"));
    chmod("m/new", 0700);
    cr_assert_eq(test_count("m/new"), 1);
    cr_assert_eq(test_count("m/cur"), 0);
}

/* ---- MH */

Test(view, in_mh_the_file_tells_which_message_it_is)
{
    cr_assert_eq(mkdir("h", 0700), 0);
    test_make("h/1", "a\n");
    test_make("h/3", "c\n");
    test_make("h/20", "t\n");
    test_make("h/,2", "removed\n");
    test_make("h/07", "no number of MH\n");
    test_make("h/.mh_sequences", "unseen: 1\n");
    open_as(FOLDER_MH, "h");
    cr_assert_str_eq(seen(), "1:a 2:c 3:t ");
    rename("h/3", "h/2"); /* folder -pack */
    rename("h/20", "h/3");
    test_make("h/4", "d\n");
    open_as(FOLDER_MH, "h");
    cr_assert_str_eq(seen(), "1:a 2:c 3:t 4:d ");
    cr_assert_eq(view_remove(view, "\0\1\0\0", &err), 0);
    test_make("h/2", "z\n");
    open_as(FOLDER_MH, "h");
    cr_assert_str_eq(seen(), "1:a 3:t 4:d 5:z ");
}

Test(view, what_took_the_place_of_an_mh_message_is_not_taken_for_it)
{
    cr_assert_eq(mkdir("h", 0700), 0);
    test_make("h/1", "a\n");
    test_make("h/2", "b\n");
    test_make("h/3", "c\n");
    open_as(FOLDER_MH, "h");
    cr_assert_str_eq(seen(), "1:a 2:b 3:c ");
    unlink("h/1");
    rename("h/2", "h/1"); /* folder -pack, while the view is open */
    rename("h/3", "h/2");
    cr_assert_str_eq(seen(), "1:gone 2:b 3:c ");
    cr_assert_eq(view_remove(view, "\1\1\0", &err), 0, "%s", err.text);
    open_as(FOLDER_MH, "h");
    cr_assert_str_eq(seen(), "3:c ");
    unlink("h/2");
    test_make("h/2", "another message\n");
    cr_assert_eq(view_remove(view, "\1", &err), 0, "%s", err.text);
    cr_assert_str_eq(test_content("h/2", NULL), "another message\n");
}

Test(view, an_edited_mh_message_is_another)
{
    cr_assert_eq(mkdir("h", 0700), 0);
    test_make("h/1", "a\n");
    open_as(FOLDER_MH, "h");
    test_make("h/1", "edited\n");
    open_as(FOLDER_MH, "h");
    cr_assert_str_eq(seen(), "2:edited ");
}

/* ---- mbox */

static char old_box[1000];

#define FROM "From a@b Tue Nov 24 05:04:49 2026\n"

static void open_mbox(void)
{
    open_as(FOLDER_MBOX, "box");
}

static const char *box(void)
{
    const char *text = test_content("box", NULL);

    return text ? text : "none";
}

/* The whole text of a message. */
static const char *text_of(size_t index)
{
    static char bytes[2000];
    struct view_text *text = view_text_open(view, index, &err);

    cr_assert_not_null(text, "%s", err.text);
    bytes[view_text_read(text, bytes, sizeof bytes - 1)] = '\0';
    view_text_close(text);
    return bytes;
}

static void add_to_box(const char *text)
{
    FILE *file = fopen("box", "a");

    cr_assert(fputs(text, file) >= 0);
    cr_assert_eq(fclose(file), 0);
}

Test(view, an_mbox_gets_its_uids_at_the_first_look)
{
    test_make("box", FROM "Subject: a\n\nbody\n\n" FROM "Subject: b\n\n>From me\nlast\n\n");
    open_mbox();
    cr_assert_str_eq(box(), FROM "Subject: a\nX-IMAPbase: 1000 0000000002\nX-UID: 1\n\nbody\n\n" FROM
                                 "Subject: b\nX-UID: 2\n\n>From me\nlast\n\n");
    cr_assert_str_eq(text_of(0), "Subject: a\n\nbody\n");
    cr_assert_str_eq(text_of(1), "Subject: b\n\n>From me\nlast\n");
    cr_assert_eq(octets(0), 20);
    cr_assert_eq(octets(1), 30);
    cr_assert_eq(view_validity(view), 1000);
    cr_assert_eq(access(".box.mailweir.journal", F_OK), -1);
    cr_assert_eq(access("box.lock", F_OK), -1);
}

Test(view, mail_that_came_since_is_numbered_at_the_end)
{
    struct stat before, after;

    test_make("box", FROM "Subject: a\n\nbody\n\n");
    open_mbox();
    add_to_box(FROM "Subject: b\n\n\n");
    cr_assert_str_eq(seen(), "1:Subject: a ", "a view stays what it was");
    stat("box", &before);
    open_mbox();
    cr_assert_str_eq(seen(), "1:Subject: a 2:Subject: b ");
    cr_assert_not_null(strstr(box(), "X-IMAPbase: 1000 0000000002\n"));
    stat("box", &after);
    cr_assert_eq(before.st_ino, after.st_ino, "others have it open");
}

Test(view, what_dovecot_wrote_into_an_mbox_is_taken_over)
{
    test_make("box",
              FROM "Subject: a\nX-IMAPbase: 12345 0000000077 $Label1\nX-UID: 10\nStatus: RO\n\nbody\n\n" FROM
                   "X-UID: 77  \nX-Status: AF\nX-Keywords: $Label1\n  folded\nSubject: b\nContent-Length: "
                   "5\n\nbody\n\n");
    open_mbox();
    cr_assert_str_eq(seen(), "10:Subject: a 77:Subject: b ");
    cr_assert_eq(view_validity(view), 12345);
    cr_assert_eq(view_message(view, 0)->flags, VIEW_SEEN);
    cr_assert_eq(view_message(view, 1)->flags, VIEW_FRESH | VIEW_ANSWERED | VIEW_FLAGGED);
    cr_assert_str_eq(text_of(1), "Subject: b\n\nbody\n");
    cr_assert_eq(octets(1), 20);
    cr_assert_eq(view_remove(view, "\1\0", &err), 0);
    cr_assert_str_eq(box(),
                     FROM "X-Status: AF\nX-Keywords: $Label1\n  folded\nSubject: b\nContent-Length: 5\n"
                          "X-IMAPbase: 12345 0000000077 $Label1\nX-UID: 77\n\nbody\n\n");
}

Test(view, uids_of_an_mbox_outlive_its_messages)
{
    test_make("box", FROM "Subject: a\n\n\n" FROM "Subject: b\n\n\n");
    open_mbox();
    cr_assert_eq(view_remove(view, "\1\1", &err), 0);
    cr_assert_str_eq(box(), "");
    add_to_box(FROM "Subject: c\n\n\n");
    clock_set(2000);
    open_mbox();
    cr_assert_str_eq(seen(), "3:Subject: c ");
    cr_assert_eq(view_validity(view), 1000);
}

Test(view, numbers_that_a_stranger_wrote_are_not_taken)
{
    test_make("box", FROM "Subject: a\n\n\n");
    open_mbox();
    add_to_box(FROM "X-UID: 4294967295\nX-IMAPbase: 7 4294967290\nSubject: b\n\n\n" FROM
                    "X-UID: 1\nSubject: c\n\n\n");
    open_mbox();
    cr_assert_str_eq(seen(), "1:Subject: a 2:Subject: b 3:Subject: c ");
    cr_assert_eq(view_validity(view), 1000);
}

Test(view, a_stranger_cannot_have_uids_given_twice)
{
    test_make("box", FROM "Subject: a\n\n\n" FROM "Subject: b\n\n\n");
    open_mbox();
    cr_assert_eq(view_remove(view, "\1\1", &err), 0);
    add_to_box(FROM "X-IMAPbase: 1000 1\nX-UID: 1\nSubject: c\n\n\n" FROM "Subject: d\n\n\n");
    open_mbox();
    cr_assert_str_eq(seen(), "1:Subject: c 3:Subject: d ");
}

Test(view, uids_that_are_used_up_begin_again)
{
    test_make("box",
              FROM "X-IMAPbase: 12 4294967293\nX-UID: 4294967293\nSubject: a\n\n\n" FROM "Subject: b\n\n\n");
    open_mbox();
    cr_assert_str_eq(seen(), "4294967293:Subject: a 4294967294:Subject: b ");
    add_to_box(FROM "Subject: c\n\n\n");
    open_mbox();
    cr_assert_str_eq(seen(), "1:Subject: a 2:Subject: b 3:Subject: c ");
    cr_assert_eq(view_validity(view), 1000);
}

Test(view, a_base_that_tells_too_little_is_none)
{
    test_make("box", FROM "X-IMAPbase: 12\nX-UID: 1\nSubject: a\n\n\n");
    open_mbox();
    cr_assert_eq(view_validity(view), 1000);
    cr_assert_str_eq(box(), FROM "Subject: a\nX-IMAPbase: 1000 0000000001\nX-UID: 1\n\n\n");
}

Test(view, only_what_is_marked_leaves_an_mbox)
{
    test_make("box", FROM "Subject: a\n\n1\n\n" FROM "Subject: b\n\n2\n\n" FROM "Subject: c\n\n3\n\n");
    open_mbox();
    add_to_box(FROM "Subject: d\n\n4\n\n");
    cr_assert_eq(view_remove(view, "\0\1\0", &err), 0);
    cr_assert_str_eq(box(), FROM "Subject: a\nX-IMAPbase: 1000 0000000004\nX-UID: 1\n\n1\n\n" FROM
                                 "Subject: c\nX-UID: 3\n\n3\n\n" FROM "Subject: d\nX-UID: 4\n\n4\n\n");
    cr_assert_str_eq(text_of(0), "Subject: a\n\n1\n");
    cr_assert_null(view_text_open(view, 1, &err));
    cr_assert_str_eq(err.text, "message 2 is gone");
    cr_assert_str_eq(text_of(2), "Subject: c\n\n3\n");
}

Test(view, messages_that_others_removed_from_an_mbox_are_found_or_gone)
{
    test_make("box", FROM "Subject: a\n\n1\n\n" FROM "Subject: b\n\n2\n\n");
    open_mbox();
    test_make("box", FROM "Subject: b\nX-UID: 2\n\n2\n\n");
    cr_assert_str_eq(seen(), "1:gone 2:Subject: b ");
    unlink("box");
    cr_assert_str_eq(seen(), "1:gone 2:gone ");
    cr_assert_eq(view_remove(view, "\1\1", &err), 0);
}

Test(view, a_body_that_its_length_vouches_for_is_one_message)
{
    test_make("box", FROM "Content-Length: 36\n\n" FROM "x\n\n" FROM "Subject: b\n\n\n");
    open_mbox();
    cr_assert_eq(view_count(view), 2);
    cr_assert_str_eq(text_of(0), "\n" FROM "x\n");
    test_make("box", FROM "Content-Length: 999999\n\nx\n\n" FROM "Content-Length: 3\n\nbody\n" FROM "\n\n");
    open_mbox();
    cr_assert_eq(view_count(view), 3, "a length that lies swallows nothing");
}

Test(view, odd_mboxes)
{
    static const struct {
        const char *text;
        size_t count;
        const char *first;
    } odd[] = {
        {"", 0, NULL},
        {"\n\n", 0, NULL},
        {FROM, 1, ""},
        {FROM "Subject: cut", 1, "Subject: cut\n"},
        {FROM "Subject: no body\n", 1, "Subject: no body\n"},
        {FROM "\n", 1, "\n"},
        {FROM "X-UID: 9", 1, ""},
        {"\n" FROM ">From x\n>From y\nSubject: a\n\n", 1, "Subject: a\n\n"},
        {FROM "Subject: a\r\n\r\nbody\r\n\r\n" FROM "\n", 2, "Subject: a\r\n\r\nbody\r\n"},
        {FROM "Subject: a\n\nFrom here to there\n" FROM "\n", 2, "Subject: a\n\nFrom here to there\n"},
    };

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        test_make("box", odd[i].text);
        open_mbox();
        cr_expect_eq(view_count(view), odd[i].count, "%zu: %zu", i, view_count(view));
        if (odd[i].first && view_count(view))
            cr_expect_str_eq(text_of(0), odd[i].first, "%zu: %s", i, text_of(0));
        open_mbox();
        cr_expect_eq(view_count(view), odd[i].count, "%zu again", i);
    }
}

Test(view, another_mbox_in_its_place_loses_nothing)
{
    test_make("box", FROM "Subject: a\n\n\n" FROM "Subject: b\n\n\n");
    open_mbox();
    test_make("box",
              FROM "Subject: c\nX-IMAPbase: 77 0000000002\nX-UID: 1\n\n\n" FROM "Subject: d\nX-UID: 2\n\n\n");
    cr_assert_str_eq(seen(), "1:gone 2:gone ", "of another UIDVALIDITY");
    cr_assert_eq(view_remove(view, "\1\1", &err), 0, "%s", err.text);
    open_mbox();
    cr_assert_str_eq(seen(), "1:Subject: c 2:Subject: d ");
}

Test(view, a_stranger_cannot_take_the_place_of_a_message_by_its_uid)
{
    test_make("box", FROM "Subject: a\n\n\n" FROM "Subject: b\n\n\n");
    open_mbox();
    test_make("box", FROM "Subject: a\nX-IMAPbase: 1000 0000000002\nX-UID: 1\n\n\n" FROM
                          "Subject: stranger\nX-UID: 2\n\nother text\n\n");
    cr_assert_str_eq(seen(), "1:Subject: a 2:gone ");
    cr_assert_eq(view_remove(view, "\0\1", &err), 0, "%s", err.text);
    cr_assert_not_null(strstr(box(), "stranger"));
}

Test(view, uids_outlive_the_first_message_of_an_mbox)
{
    const char *second;

    test_make("box", FROM "Subject: a\n\n\n" FROM "Subject: b\n\n\n" FROM "Subject: c\n\n\n");
    open_mbox();
    second = strstr(box() + 1, FROM);
    cr_assert_not_null(second);
    memmove(old_box, second, strlen(second) + 1);
    test_make("box", old_box); /* as mutt removes it */
    clock_set(2000);
    open_mbox();
    cr_assert_eq(view_validity(view), 1000);
    cr_assert_str_eq(seen(), "2:Subject: b 3:Subject: c ");
    cr_assert_not_null(strstr(box(), "X-IMAPbase: 1000 0000000003\n"));
}

Test(view, a_uid_that_came_with_a_message_from_elsewhere_does_not_stand)
{
    test_make("box", FROM "Subject: a\n\n\n" FROM "Subject: b\n\nb\n\n" FROM "Subject: c\n\n\n");
    open_mbox();
    cr_assert_eq(view_remove(view, "\0\1\1", &err), 0);
    add_to_box(FROM "Subject: forged, or saved by mutt\nX-UID: 2\n\nother text\n\n");
    open_mbox();
    cr_assert_str_eq(seen(), "1:Subject: a 4:Subject: forged, or saved by mutt ");
    add_to_box(FROM "Subject: the same\nX-UID: 2\n\nyet another\n\n");
    open_mbox();
    cr_assert_not_null(strstr(seen(), " 5:Subject: the same"), "%s", seen());
}

Test(view, what_is_no_mbox_stays_as_it_is)
{
    test_make("box", "some text\n");
    cr_assert_null(view_open(FOLDER_MBOX, "box", NULL, hear, &err));
    cr_assert_eq(err.class, ERR_DATA);
    cr_assert_str_eq(box(), "some text\n");
}

Test(view, lines_longer_than_any_window)
{
    size_t n = 300000;
    char *text = malloc(2 * n + 200), *end = text;

    end += sprintf(end, FROM "Subject: ");
    memset(end, 'x', n);
    end += n;
    end += sprintf(end, "\nX-UID: 7\n\n");
    memset(end, 'y', n);
    end += n;
    sprintf(end, "\n\n" FROM "Subject: b\n\n\n");
    test_make("box", text);
    free(text);
    open_mbox();
    cr_assert_eq(view_count(view), 2);
    cr_assert_eq(octets(0), 9 + n + 2 + 2 + n + 2);
}

/* ---- what Dovecot leaves in an mbox that it has emptied */

#define INTERNAL_SUBJECT "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n"
#define INTERNAL FROM "From: Mail System Internal Data <MAILER-DAEMON@h>\n" INTERNAL_SUBJECT

Test(view, what_only_keeps_the_last_uid_is_no_message)
{
    char marked[] = {1, 0};

    test_make("box", INTERNAL "X-IMAP: 12345 0000000077\nStatus: RO\n\nNot a real message.\n\n");
    open_mbox();
    cr_assert_eq(view_count(view), 0);
    cr_assert_eq(view_validity(view), 12345);
    add_to_box(FROM "Subject: a\n\nbody\n\n" FROM "Subject: b\n\n\n");
    open_mbox();
    cr_assert_str_eq(seen(), "78:Subject: a 79:Subject: b ");
    cr_assert_eq(view_remove(view, marked, &err), 0);
    cr_assert_str_eq(box(), INTERNAL "X-IMAP: 12345 0000000079\nStatus: RO\n\nNot a real message.\n\n" FROM
                                     "Subject: b\nX-UID: 79\n\n\n");
    cr_assert_str_eq(text_of(1), "Subject: b\n\n");
    open_mbox();
    cr_assert_eq(view_remove(view, "\1", &err), 0);
    cr_assert_str_eq(box(), INTERNAL "X-IMAP: 12345 0000000079\nStatus: RO\n\nNot a real message.\n\n");
}

Test(view, digits_that_cannot_be_raised_in_place_are_written_anew)
{
    test_make("box", INTERNAL "X-IMAP: 12 9 $Label1\n\nNot a real message.\n\n" FROM "Subject: a\n\n\n");
    open_mbox();
    cr_assert_str_eq(seen(), "10:Subject: a ");
    cr_assert_str_eq(box(), INTERNAL "X-IMAP: 12 0000000010 $Label1\n\nNot a real message.\n\n" FROM
                                     "Subject: a\nX-UID: 10\n\n\n");
}

Test(view, mail_that_only_looks_like_it_is_shown)
{
    test_make("box", FROM "Subject: a\nX-IMAP: 12 0000000009\n\n\n" FROM INTERNAL_SUBJECT
                          "X-IMAP: 12 0000000009\n\n\n");
    open_mbox();
    cr_assert_eq(view_count(view), 2);
    test_make("box", FROM INTERNAL_SUBJECT "X-IMAP: none\n\n\n" FROM "Subject: b\n\n\n");
    open_mbox();
    cr_assert_eq(view_count(view), 2);
}

/* ---- locks */

/* mutt takes the kernel lock first, and then waits for the lock file. */
static int take_the_other_way_round(int ready)
{
    int fd = open("box", O_RDWR), lock = -1;

    if (fd < 0 || lock_kernel(fd, 0, NULL) < 0 || write(ready, "", 1) < 0)
        return 1;
    for (int i = 0; i < 100 && access("box.lock", F_OK) < 0; i++)
        poll(NULL, 0, 50);
    for (int i = 0; i < 200 && lock < 0; i++) {
        lock = open("box.lock", O_WRONLY | O_CREAT | O_EXCL, 0600);
        poll(NULL, 0, 50);
    }
    return lock < 0 || unlink("box.lock") < 0;
}

Test(view, who_takes_the_two_locks_the_other_way_round_gets_on, .timeout = 60)
{
    int ready[2], status;
    char byte;
    pid_t pid;

    test_make("box", FROM "Subject: a\n\nbody\n\n");
    cr_assert_eq(pipe(ready), 0);
    pid = fork();
    if (pid == 0)
        _exit(take_the_other_way_round(ready[1]));
    close(ready[1]);
    cr_assert_eq(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    open_mbox();
    cr_assert_str_eq(seen(), "1:Subject: a ");
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert_eq(status, 0);
}

/* ---- a session that is killed while it writes */

static int writes_left = -1; /* then the process ends; -1: it does not */

/* In the place of the C library's. */
ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
    if (writes_left == 0)
        _exit(0);
    writes_left -= writes_left > 0;
    return syscall(SYS_pwrite64, fd, p, n, at);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
    return pwrite64(fd, p, n, at);
}

static void add_large(char mark)
{
    char text[100000];

    memset(text, mark, sizeof text);
    for (size_t i = 70; i < sizeof text; i += 70)
        text[i] = '\n';
    memcpy(text + sizeof text - 3, "\n\n", 3);
    add_to_box(FROM "Subject: large\n\n");
    add_to_box(text);
}

static void remove_second_and_end(int writes)
{
    char marked[] = {0, 1, 0};
    pid_t child = fork();
    int status;

    if (child == 0) {
        writes_left = writes;
        view_remove(view, marked, &err);
        _exit(1);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status));
}

Test(view, a_session_that_ends_between_two_writes_leaves_no_torn_text)
{
    char *whole;

    /* The last UID, the head of the journal, two pieces of the new tail. */
    for (int writes = 1; writes <= 4; writes++) {
        unlink("box");
        unlink("box.lock");
        add_to_box(FROM "Subject: a\n\nbody\n\n");
        add_large('b');
        add_large('c');
        open_mbox();
        whole = strdup(box());
        remove_second_and_end(writes);
        unlink("box.lock");
        open_mbox();
        cr_assert_eq(view_count(view), writes <= 2 ? 3 : 2, "after %d writes", writes);
        cr_assert_str_eq(strstr(box(), "ccc"), strstr(whole, "ccc"), "after %d writes", writes);
        cr_assert_eq(access(".box.mailweir.journal.kept", F_OK), -1);
        free(whole);
    }
}

/* ---- a journal whose tail is longer than the old one was */

#define DELIVERY FROM "Subject: new\n\nnew\n\n"

static char old_text[4000], new_tail[10000];

/* The new tail goes on, behind the old end, as a delivery begins. */
static void write_journal_and_end(void)
{
    int fd = open("box", O_RDWR), status;
    struct mbox_journal *journal;
    pid_t child = fork();

    if (child == 0) {
        writes_left = 1; /* its head */
        journal = mbox_journal_begin(fd, "journal", 0, NULL);
        mbox_journal_add(journal, span_make(new_tail, sizeof new_tail));
        mbox_journal_finish(journal, NULL);
        _exit(1);
    }
    close(fd);
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert_eq(status, 0);
}

static void check_replay(size_t written, const char *delivery)
{
    size_t n, behind = strlen(delivery);
    const char *content;
    int fd;

    unlink("box");
    fd = open("box", O_RDWR | O_CREAT, 0600);
    cr_assert_eq(write(fd, old_text, sizeof old_text), (ssize_t)sizeof old_text);
    write_journal_and_end();
    cr_assert_eq(pwrite(fd, new_tail, written, 0), (ssize_t)written);
    add_to_box(delivery);
    cr_assert_eq(mbox_journal_replay(fd, "journal", &err), REPLAY_DONE, "%zu: %s", written, err.text);
    close(fd);
    content = test_content("box", &n);
    cr_assert_eq(n, sizeof new_tail + behind, "%zu, %zu: %zu", written, behind, n);
    cr_assert_arr_eq(content, new_tail, sizeof new_tail);
    cr_assert_arr_eq(content + sizeof new_tail, delivery, behind);
}

Test(view, what_was_delivered_behind_a_tail_that_grew_is_whole)
{
    static const size_t ends[] = {sizeof old_text, 4096, 8192, sizeof new_tail};

    memset(old_text, 'a', sizeof old_text);
    memset(new_tail, 'b', sizeof new_tail);
    memcpy(new_tail + sizeof old_text, "From the", 8); /* as far as "From " a delivery is the same */
    memcpy(new_tail + 8192, "Fro", 3);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        check_replay(ends[i], "");
        check_replay(ends[i], DELIVERY);
        check_replay(ends[i], "\n" DELIVERY);
    }
    check_replay(sizeof old_text + 1, "");
    check_replay(sizeof old_text + 50, "");
    check_replay(sizeof new_tail - 1, "");
}
