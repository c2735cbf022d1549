#include "recipe/rc.h"

static const char *const action_names[] = {
    [RC_FOLDER] = "folder", [RC_PIPE] = "pipe",       [RC_FORWARD] = "forward",
    [RC_BLOCK] = "block",   [RC_MISSING] = "missing", [RC_INCOMPLETE] = "incomplete",
};

static void print_quoted(struct buf *to, struct span s)
{
    buf_add_byte(to, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\n')
            buf_add_text(to, "\\n");
        else
            buf_add_byte(to, s.p[i]);
    }
    buf_add_byte(to, '\'');
}

static void print_begin(struct buf *to, unsigned depth, struct rc_place place)
{
    buf_printf(to, "%u:%u%*s ", place.line, place.column, (int)(2 * depth), "");
}

static void print_recipe(const struct rc_item *item, unsigned depth, struct buf *to)
{
    buf_add_text(to, "recipe ");
    print_quoted(to, item->head);
    buf_add_byte(to, '\n');
    for (const struct rc_condition *c = item->conditions; c; c = c->next) {
        print_begin(to, depth + 1, c->place);
        buf_add_text(to, "condition ");
        print_quoted(to, c->text);
        buf_add_byte(to, '\n');
    }
    print_begin(to, depth + 1, item->action_place);
    if (item->name.n) {
        buf_add_span(to, item->name);
        buf_add_text(to, " = ");
    }
    buf_add_text(to, action_names[item->action]);
    if (item->action <= RC_FORWARD) {
        buf_add_byte(to, ' ');
        buf_add_span(to, item->action_prefix);
        print_quoted(to, item->action_text);
    }
    buf_add_byte(to, '\n');
}

static void print_item(const struct rc_item *item, unsigned depth, struct buf *to)
{
    print_begin(to, depth, item->place);
    switch (item->kind) {
    case RC_ASSIGN:
        buf_add_span(to, item->name);
        buf_add_text(to, " = ");
        print_quoted(to, item->value);
        break;
    case RC_UNSET:
        buf_add_text(to, "unset ");
        buf_add_span(to, item->name);
        break;
    case RC_SKIPPED:
        buf_add_text(to, "skipped ");
        print_quoted(to, item->value);
        break;
    case RC_STRAY_BRACE:
        buf_add_text(to, "stray brace");
        break;
    case RC_MISSING_BRACE:
        buf_add_text(to, "missing brace");
        break;
    case RC_RECIPE:
        print_recipe(item, depth, to);
        return;
    }
    buf_add_byte(to, '\n');
}

void rc_print(const struct rc *rc, struct buf *to)
{
    const struct rc_item *item = rc->items;
    unsigned depth = 0;

    while (item) {
        print_item(item, depth, to);
        if (item->kind == RC_RECIPE && item->block) {
            item = item->block;
            depth++;
            continue;
        }
        while (!item->next && item->parent) {
            item = item->parent;
            depth--;
        }
        item = item->next;
    }
}
