#include "pattern/account.h"

#include "pattern/places.h"
#include "pattern/trail.h"

enum {
    CHANCE = 3,     /* fewer letters than that may agree by chance */
    WIDE_SET = 200, /* bytes: whatever repeats such a set goes anywhere in the line */
};

/* ---- what was wanted */

static bool is_plain(const struct node *node)
{
    return node->kind == NODE_BYTE && node->byte != '\n';
}

static bool is_newline(const struct node *node)
{
    return node->kind == NODE_BYTE && node->byte == '\n';
}

static size_t text_end(const struct places *places, uint32_t leaf)
{
    struct place place = places_leaf(places, leaf);

    return (size_t)place.at + place.n;
}

static bool follows(const struct tree *tree, const struct places *places, uint32_t left, uint32_t node)
{
    return left != NONE && node != NONE && is_plain(&tree->nodes[left]) && is_plain(&tree->nodes[node]) &&
           text_end(places, left) == places_leaf(places, node).at;
}

/* A run of plain characters around a leaf, or the leaf alone. */
struct run {
    uint32_t first;
    uint32_t agreed; /* characters before the leaf */
    uint32_t count;
    size_t end; /* offset in the expression */
};

static struct run run_around(const struct tree *tree, const struct places *places, uint32_t leaf)
{
    const struct node *nodes = tree->nodes;
    struct run run = {.first = leaf};
    uint32_t parent = nodes[leaf].parent, last = leaf, left = NONE;

    if (parent != NONE && nodes[parent].kind == NODE_SEQUENCE)
        for (uint32_t at = nodes[parent].first; left != leaf; left = at, at = nodes[at].next) {
            bool goes_on = follows(tree, places, left, at);

            run.first = goes_on ? run.first : at;
            run.agreed = goes_on ? run.agreed + 1 : 0;
        }
    for (; follows(tree, places, last, nodes[last].next); last = nodes[last].next)
        run.count++;
    run.count += run.agreed + 1;
    run.end = text_end(places, last);
    return run;
}

/* The outermost node that begins with this one; *choice: the outermost alternation on the way, or NONE. */
static uint32_t outermost(const struct tree *tree, uint32_t node, uint32_t *choice)
{
    *choice = NONE;
    for (uint32_t parent; (parent = tree->nodes[node].parent) != NONE; node = parent) {
        if (tree->nodes[parent].kind == NODE_CHOICE)
            *choice = parent;
        else if (tree->nodes[parent].first != node)
            break;
    }
    return node;
}

/* The node before it in its sequence, `\/` aside, or NONE. */
static uint32_t before(const struct tree *tree, uint32_t node)
{
    uint32_t parent = tree->nodes[node].parent, left = NONE;

    if (parent == NONE)
        return NONE;
    for (uint32_t at = tree->nodes[parent].first; at != node; at = tree->nodes[at].next)
        if (tree->nodes[at].kind != NODE_SPLIT)
            left = at;
    return left;
}

static bool is_wide(const struct tree *tree, const struct node *leaf)
{
    unsigned bytes = 0;

    if (leaf->kind != NODE_SET)
        return false;
    for (unsigned c = 0; c < 256; c++)
        bytes += byteset_has(&tree->sets[leaf->set], (unsigned char)c);
    return bytes >= WIDE_SET;
}

/* `.*`, or something that begins with it. */
static bool goes_anywhere(const struct tree *tree, uint32_t at)
{
    bool repeats = false;

    for (; tree->nodes[at].first != NONE; at = tree->nodes[at].first)
        repeats = tree->nodes[at].kind == NODE_STAR || tree->nodes[at].kind == NODE_PLUS;
    return repeats && is_wide(tree, &tree->nodes[at]);
}

/* `\<` or `\>` */
static bool is_edge_of_word(const struct tree *tree, uint32_t leaf)
{
    const struct node *node = &tree->nodes[leaf];

    return node->kind == NODE_SET && byteset_has(&tree->sets[node->set], '\n') &&
           !byteset_has(&tree->sets[node->set], 'a');
}

/* A word begins before its first letter. */
static void include_edge(const struct tree *tree, struct run *run)
{
    uint32_t choice, left = before(tree, outermost(tree, run->first, &choice));

    if (left == NONE || choice != NONE || !is_edge_of_word(tree, left))
        return;
    run->first = left;
    run->agreed++;
    run->count++;
}

static enum pattern_place place_of(const struct tree *tree, uint32_t node, size_t taken)
{
    uint32_t choice, left = before(tree, outermost(tree, node, &choice));

    if (left == NONE || taken == 0)
        return taken ? PATTERN_HERE : PATTERN_ANYWHERE;
    if (taken == 1 && is_newline(&tree->nodes[left]))
        return PATTERN_LINE_START;
    if (taken == 1 && tree->nodes[left].kind == NODE_EDGE)
        return PATTERN_TEXT_START;
    return goes_anywhere(tree, left) ? PATTERN_ANYWHERE : PATTERN_HERE;
}

static bool is_chance(const struct run *run, enum pattern_place place)
{
    return run->agreed < CHANCE || (place == PATTERN_ANYWHERE && 3 * run->agreed <= 2 * run->count);
}

/* The `:` of an expression that begins with `^Name:`, or NONE. */
static uint32_t name_end(const struct tree *tree)
{
    const struct node *root = &tree->nodes[tree->root];
    uint32_t at = root->kind == NODE_SEQUENCE ? root->first : NONE;

    if (at == NONE || !is_newline(&tree->nodes[at]))
        return NONE;
    while ((at = tree->nodes[at].next) != NONE && is_plain(&tree->nodes[at]) && tree->nodes[at].byte > ' ')
        if (tree->nodes[at].byte == ':')
            return at;
    return NONE;
}

/* ---- telling it */

/* To where the run began, if what agreed of it is not worth telling; behind `.*` that is where `.*` began. */
static enum pattern_place step_back(struct trail *t, struct run *run)
{
    size_t from;
    enum pattern_place place;

    include_edge(t->tree, run);
    from = t->miss_end - run->agreed;
    place = place_of(t->tree, run->first, from - t->miss_begin);
    if (!is_chance(run, place))
        return PATTERN_HERE;
    if (place == PATTERN_ANYWHERE)
        from = trail_arrival(t, run->first, t->miss_begin, from);
    t->missed = run->first;
    t->miss_end = from;
    return place;
}

static void tell_wanted(const struct trail *t, const struct places *places, const struct run *run,
                        struct pattern_account *account)
{
    struct place place = places_leaf(places, t->missed);
    uint32_t choice;

    outermost(t->tree, t->missed, &choice);
    account->wanted_plain = choice == NONE && is_plain(&t->tree->nodes[t->missed]);
    account->wanted_at = place.at;
    account->wanted_length = run->end - place.at;
    if (choice == NONE)
        return;
    place = places_choice(places, choice);
    account->wanted_at = place.at;
    account->wanted_length = place.n;
}

static size_t line_end(struct span subject, size_t at)
{
    while (at < subject.n && subject.p[at] != '\n')
        at++;
    return at;
}

static void tell_miss(struct trail *t, const struct places *places, struct span text,
                      struct pattern_account *account)
{
    uint32_t name = name_end(t->tree);
    struct run run = run_around(t->tree, places, t->missed);

    if (name != NONE) {
        account->name_length = text_end(places, name);
        account->lacks_field = !account->is_cut && t->rank[t->missed] <= t->rank[name];
    }
    account->place = step_back(t, &run);
    tell_wanted(t, places, &run, account);
    account->got = text_between(text, t->miss_begin, t->miss_end);
    account->instead = text_between(text, t->miss_end, line_end(t->subject, t->miss_end));
    account->at_end = t->miss_end >= t->subject.n - 1;
}

static void tell_match(const struct trail *t, const struct pattern *pattern, struct span text,
                       struct pattern_account *account)
{
    size_t end;

    if (!account->is_cut)
        account->where = text_between(text, t->begin, t->end);
    else if (pattern_next(pattern, text, 0, &end, NULL))
        account->where = span_make(text.p + (end < text.n ? end : text.n), 0);
}

void pattern_account(const struct pattern *pattern, struct span text, struct pattern_account *account)
{
    struct trail t;

    *account = (struct pattern_account){.matched = pattern_matches(pattern, text)};
    if (account->matched && pattern_extracts(pattern))
        pattern_extract(pattern, text, &account->match);
    trail_init(&t, pattern_tree(pattern), subject_of(text), pattern_rest(pattern));
    trail_follow(&t);
    account->is_cut = trail_is_tired(&t);
    if (account->matched)
        tell_match(&t, pattern, text, account);
    else if (t.missed != NONE)
        tell_miss(&t, pattern_places(pattern), text, account);
    trail_free(&t);
}

struct span pattern_account_shown(struct span part)
{
    if (part.n && part.p[0] == '\n')
        part = span_from(part, 1);
    if (part.n && part.p[part.n - 1] == '\n')
        part.n--;
    return part;
}
