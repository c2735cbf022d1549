#include "rctest/compare.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "rctest/difference.h"

struct compare {
    struct buf *report;
    int differences;
};

static void compare_text(struct compare *compare, const char *what, struct span peer, struct span ours)
{
    if (span_eq(peer, ours))
        return;
    buf_printf(compare->report, "%s differs: the peer's (-), ours (+):\n", what);
    difference_print(compare->report, peer, ours);
    compare->differences++;
}

static void compare_status(struct compare *compare, int ours, int peer)
{
    if (ours == peer)
        return;
    buf_add_text(compare->report, "the peer ended with ");
    run_print_status(compare->report, peer);
    buf_add_text(compare->report, ", ours with ");
    run_print_status(compare->report, ours);
    buf_add_byte(compare->report, '\n');
    compare->differences++;
}

/* Logs are known by their lines: a test may put them anywhere. */
static struct span normal_file(const struct outcome *outcome, struct span text)
{
    return normal_is_log(text) ? normal_log(&outcome->normal, outcome->arena, text, false)
                               : normal_text(&outcome->normal, outcome->arena, text);
}

static int by_text(struct span a, struct span b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;

    return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int by_all(const void *a, const void *b)
{
    const struct tree_entry *x = a, *y = b;
    int order = strcmp(x->path, y->path);

    if (!order)
        order = by_text(x->text, y->text);
    if (!order)
        order = (x->links > y->links) - (x->links < y->links);
    return order ? order : (x->mode > y->mode) - (x->mode < y->mode);
}

/* The same tree with normal paths and texts: several messages of a folder have the same path
 * then, and are told apart by their text. */
static struct tree normal_tree(const struct outcome *outcome)
{
    struct tree tree = {.count = outcome->tree.count};

    tree.entries = mem_alloc_array(tree.count + 1, sizeof *tree.entries);
    for (size_t i = 0; i < tree.count; i++) {
        struct tree_entry *entry = &tree.entries[i];

        *entry = outcome->tree.entries[i];
        entry->path = normal_path(&outcome->normal, outcome->arena, entry->path);
        entry->text = normal_file(outcome, entry->text);
    }
    qsort(tree.entries, tree.count, sizeof *tree.entries, by_all);
    return tree;
}

static const char *type_name(mode_t mode)
{
    return S_ISDIR(mode) ? "directory" : S_ISREG(mode) ? "file" : S_ISLNK(mode) ? "link" : "special file";
}

static void report_alone(struct compare *compare, const char *who, char side, const struct tree_entry *entry)
{
    buf_printf(compare->report, "only %s has %s '%s' (mode %04o)%s\n", who, type_name(entry->mode),
               entry->path, (unsigned)(entry->mode & 07777), entry->text.n ? ":" : "");
    if (side == '-')
        difference_print(compare->report, entry->text, SPAN_NULL);
    else
        difference_print(compare->report, SPAN_NULL, entry->text);
    compare->differences++;
}

static void compare_entry(struct compare *compare, const struct tree_entry *ours,
                          const struct tree_entry *peer)
{
    if (ours->mode != peer->mode) {
        buf_printf(compare->report, "'%s' differs: the peer's is a %s of mode %04o, ours a %s of %04o\n",
                   ours->path, type_name(peer->mode), (unsigned)(peer->mode & 07777), type_name(ours->mode),
                   (unsigned)(ours->mode & 07777));
        compare->differences++;
    }
    if (ours->links != peer->links) {
        buf_printf(compare->report, "'%s' differs: the peer's has %u names, ours %u\n", ours->path,
                   peer->links, ours->links);
        compare->differences++;
    }
    compare_text(compare, ours->path, peer->text, ours->text);
}

static void compare_trees(struct compare *compare, const struct tree *ours, const struct tree *peer)
{
    size_t i = 0, j = 0;

    while (i < ours->count || j < peer->count) {
        const struct tree_entry *a = i < ours->count ? &ours->entries[i] : NULL;
        const struct tree_entry *b = j < peer->count ? &peer->entries[j] : NULL;
        int order = !a ? 1 : !b ? -1 : strcmp(a->path, b->path);

        if (order < 0)
            report_alone(compare, "ours", '+', a);
        else if (order > 0)
            report_alone(compare, "the peer", '-', b);
        else
            compare_entry(compare, a, b);
        i += order <= 0;
        j += order >= 0;
    }
}

int compare_outcomes(const struct outcome *ours, const struct outcome *peer, struct buf *report)
{
    struct compare compare = {report, 0};
    struct tree our_tree = normal_tree(ours), peer_tree = normal_tree(peer);

    compare_status(&compare, ours->run.status, peer->run.status);
    compare_text(&compare, "standard output", normal_file(peer, buf_span(&peer->run.out)),
                 normal_file(ours, buf_span(&ours->run.out)));
    compare_text(&compare, "standard error", normal_file(peer, buf_span(&peer->run.errs)),
                 normal_file(ours, buf_span(&ours->run.errs)));
    compare_trees(&compare, &our_tree, &peer_tree);
    tree_free(&our_tree);
    tree_free(&peer_tree);
    return compare.differences;
}
