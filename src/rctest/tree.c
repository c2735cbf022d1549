#include "rctest/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"

enum { TREE_MAX = 128 << 20 }; /* bytes of all files together */

static struct span read_file(struct arena *arena, int dir, const char *name, size_t size)
{
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    char *text;
    ssize_t got;

    if (fd < 0)
        return span_of("(cannot be read)\n");
    text = arena_alloc(arena, size + 1);
    got = io_read(fd, text, size);
    close(fd);
    return span_make(text, got < 0 ? 0 : (size_t)got);
}

static struct span read_target(struct arena *arena, int dir, const char *name)
{
    char target[PATH_MAX];
    ssize_t n = readlinkat(dir, name, target, sizeof target);

    return n < 0 ? SPAN_NULL : arena_span(arena, span_make(target, (size_t)n));
}

static int add_entry(struct tree *tree, struct arena *arena, int dir, const char *name, const char *path,
                     const struct stat *st, struct err *err)
{
    struct tree_entry *entry;

    if (tree->count == tree->room) {
        tree->room = tree->room * 2 + 16;
        tree->entries = mem_realloc(tree->entries, tree->room * sizeof *tree->entries);
    }
    entry = &tree->entries[tree->count++];
    *entry = (struct tree_entry){arena_strdup(arena, path), st->st_mode, 1, SPAN_NULL};
    if (S_ISREG(st->st_mode)) {
        if (st->st_size > (off_t)(TREE_MAX - tree->bytes))
            return err_set(err, ERR_DATA, "too large to be looked at: '%s'", path);
        tree->bytes += (size_t)st->st_size;
        entry->links = (unsigned)st->st_nlink;
        entry->text = read_file(arena, dir, name, (size_t)st->st_size);
    } else if (S_ISLNK(st->st_mode)) {
        entry->text = read_target(arena, dir, name);
    }
    return 0;
}

static int read_directory(struct tree *tree, struct arena *arena, int dir, const char *prefix,
                          struct err *err);

static int read_entry(struct tree *tree, struct arena *arena, int dir, const char *prefix, const char *name,
                      struct err *err)
{
    char path[PATH_MAX];
    struct stat st;
    int sub, result;

    if ((size_t)snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "/" : "", name) >= sizeof path)
        return err_set(err, ERR_DATA, "path too long '%s'", name);
    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
        return errno == ENOENT ? 0 : err_set_errno(err, ERR_TEMP, "cannot look at '%s'", path);
    if (add_entry(tree, arena, dir, name, path, &st, err))
        return -1;
    if (!S_ISDIR(st.st_mode))
        return 0;
    sub = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (sub < 0)
        return errno == EACCES ? 0 : err_set_errno(err, ERR_TEMP, "cannot open '%s'", path);
    result = read_directory(tree, arena, sub, path, err);
    return result;
}

/* Takes the descriptor. */
static int read_directory(struct tree *tree, struct arena *arena, int dir, const char *prefix,
                          struct err *err)
{
    DIR *stream = fdopendir(dir);
    struct dirent *found;
    int result = 0;

    if (!stream) {
        close(dir);
        return err_set_errno(err, ERR_TEMP, "cannot read directory '%s'", prefix);
    }
    while (!result && (found = readdir(stream)))
        if (strcmp(found->d_name, ".") && strcmp(found->d_name, ".."))
            result = read_entry(tree, arena, dirfd(stream), prefix, found->d_name, err);
    closedir(stream);
    return result;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct tree_entry *)a)->path, ((const struct tree_entry *)b)->path);
}

int tree_read(struct tree *tree, struct arena *arena, const char *root, struct err *err)
{
    int dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    *tree = (struct tree){0};
    if (dir < 0)
        return err_set_errno(err, ERR_TEMP, "cannot open '%s'", root);
    if (read_directory(tree, arena, dir, "", err))
        return -1;
    if (tree->count)
        qsort(tree->entries, tree->count, sizeof *tree->entries, by_path);
    return 0;
}

void tree_free(struct tree *tree)
{
    free(tree->entries);
    *tree = (struct tree){0};
}

const struct tree_entry *tree_find(const struct tree *tree, const char *path)
{
    struct tree_entry key = {.path = path};

    return tree->count ? bsearch(&key, tree->entries, tree->count, sizeof key, by_path) : NULL;
}
