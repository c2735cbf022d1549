#include "rctest/counted.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

FILE *counted_open(int *fd)
{
    FILE *counts = tmpfile();

    *fd = counts ? fileno(counts) : -1;
    if (counts && (fcntl(*fd, F_SETFD, FD_CLOEXEC) || fcntl(*fd, F_SETFL, O_APPEND))) {
        fclose(counts);
        *fd = -1;
        return NULL;
    }
    return counts;
}

/* The name below the sandbox of a file as the agent names it. */
static const char *name_below(const struct sandbox *box, const char *name)
{
    size_t n = strlen(box->path);

    if (!strncmp(name, box->path, n) && name[n] == '/')
        name += n + 1;
    while (!strncmp(name, "./", 2))
        name += 2;
    return name;
}

static const struct rctest_section *section_of(const struct rctest *test, const char *name)
{
    for (const struct rctest_section *s = test->sections; s; s = s->next) {
        const char *in_box = sandbox_name(s);

        if ((s->kind == RCTEST_RC || s->kind == RCTEST_RC_FILE || s->kind == RCTEST_FILE) &&
            !strcmp(in_box, name))
            return s;
    }
    return NULL;
}

static void add_line(struct buf *to, const struct rctest *test, const struct sandbox *box, char *line)
{
    char kind, file[PATH_MAX], path[PATH_MAX];
    unsigned row, column;
    const struct rctest_section *section;

    if (sscanf(line, "%c\t%u\t%u\t%4095[^\n]", &kind, &row, &column, file) != 4)
        return;
    section = section_of(test, name_below(box, file));
    if (!section)
        return;
    if (section->kind != RCTEST_RC_FILE)
        buf_printf(to, "%c\t%u\t%u\t%u\t%s\n", kind, row, column, section->line, test->file);
    else if (!sandbox_source(test, section, path, sizeof path, NULL))
        buf_printf(to, "%c\t%u\t%u\t0\t%s\n", kind, row, column, path);
}

void counted_close(FILE *counts, int to, const struct rctest *test, const struct sandbox *box)
{
    char *line = NULL;
    size_t room = 0;
    struct buf mapped;

    buf_init(&mapped, BUF_UNLIMITED);
    rewind(counts);
    while (getline(&line, &room, counts) > 0)
        add_line(&mapped, test, box, line);
    if (mapped.n && write(to, mapped.p, mapped.n) < 0) {
        /* then these are missing */
    }
    buf_free(&mapped);
    free(line);
    fclose(counts);
}
