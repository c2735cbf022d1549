#include <stdlib.h>

#include "base/mem.h"
#include "pop3/pop3-private.h"

/* A message that another program removed while we looked has no number. */
static int count_one(struct pop3 *p, size_t index, struct err *err)
{
    uint64_t octets;
    struct err why;

    if (view_octets(p->view, index, &octets, &why) == 0) {
        p->messages[p->count++] = index;
        p->account->octets += octets;
        return 0;
    }
    if (why.class == ERR_NOINPUT)
        return 0;
    *err = why;
    return -1;
}

int maildrop_open(struct pop3 *p, const struct pop3_mailbox *mailbox, struct err *err)
{
    size_t all;

    p->view = view_open(mailbox->shape, mailbox->path, mailbox->state, p->say, err);
    if (!p->view)
        return -1;
    all = view_count(p->view);
    p->messages = mem_alloc_array(all + 1, sizeof *p->messages);
    p->marked = mem_alloc(all + 1);
    for (size_t i = 0; i < all; i++)
        if (count_one(p, i, err) < 0)
            return -1;
    p->account->messages = p->count;
    return 0;
}

void maildrop_close(struct pop3 *p)
{
    view_close(p->view);
    free(p->messages);
    free(p->marked);
}

void maildrop_get(struct pop3 *p, size_t number, struct pop3_message *message)
{
    *message = (struct pop3_message){.number = number, .index = p->messages[number - 1]};
    view_octets(p->view, message->index, &message->octets, NULL); /* known since the beginning */
}

bool maildrop_is_marked(const struct pop3 *p, const struct pop3_message *message)
{
    return p->marked[message->index];
}

void maildrop_mark(struct pop3 *p, const struct pop3_message *message)
{
    p->marked[message->index] = 1;
    p->marked_count++;
    p->marked_octets += message->octets;
}

void maildrop_unmark_all(struct pop3 *p)
{
    for (size_t i = 0; i < p->count; i++)
        p->marked[p->messages[i]] = 0;
    p->marked_count = 0;
    p->marked_octets = 0;
}

size_t maildrop_count(const struct pop3 *p)
{
    return p->count - p->marked_count;
}

uint64_t maildrop_octets(const struct pop3 *p)
{
    return p->account->octets - p->marked_octets;
}
