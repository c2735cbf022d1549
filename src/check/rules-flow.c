/* Rules for what can be reached. */
#include "check/check-private.h"

static bool is_switch(const struct rc_item *item)
{
    return item && item->kind == RC_ASSIGN &&
           (span_eq_text(item->name, "INCLUDERC") || span_eq_text(item->name, "SWITCHRC"));
}

/* The recipe before, and what its line says. */
static bool read_before(struct check *c, struct head *head)
{
    if (!c->recipe_before)
        return false;
    head_read(c, c->recipe_before, head);
    buf_free(&head->skipped);
    return true;
}

static bool always_delivers(const struct rc_item *recipe, const struct head *head)
{
    return !recipe->conditions && !recipe_is_chained(head) && recipe_delivers(recipe, head) &&
           recipe->action != RC_PIPE && !(head->flags & (HEAD_w | HEAD_W));
}

static void look_unreachable(struct check *c)
{
    struct head before;

    if (!read_before(c, &before) || !always_delivers(c->recipe_before, &before) || c->head.flags & HEAD_e)
        return;
    found(c, span_make(c->item->head.p - 1, 1), "all mail is delivered before this");
}

static void look_chain_begin(struct check *c)
{
    if (c->recipe_before || c->includes || !(c->head.flags & (HEAD_A | HEAD_a | HEAD_e)))
        return;
    if (c->item->parent && !c->item->parent->conditions)
        return;
    found(c, head_flags_text(c->item), "no recipe is before this for its flags to refer to");
}

static void look_chain_delivered(struct check *c)
{
    struct head before;
    char flag = c->head.flags & HEAD_A ? 'A' : 'a';

    if (!(c->head.flags & (HEAD_A | HEAD_a)) || !read_before(c, &before) || recipe_is_chained(&before) ||
        !recipe_delivers(c->recipe_before, &before))
        return;
    found(c, head_flags_text(c->item), "'%c' asks for a recipe before that matched, but that delivers", flag);
}

static void look_else_always(struct check *c)
{
    struct head before;

    if (!(c->head.flags & HEAD_E) || !read_before(c, &before) || c->recipe_before->conditions ||
        recipe_is_chained(&before))
        return;
    found(c, head_flags_text(c->item),
          "'E' is for when the recipe before did not match, and that always does");
}

static void look_behind_end(struct check *c)
{
    const struct rc_item *before = c->previous;

    if (before && before->kind == RC_UNSET && span_eq_text(before->name, "HOST") && !is_switch(before))
        found(c, span_make(c->item->head.p - 1, 1), "the file ended where HOST was unset");
}

static const struct rule rules[] = {
    {{"unreachable", CHECK_WARNING, false, "a recipe behind one that takes all",
      "A recipe without conditions that delivers ends the matter, so this is reached only when that fails.",
      "Put it before, or add `c` to the one above it."},
     NODE_RECIPE,
     look_unreachable},
    {{"chain-without-recipe", CHECK_WARNING, false, "`A`, `a` or `e` without a recipe before",
      "They ask what the recipe before did; where there is none, this one is never carried out.",
      "Remove the flag."},
     NODE_RECIPE,
     look_chain_begin},
    {{"chain-after-delivery", CHECK_WARNING, false, "`A` or `a` behind a recipe that delivers",
      "Where the recipe before matches, it delivers, and this one is never reached.",
      "Add `c` to the recipe before."},
     NODE_RECIPE,
     look_chain_delivered},
    {{"else-never", CHECK_WARNING, false, "`E` behind a recipe without conditions",
      "It is never carried out.", "Give the recipe before a condition, or remove `E`."},
     NODE_RECIPE,
     look_else_always},
    {{"behind-host", CHECK_WARNING, false, "a recipe behind HOST", "`HOST` alone ends the file.",
      "Remove it, or the recipe."},
     NODE_RECIPE,
     look_behind_end},
};

const struct rules check_flow_rules = RULES(rules);
