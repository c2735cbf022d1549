#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stat/log.h"

static char dir[] = P_tmpdir "/mailweir-XXXXXX";

static void write_file(const char *name, const char *text)
{
    FILE *to = fopen(name, "a");

    fputs(text, to);
    fclose(to);
}

static void enter(void)
{
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(chdir(dir), 0);
    write_file("log", "text");
}

static void leave(void)
{
    unlink("log");
    unlink("log.old");
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(rmdir(dir), 0, "something was left behind");
}

TestSuite(log, .init = enter, .fini = leave);

static off_t size_of(const char *name)
{
    struct stat st;

    return stat(name, &st) == 0 ? st.st_size : -1;
}

Test(log, is_moved_and_an_empty_one_takes_its_place)
{
    struct stat_log log;
    char text[10] = "";

    cr_assert_eq(stat_log_open(&log, "log", "log.old", NULL), 0);
    cr_assert_eq(size_of("log"), 0);
    cr_assert_eq(size_of("log.old"), 4);
    cr_assert_eq(read(log.fd, text, sizeof text), 4);
    cr_assert_str_eq(text, "text");
    cr_assert(stat_log_is_quiet(&log));
    close(log.fd);
}

Test(log, is_left_where_it_is)
{
    struct stat_log log;

    cr_assert_eq(stat_log_open(&log, "log", NULL, NULL), 0);
    cr_assert_eq(size_of("log"), 4);
    cr_assert_eq(size_of("log.old"), -1);
    cr_assert(stat_log_is_quiet(&log));
    close(log.fd);
}

Test(log, a_writer_is_noticed)
{
    struct stat_log log;
    int fd = open("log", O_WRONLY | O_APPEND);

    cr_assert_eq(stat_log_open(&log, "log", "log.old", NULL), 0);
    cr_assert(!stat_log_is_quiet(&log));
    close(fd);
    cr_assert(stat_log_is_quiet(&log));
    close(log.fd);
}

Test(log, one_at_a_time)
{
    struct stat_log log;
    struct err err;
    int fd = open("log", O_RDONLY);

    cr_assert_eq(flock(fd, LOCK_EX), 0);
    cr_assert_eq(stat_log_open(&log, "log", "log.old", &err), -1);
    cr_assert_eq(err.class, ERR_TEMP);
    cr_assert_eq(size_of("log"), 4);
    cr_assert_eq(size_of("log.old"), -1);
    close(fd);
}

Test(log, faults)
{
    struct stat_log log;
    struct err err;

    cr_assert_eq(stat_log_open(&log, "none", "log.old", &err), -1);
    cr_assert_eq(err.class, ERR_NOINPUT);
    cr_assert_eq(stat_log_open(&log, ".", "log.old", &err), -1);
    cr_assert_eq(err.class, ERR_NOINPUT);
    cr_assert_eq(stat_log_open(&log, "log", "none/log.old", &err), -1);
    cr_assert_eq(err.class, ERR_CANTCREAT);
    cr_assert_eq(size_of("log"), 4);
    cr_assert_eq(stat_log_open(&log, "/dev/null", "log.old", &err), -1);
    cr_assert_eq(err.class, ERR_CANTCREAT);
}
