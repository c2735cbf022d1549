#include "rctest/mailbox.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool mailbox_is_maildir(const struct tree *tree, const char *folder)
{
    char path[1024];
    const struct tree_entry *entry;

    snprintf(path, sizeof path, "%s/new", folder);
    entry = tree_find(tree, path);
    return entry && S_ISDIR(entry->mode);
}

bool mailbox_has(const struct tree_entry *entry, const char *folder, bool maildir)
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

static void read_directory(struct mailbox *mailbox, struct arena *arena, const struct tree *tree,
                           const char *folder)
{
    bool maildir = mailbox_is_maildir(tree, folder);

    mailbox->messages = arena_alloc(arena, (tree->count + 1) * sizeof *mailbox->messages);
    for (size_t i = 0; i < tree->count; i++)
        if (mailbox_has(&tree->entries[i], folder, maildir))
            mailbox->messages[mailbox->count++] = tree->entries[i].text;
}

/* How long the first message is: to the next `From ` behind an empty line. */
static size_t first_length(struct span text)
{
    static const char border[] = "\n\nFrom ";
    const char *next = span_find(text, span_of(border));

    return next ? (size_t)(next - text.p) + 2 : text.n;
}

static void read_mbox(struct mailbox *mailbox, struct arena *arena, struct span text)
{
    size_t count = 0;

    for (struct span rest = text; rest.n; rest = span_from(rest, first_length(rest)))
        count++;
    mailbox->messages = arena_alloc(arena, (count + 1) * sizeof *mailbox->messages);
    for (; text.n; text = span_from(text, first_length(text)))
        mailbox->messages[mailbox->count++] = span_make(text.p, first_length(text));
}

void mailbox_read(struct mailbox *mailbox, struct arena *arena, const struct tree *tree, const char *folder)
{
    const struct tree_entry *entry = tree_find(tree, folder);

    *mailbox = (struct mailbox){0};
    if (!entry)
        return;
    if (S_ISDIR(entry->mode))
        read_directory(mailbox, arena, tree, folder);
    else if (S_ISREG(entry->mode))
        read_mbox(mailbox, arena, entry->text);
}
