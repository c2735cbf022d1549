/* Where the files of a Maildir and of an MH folder are, and what their names say. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "folder/view-private.h"

typedef void (*find_each)(struct findings *findings, int dir, const char *sub, const struct dirent *entry);

/* A directory that is not there has nothing in it. */
static int each_entry(const char *path, const char *sub, struct findings *findings, find_each each)
{
    struct buf name;
    struct dirent *entry;
    DIR *dir;

    buf_init(&name, BUF_UNLIMITED);
    buf_printf(&name, "%s/%s", path, sub);
    dir = opendir(name.p);
    buf_free(&name);
    if (!dir)
        return errno == ENOENT ? 0 : -1;
    while (errno = 0, (entry = readdir(dir)))
        each(findings, dirfd(dir), sub, entry);
    if (errno) {
        int saved = errno;

        closedir(dir);
        errno = saved;
        return -1;
    }
    closedir(dir);
    return 0;
}

static bool may_be_file(const struct dirent *entry)
{
#ifdef DT_UNKNOWN
    return entry->d_type == DT_REG || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
#else
    (void)entry;
    return true;
#endif
}

/* ---- Maildir: https://cr.yp.to/proto/maildir.html */

static const struct {
    char letter;
    enum view_flag flag;
} letters[] = {
    {'D', VIEW_DRAFT},    {'F', VIEW_FLAGGED}, {'P', VIEW_PASSED},
    {'R', VIEW_ANSWERED}, {'S', VIEW_SEEN},    {'T', VIEW_DELETED},
};

static unsigned flags_of(const char *info)
{
    unsigned flags = 0;

    if (strncmp(info, ":2,", 3) != 0)
        return 0;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (strchr(info + 3, letters[i].letter))
            flags |= letters[i].flag;
    return flags;
}

static uint64_t digits_at(const char *p)
{
    return p && p[0] >= '0' && p[0] <= '9' ? strtoull(p, NULL, 10) : 0;
}

/* Of a letter with a number behind it, in the middle part of the name. */
static uint64_t number_behind(struct span part, const char *letter_set)
{
    for (size_t i = 0; i + 1 < part.n; i++)
        if (strchr(letter_set, part.p[i]) && part.p[i + 1] >= '0' && part.p[i + 1] <= '9')
            return digits_at(part.p + i + 1);
    return 0;
}

/* Seconds, microseconds (M), and the count of the process that made it (`_` ours and 3.22's, Q others'). */
static void order_by_name(struct found *found)
{
    const char *dot = span_find_byte(found->key, '.');
    struct span part = dot ? span_from(found->key, (size_t)(dot - found->key.p) + 1) : SPAN_NULL;
    const char *end = span_find_byte(part, '.');

    if (end)
        part.n = (size_t)(end - part.p);
    found->order[0] = digits_at(found->key.p);
    found->order[1] = number_behind(part, "M");
    found->order[2] = number_behind(part, "_Q");
}

/* A newline would end a line of the list. */
static struct span key_of(struct findings *findings, struct span name)
{
    struct span key = uidlist_key(name);
    char *copy;

    if (!span_find_byte(key, '\n'))
        return key;
    copy = arena_strdup(findings->arena, name.p);
    for (size_t i = 0; i < key.n; i++)
        if (copy[i] == '\n')
            copy[i] = '?';
    return span_make(copy, key.n);
}

static void maildir_each(struct findings *findings, int dir, const char *sub, const struct dirent *entry)
{
    size_t n = strlen(sub) + 1 + strlen(entry->d_name);
    struct found *found;
    char *name;

    (void)dir;
    if (entry->d_name[0] == '.' || !may_be_file(entry))
        return;
    name = arena_alloc(findings->arena, n + 1);
    snprintf(name, n + 1, "%s/%s", sub, entry->d_name);
    found = findings_add(findings);
    found->name = name;
    name += strlen(sub) + 1;
    found->key = key_of(findings, span_of(name));
    found->flags = flags_of(name + found->key.n) | (sub[0] == 'n' ? VIEW_FRESH : 0);
    found->octets = view_size_in_name(found->key, 'W');
    order_by_name(found);
}

static int maildir_find(const char *path, struct findings *findings)
{
    /* A reader moves files from new/ to cur/, so that one is seen in both rather than in neither. */
    int result = each_entry(path, "new", findings, maildir_each);

    return result < 0 ? result : each_entry(path, "cur", findings, maildir_each);
}

static const char *const maildir_directories[] = {"new", "cur", NULL};

const struct view_files view_maildir = {"dovecot-uidlist", maildir_find, maildir_directories, NULL};

/* ---- MH: a number is where a message is; which one it is, the file tells: `folder -pack` renumbers */

static bool is_number(const char *name)
{
    return name[0] != '0' && strlen(name) < 16 && name[strspn(name, "0123456789")] == '\0' && name[0];
}

enum { MH_KEY = 96 };

static void mh_key(const struct stat *st, char key[MH_KEY])
{
    snprintf(key, MH_KEY, "I%llu,S%lld,T%lld.%09ld", (unsigned long long)st->st_ino, (long long)st->st_size,
             (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
}

static bool mh_is_it(const char *path, struct span key)
{
    struct stat st;
    char there[MH_KEY];

    if (stat(path, &st) < 0)
        return false;
    mh_key(&st, there);
    return span_eq_text(key, there);
}

static void mh_each(struct findings *findings, int dir, const char *sub, const struct dirent *entry)
{
    struct found *found;
    struct stat st;
    char key[MH_KEY];

    (void)sub;
    if (!is_number(entry->d_name) || fstatat(dir, entry->d_name, &st, 0) < 0 || !S_ISREG(st.st_mode))
        return;
    mh_key(&st, key);
    found = findings_add(findings);
    found->name = arena_strdup(findings->arena, entry->d_name);
    found->key = arena_span(findings->arena, span_of(key));
    found->order[0] = digits_at(entry->d_name);
}

static int mh_find(const char *path, struct findings *findings)
{
    return each_entry(path, ".", findings, mh_each);
}

static const char *const mh_directories[] = {".", NULL};

const struct view_files view_mh = {".mailweir-uidlist", mh_find, mh_directories, mh_is_it};
