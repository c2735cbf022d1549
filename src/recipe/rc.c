#include "recipe/rc.h"

#include "base/err.h"
#include "grammar/recipe.h"
#include "recipe/rc-private.h"

static struct rc_item *item_new(struct rc_reader *reader, enum rc_kind kind, struct rc_place place)
{
    struct rc_item *item = arena_alloc(reader->arena, sizeof *item);

    item->kind = kind;
    item->place = place;
    return item;
}

struct rc_items rc_append(struct rc_items items, struct rc_item *item)
{
    if (items.last)
        items.last->next = item;
    else
        items.first = item;
    items.last = item;
    return items;
}

struct rc_conditions rc_condition_append(struct rc_reader *reader, struct rc_conditions conditions,
                                         struct rc_text text)
{
    struct rc_condition *condition = arena_alloc(reader->arena, sizeof *condition);

    condition->text = text.text;
    condition->place = text.place;
    if (conditions.last)
        conditions.last->next = condition;
    else
        conditions.first = condition;
    conditions.last = condition;
    return conditions;
}

struct rc_item *rc_assignment(struct rc_reader *reader, struct rc_text name, struct rc_text value)
{
    struct rc_item *item = item_new(reader, RC_ASSIGN, name.place);

    item->name = name.text;
    item->value = value.text;
    return item;
}

struct rc_item *rc_simple(struct rc_reader *reader, enum rc_kind kind, struct rc_text text)
{
    struct rc_item *item = item_new(reader, kind, text.place);

    item->name = text.text;
    item->value = text.text;
    return item;
}

struct rc_item *rc_action(struct rc_reader *reader, enum rc_action action, struct rc_text text)
{
    struct rc_item *item = item_new(reader, RC_RECIPE, text.place);

    item->action = action;
    item->action_place = text.place;
    item->action_text = text.text;
    return item;
}

struct rc_item *rc_folder(struct rc_reader *reader, struct rc_text prefix, struct rc_text rest)
{
    struct rc_item *item = rc_action(reader, RC_FOLDER, rest);

    item->action_place = prefix.place;
    item->action_prefix = prefix.text;
    return item;
}

struct rc_item *rc_block(struct rc_reader *reader, struct rc_text open, struct rc_items items,
                         struct rc_text close)
{
    struct rc_item *item = rc_action(reader, RC_BLOCK, open);

    item->block = items.first;
    item->end_place = close.place;
    item->unclosed = close.text.n == 0;
    for (struct rc_item *inner = items.first; inner; inner = inner->next)
        inner->parent = item;
    return item;
}

struct rc_item *rc_recipe(struct rc_item *recipe, struct rc_text head, struct rc_conditions conditions)
{
    recipe->place = head.place;
    recipe->head = head.text;
    recipe->conditions = conditions.first;
    return recipe;
}

struct rc_item *rc_capture(struct rc_item *recipe, struct rc_text name)
{
    recipe->name = name.text;
    return recipe;
}

struct rc *rc_parse(const char *name, struct span text)
{
    struct arena *arena = arena_new();
    struct rc *rc = arena_alloc(arena, sizeof *rc);
    struct rc_reader reader = {.arena = arena, .place = {1, 1}};

    reader.text = arena_span(arena, text);
    if (recipe_yyparse(&reader) == 2)
        err_out_of_memory();
    rc->arena = arena;
    rc->name = arena_strdup(arena, name);
    rc->text = reader.text;
    rc->items = reader.items;
    rc->has_tail = reader.has_tail;
    return rc;
}

void rc_free(struct rc *rc)
{
    if (rc)
        arena_free(rc->arena);
}

void rc_line_text(struct span raw, struct buf *to)
{
    for (size_t i = 0; i < raw.n; i++) {
        bool alone = raw.p[i] == '\\' && (i == 0 || raw.p[i - 1] == '\n') && i + 1 < raw.n &&
                     raw.p[i + 1] == '\n';

        if (!alone)
            buf_add_byte(to, raw.p[i]);
    }
}
