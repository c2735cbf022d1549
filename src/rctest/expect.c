#include "rctest/expect-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "rctest/difference.h"
#include "rctest/mailbox.h"

void expect_fail(struct check *check, const struct rctest_section *section, const char *what)
{
    buf_printf(check->report, "%s:%u: %s%s%s: %s\n", check->test->file, section->line, section->name,
               section->arg ? " " : "", section->arg ? section->arg : "", what);
    check->failures++;
}

static void compare(struct check *check, const struct rctest_section *section, struct span got)
{
    if (span_eq(section->text, got))
        return;
    expect_fail(check, section, "not as expected (-), but (+):");
    difference_print(check->report, section->text, got);
}

struct span expect_normal(struct check *check, struct span text)
{
    return normal_text(&check->outcome->normal, check->outcome->arena, text);
}

static const struct tree_entry *entry_of(struct check *check, const struct rctest_section *section,
                                         mode_t type)
{
    const struct tree_entry *entry = tree_find(&check->outcome->tree, section->arg);

    if (!entry)
        expect_fail(check, section, "is not there");
    else if (type && (entry->mode & S_IFMT) != type)
        expect_fail(check, section, type == S_IFDIR ? "is no directory" : "is no plain file");
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
        compare(check, section, expect_normal(check, entry->text));
}

/* Finds a message of this text that no earlier section took. */
static bool take_message(struct check *check, const struct rctest_section *section, bool maildir, bool *taken)
{
    const struct tree *tree = &check->outcome->tree;

    for (size_t i = 0; i < tree->count; i++)
        if (!taken[i] && mailbox_has(&tree->entries[i], section->arg, maildir) &&
            span_eq(expect_normal(check, tree->entries[i].text), section->text))
            return taken[i] = true;
    return false;
}

static void report_left(struct check *check, const char *folder, bool maildir, const bool *taken)
{
    const struct tree *tree = &check->outcome->tree;

    for (size_t i = 0; i < tree->count; i++) {
        if (taken[i] || !mailbox_has(&tree->entries[i], folder, maildir))
            continue;
        buf_printf(check->report, "unexpected message '%s':\n", tree->entries[i].path);
        difference_print(check->report, SPAN_NULL, expect_normal(check, tree->entries[i].text));
        check->failures++;
    }
}

static bool is_beside(const struct rctest_section *a, const struct rctest_section *b)
{
    return a->stage == b->stage && !strcmp(a->arg, b->arg);
}

/* The sections for one folder are looked at together, at the first of them. */
static void check_folder(struct check *check, const struct rctest_section *section)
{
    const struct rctest_section *s = rctest_find(check->test, RCTEST_EXPECT_FOLDER);
    bool maildir = mailbox_is_maildir(&check->outcome->tree, section->arg);
    bool *taken;

    while (!is_beside(s, section))
        s = rctest_find_next(s);
    if (s != section)
        return;
    taken = mem_alloc_array(check->outcome->tree.count + 1, sizeof *taken);
    for (; s; s = rctest_find_next(s))
        if (is_beside(s, section) && !take_message(check, s, maildir, taken)) {
            expect_fail(check, s, "this message is not in it:");
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
    expect_fail(check, section, text);
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
        expect_fail(check, section, wanted ? "this line is not in the log:" : "this line is in the log:");
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
            expect_fail(check, section, "is there");
        break;
    case RCTEST_EXPECT_MODE:
        check_mode(check, section);
        break;
    case RCTEST_EXPECT_STDOUT:
        compare(check, section, expect_normal(check, buf_span(&check->outcome->run.out)));
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
    case RCTEST_EXPECT_CONTAINS:
        expect_contains(check, section);
        break;
    case RCTEST_EXPECT_COUNT:
        expect_count(check, section);
        break;
    case RCTEST_EXPECT_HEADER:
        expect_header(check, section);
        break;
    case RCTEST_EXPECT_VARIABLE:
    case RCTEST_EXPECT_NO_VARIABLE:
        expect_variable(check, section);
        break;
    case RCTEST_EXPECT_FORWARD:
    case RCTEST_EXPECT_NO_FORWARD:
    case RCTEST_EXPECT_COMMAND:
    case RCTEST_EXPECT_NO_COMMAND:
        expect_calls(check, section);
        break;
    default:
        break;
    }
}

static bool tells_exit(const struct rctest *test, unsigned stage)
{
    for (const struct rctest_section *s = test->sections; s; s = s->next)
        if (s->kind == RCTEST_EXPECT_EXIT && s->stage == stage)
            return true;
    return false;
}

int expect_check(const struct rctest *test, unsigned stage, const struct outcome *outcome, struct buf *report)
{
    struct check check = {test, outcome, report, 0};

    if (!rctest_expects(test))
        return 0;
    if (!tells_exit(test, stage))
        check_exit(&check, NULL);
    for (const struct rctest_section *section = test->sections; section; section = section->next)
        if (section->stage == stage)
            check_one(&check, section);
    expect_no_other_forwards(&check, stage);
    return check.failures;
}
