/* What was run and forwarded, as the stand-ins noted it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rctest/calls.h"
#include "rctest/difference.h"
#include "rctest/expect-private.h"

struct call {
    struct span command, input;
    bool taken;
};

struct calls {
    struct call *list;
    size_t count;
};

/* Those of the program, which is the first word of `command`, from one on; all in the order they began. */
static struct calls calls_of(struct check *check, const char *command, unsigned first)
{
    const struct tree *tree = &check->outcome->tree;
    struct calls calls = {.list = mem_alloc_array(tree->count + 1, sizeof *calls.list)};
    size_t n = strcspn(command, " ");

    for (unsigned i = first; i < tree->count; i++) {
        char path[64];
        const struct tree_entry *noted, *input;

        snprintf(path, sizeof path, CALLS_NOTES "/%u/command", i);
        noted = tree_find(tree, path);
        snprintf(path, sizeof path, CALLS_NOTES "/%u/input", i);
        input = tree_find(tree, path);
        if (!noted)
            break;
        if (noted->text.n >= n && !memcmp(noted->text.p, command, n) &&
            (noted->text.n == n || noted->text.p[n] == ' '))
            calls.list[calls.count++] =
                (struct call){expect_normal(check, noted->text),
                              input ? expect_normal(check, input->text) : SPAN_NULL, false};
    }
    return calls;
}

static bool is_forward(const struct rctest_section *section)
{
    return section->kind == RCTEST_EXPECT_FORWARD || section->kind == RCTEST_EXPECT_NO_FORWARD;
}

static bool is_wanted(const struct rctest_section *section)
{
    return section->kind == RCTEST_EXPECT_FORWARD || section->kind == RCTEST_EXPECT_COMMAND;
}

/* The whole command that the section is about. */
static const char *command_of(struct check *check, const struct rctest_section *section)
{
    struct buf command;
    const char *result;

    if (!is_forward(section))
        return section->arg;
    buf_init(&command, BUF_UNLIMITED);
    buf_add_text(&command, "sendmail");
    if (section->arg)
        buf_printf(&command, " %s", section->arg);
    result = arena_strndup(check->outcome->arena, command.p, command.n);
    buf_free(&command);
    return result;
}

static bool same_program(const char *a, const char *b)
{
    size_t n = strcspn(a, " ");

    return strcspn(b, " ") == n && !memcmp(a, b, n);
}

/* Is it about the same program, at the same time? */
static bool is_beside(struct check *check, const struct rctest_section *a, const struct rctest_section *b)
{
    return a->kind == b->kind && a->stage == b->stage &&
           same_program(command_of(check, a), command_of(check, b));
}

static bool take_call(struct calls *calls, const struct rctest_section *section, const char *command)
{
    for (size_t i = 0; i < calls->count; i++) {
        struct call *call = &calls->list[i];

        if (!call->taken && span_eq_text(call->command, command) &&
            (!section->text.n || span_eq(call->input, section->text)))
            return call->taken = true;
    }
    return false;
}

static void print_call(struct check *check, const struct call *call)
{
    difference_print(check->report, SPAN_NULL, call->command);
    buf_add_text(check->report, "its input was:\n");
    difference_print(check->report, SPAN_NULL, call->input);
}

static void report_left(struct check *check, const struct rctest_section *section, const struct calls *calls)
{
    for (size_t i = 0; i < calls->count; i++) {
        if (calls->list[i].taken)
            continue;
        expect_fail(check, section, is_wanted(section) ? "there was a further call:" : "there was a call:");
        print_call(check, &calls->list[i]);
    }
}

/* As with folders: all sections for one program together, at the first of them. */
void expect_calls(struct check *check, const struct rctest_section *section)
{
    const struct rctest_section *s = rctest_find(check->test, section->kind);
    struct calls calls;

    while (!is_beside(check, s, section))
        s = rctest_find_next(s);
    if (s != section)
        return;
    calls = calls_of(check, command_of(check, section), 0);
    for (; s && is_wanted(section); s = rctest_find_next(s))
        if (is_beside(check, s, section) && !take_call(&calls, s, command_of(check, s))) {
            expect_fail(check, s, "there was no such call, with this input:");
            difference_print(check->report, s->text, SPAN_NULL);
        }
    report_left(check, section, &calls);
    free(calls.list);
}

static bool tells_forwards(const struct rctest *test, unsigned stage)
{
    for (const struct rctest_section *s = test->sections; s; s = s->next)
        if ((is_forward(s) && s->stage == stage) || (s->kind == RCTEST_STUB && !strcmp(s->arg, "sendmail")))
            return true;
    return false;
}

void expect_no_other_forwards(struct check *check, unsigned stage)
{
    struct calls calls;

    if (tells_forwards(check->test, stage))
        return;
    calls = calls_of(check, "sendmail", check->outcome->calls_before);
    for (size_t i = 0; i < calls.count; i++) {
        buf_printf(check->report, "%s:%u: no 'expect forward' tells of this forward, which was not sent:\n",
                   check->test->file, check->test->line);
        print_call(check, &calls.list[i]);
        check->failures++;
    }
    free(calls.list);
}
