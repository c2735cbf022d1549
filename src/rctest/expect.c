#include "rctest/expect.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "rctest/difference.h"

struct check {
    const struct rctest *test;
    const struct outcome *outcome;
    struct buf *report;
    int failures;
};

static void fail(struct check *check, const struct rctest_section *section, const char *what)
{
    buf_printf(check->report, "%s:%u: %s%s%s: %s\n", check->test->file, section->line, section->name,
               section->arg ? " " : "", section->arg ? section->arg : "", what);
    check->failures++;
}

static void compare(struct check *check, const struct rctest_section *section, struct span got)
{
    if (span_eq(section->text, got))
        return;
    fail(check, section, "not as expected (-), but (+):");
    difference_print(check->report, section->text, got);
}

static struct span normal(struct check *check, struct span text)
{
    return normal_text(&check->outcome->normal, check->outcome->arena, text);
}

static const struct tree_entry *entry_of(struct check *check, const struct rctest_section *section,
                                         mode_t type)
{
    const struct tree_entry *entry = tree_find(&check->outcome->tree, section->arg);

    if (!entry)
        fail(check, section, "is not there");
    else if (type && (entry->mode & S_IFMT) != type)
        fail(check, section, type == S_IFDIR ? "is no directory" : "is no plain file");
    else
        return entry;
    return NULL;
}

static void check_exit(struct check *check, const struct rctest_section *section)
{
    struct buf text;
    int status = check->outcome->run.status;

    if (WIFEXITED(status) && WEXITSTATUS(status) == (section ? section->number : 0))
        return;
    buf_init(&text, BUF_UNLIMITED);
    run_print_status(&text, status);
    if (section) {
        buf_printf(check->report, "%s:%u: expect exit %ld: %s\n", check->test->file, section->line,
                   section->number, text.p);
        check->failures++;
    } else {
        buf_printf(check->report, "%s:%u: no exit is told, so 0 is expected: %s\n", check->test->file,
                   check->test->line, text.p);
        check->failures++;
    }
    buf_free(&text);
}

static void check_file(struct check *check, const struct rctest_section *section)
{
    const struct tree_entry *entry = entry_of(check, section, S_IFREG);

    if (entry)
        compare(check, section, normal(check, entry->text));
}

/* Is this entry a message of the folder?  In a Maildir those in new and cur are; else the
 * files right in the directory, but for hidden ones. */
static bool is_message_of(const struct tree_entry *entry, const char *folder, bool maildir)
{
    size_t n = strlen(folder);
    const char *rest = entry->path + n;

    if (!S_ISREG(entry->mode) || strncmp(entry->path, folder, n) || *rest++ != '/')
        return false;
    if (maildir && strncmp(rest, "new/", 4) && strncmp(rest, "cur/", 4))
        return false;
    rest += maildir ? 4 : 0;
    return *rest != '.' && !strchr(rest, '/');
}

static bool is_maildir(const struct tree *tree, const char *folder)
{
    char path[1024];
    const struct tree_entry *entry;

    snprintf(path, sizeof path, "%s/new", folder);
    entry = tree_find(tree, path);
    return entry && S_ISDIR(entry->mode);
}

/* Finds a message of this text that no earlier section took. */
static bool take_message(struct check *check, const struct rctest_section *section, bool maildir, bool *taken)
{
    const struct tree *tree = &check->outcome->tree;

    for (size_t i = 0; i < tree->count; i++)
        if (!taken[i] && is_message_of(&tree->entries[i], section->arg, maildir) &&
            span_eq(normal(check, tree->entries[i].text), section->text))
            return taken[i] = true;
    return false;
}

static void report_left(struct check *check, const char *folder, bool maildir, const bool *taken)
{
    const struct tree *tree = &check->outcome->tree;

    for (size_t i = 0; i < tree->count; i++) {
        if (taken[i] || !is_message_of(&tree->entries[i], folder, maildir))
            continue;
        buf_printf(check->report, "unexpected message '%s':\n", tree->entries[i].path);
        difference_print(check->report, SPAN_NULL, normal(check, tree->entries[i].text));
        check->failures++;
    }
}

/* The sections for one folder are looked at together, at the first of them. */
static void check_folder(struct check *check, const struct rctest_section *section)
{
    const struct rctest_section *s = rctest_find(check->test, RCTEST_EXPECT_FOLDER);
    bool maildir = is_maildir(&check->outcome->tree, section->arg);
    bool *taken;

    while (strcmp(s->arg, section->arg))
        s = rctest_find_next(s);
    if (s != section)
        return;
    taken = mem_alloc_array(check->outcome->tree.count + 1, sizeof *taken);
    for (; s; s = rctest_find_next(s))
        if (!strcmp(s->arg, section->arg) && !take_message(check, s, maildir, taken)) {
            fail(check, s, "this message is not in it:");
            difference_print(check->report, s->text, SPAN_NULL);
        }
    report_left(check, section->arg, maildir, taken);
    free(taken);
}

static void check_mode(struct check *check, const struct rctest_section *section)
{
    const struct tree_entry *entry = entry_of(check, section, 0);
    char text[64];

    if (!entry || (long)(entry->mode & 07777) == section->number)
        return;
    snprintf(text, sizeof text, "mode is %04o, not %04lo", (unsigned)(entry->mode & 07777), section->number);
    fail(check, section, text);
}

static struct span log_of(struct check *check, const struct rctest_section *section)
{
    const struct tree_entry *entry = tree_find(&check->outcome->tree, section->arg ? section->arg : "log");

    return entry ? normal_log(&check->outcome->normal, check->outcome->arena, entry->text, true) : SPAN_NULL;
}

static void check_log(struct check *check, const struct rctest_section *section)
{
    struct rctest_section wanted = *section;

    wanted.text = normal_log(&check->outcome->normal, check->outcome->arena, section->text, true);
    compare(check, &wanted, log_of(check, section));
}

static bool has_line(struct span text, struct span wanted)
{
    struct span line;

    while (rctest_next_line(&text, &line))
        if (span_eq(line, wanted))
            return true;
    return false;
}

static void check_log_lines(struct check *check, const struct rctest_section *section)
{
    struct span log = log_of(check, section), rest = section->text, line;
    bool wanted = section->kind == RCTEST_EXPECT_LOG_LINE, complete = true;

    while (rctest_next_line(&rest, &line)) {
        if (has_line(log, line) == wanted)
            continue;
        fail(check, section, wanted ? "this line is not in the log:" : "this line is in the log:");
        difference_print(check->report, line, SPAN_NULL);
        complete = false;
    }
    if (!complete) {
        buf_add_text(check->report, "the log is:\n");
        difference_print(check->report, SPAN_NULL, log);
    }
}

static void check_one(struct check *check, const struct rctest_section *section)
{
    switch (section->kind) {
    case RCTEST_EXPECT_EXIT:
        check_exit(check, section);
        break;
    case RCTEST_EXPECT_FILE:
        check_file(check, section);
        break;
    case RCTEST_EXPECT_FOLDER:
        check_folder(check, section);
        break;
    case RCTEST_EXPECT_DIR:
        entry_of(check, section, S_IFDIR);
        break;
    case RCTEST_EXPECT_ABSENT:
        if (tree_find(&check->outcome->tree, section->arg))
            fail(check, section, "is there");
        break;
    case RCTEST_EXPECT_MODE:
        check_mode(check, section);
        break;
    case RCTEST_EXPECT_STDOUT:
        compare(check, section, normal(check, buf_span(&check->outcome->run.out)));
        break;
    case RCTEST_EXPECT_STDERR:
        compare(check, section,
                normal_log(&check->outcome->normal, check->outcome->arena,
                           buf_span(&check->outcome->run.errs), true));
        break;
    case RCTEST_EXPECT_LOG:
        check_log(check, section);
        break;
    case RCTEST_EXPECT_LOG_LINE:
    case RCTEST_EXPECT_NO_LOG_LINE:
        check_log_lines(check, section);
        break;
    default:
        break;
    }
}

int expect_check(const struct rctest *test, const struct outcome *outcome, struct buf *report)
{
    struct check check = {test, outcome, report, 0};

    if (!rctest_expects(test))
        return 0;
    if (!rctest_find(test, RCTEST_EXPECT_EXIT))
        check_exit(&check, NULL);
    for (const struct rctest_section *section = test->sections; section; section = section->next)
        check_one(&check, section);
    return check.failures;
}
