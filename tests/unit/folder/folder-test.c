#include "folder/folder-test.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"

struct folder_append test_append;
size_t test_written;
struct err test_err;

static char dir[] = P_tmpdir "/mailweir-XXXXXX";
static struct buf story, name, content;

static void hear(void *ctx, enum folder_event event, const char *text)
{
    static const char *const words[] = {
        [FOLDER_NAMED] = "named",
        [FOLDER_LINKED_NAME] = "linked",
        [FOLDER_OPENING] = "opening",
        [FOLDER_KERNEL_LOCKING] = "locking",
        [FOLDER_KERNEL_LOCK_FAILED] = "lock-failed",
        [FOLDER_KERNEL_LOCK_TIMEOUT] = "lock-timeout",
        [FOLDER_KERNEL_UNLOCK_FAILED] = "unlock-failed",
        [FOLDER_NO_DIRECTORY] = "no-directory",
        [FOLDER_SKIPPED] = "skipped",
        [FOLDER_NO_TEMP] = "no-temp",
        [FOLDER_UNREADABLE] = "unreadable",
        [FOLDER_LINKING] = "linking",
        [FOLDER_LINK_FAILED] = "link-failed",
        [FOLDER_NO_SPACE] = "no-space",
        [FOLDER_OVER_QUOTA] = "over-quota",
        [FOLDER_WRITE_FAILED] = "write-failed",
        [FOLDER_TRUNCATED] = "truncated",
    };

    (void)ctx;
    buf_printf(&story, "%s%s%s\n", words[event], *text ? " " : "", text);
    if (event == FOLDER_NAMED) {
        buf_cut(&name, 0);
        buf_add_text(&name, text);
    }
}

void test_enter(void)
{
    buf_init(&story, BUF_UNLIMITED);
    buf_init(&name, BUF_UNLIMITED);
    buf_init(&content, BUF_UNLIMITED);
    test_append = (struct folder_append){.msgprefix = "msg.", .listener = {.say = hear}};
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(chdir(dir), 0);
    umask(077);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void test_leave(void)
{
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(nftw(dir, remove_one, 20, FTW_DEPTH | FTW_PHYS), 0);
    buf_free(&story);
    buf_free(&name);
    buf_free(&content);
}

struct message *test_message(const char *bytes, size_t n)
{
    struct message_builder *builder = message_builder_new();
    struct message *message;

    cr_assert_eq(message_builder_add(builder, span_make(bytes, n), NULL), 0);
    message = message_builder_finish(builder, false, NULL);
    cr_assert_not_null(message);
    return message;
}

int test_put_bytes(const char *path, const char *bytes, size_t n)
{
    struct message *message = test_message(bytes, n);
    int result;

    buf_cut(&story, 0);
    buf_cut(&name, 0);
    test_append.message = message;
    result = folder_append(path, &test_append, &test_written, &test_err);
    message_free(message);
    return result;
}

int test_put(const char *path, const char *text)
{
    return test_put_bytes(path, text, strlen(text));
}

const char *test_story(void)
{
    return story.p;
}

bool test_told(const char *line)
{
    struct buf whole;
    bool found;

    buf_init(&whole, BUF_UNLIMITED);
    buf_printf(&whole, "\n%s", story.p);
    found = strstr(whole.p, line) && whole.p[strstr(whole.p, line) - whole.p - 1] == '\n';
    buf_free(&whole);
    return found;
}

const char *test_name(void)
{
    return name.p;
}

const char *test_content(const char *path, size_t *n)
{
    int fd = open(path, O_RDONLY);
    char *to;
    ssize_t got;

    if (fd < 0)
        return NULL;
    buf_cut(&content, 0);
    while (to = buf_reserve(&content, 65536), (got = io_read(fd, to, 65536)) > 0)
        buf_commit(&content, (size_t)got);
    close(fd);
    if (n)
        *n = content.n;
    return content.p;
}

void test_make(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    cr_assert_geq(fd, 0);
    cr_assert_eq(io_write(fd, text, strlen(text)), 0);
    close(fd);
}

unsigned test_mode(const char *path)
{
    struct stat st;

    return stat(path, &st) < 0 ? 0 : st.st_mode & 07777;
}

int test_count(const char *path)
{
    DIR *d = opendir(path);
    int n = 0;

    if (!d)
        return -1;
    for (struct dirent *entry; (entry = readdir(d));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            n++;
    closedir(d);
    return n;
}
