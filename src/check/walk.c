/* The walk over the tree: each node is shown to the rules for its kind, in the order of the file,
 * and what it teaches is kept for those that follow. */
#include "check/check-private.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/mem.h"
#include "recipe/word.h"

static const struct rules *const all_rules[] = {
    &check_file_rules,      &check_flag_rules,     &check_lock_rules,
    &check_condition_rules, &check_pattern_rules,  &check_action_rules,
    &check_program_rules,   &check_variable_rules, &check_flow_rules,
};

static const char *const severity_names[] = {"error", "warning", "note"};

static const struct rule *rule_at(size_t i)
{
    for (size_t t = 0; t < sizeof all_rules / sizeof *all_rules; t++) {
        if (i < all_rules[t]->n)
            return all_rules[t]->at + i;
        i -= all_rules[t]->n;
    }
    return NULL;
}

size_t check_rule_count(void)
{
    size_t n = 0;

    for (size_t t = 0; t < sizeof all_rules / sizeof *all_rules; t++)
        n += all_rules[t]->n;
    return n;
}

const struct check_rule *check_rule_at(size_t i)
{
    return &rule_at(i)->said;
}

const struct check_rule *check_rule_find(const char *id, size_t *index)
{
    const struct rule *rule;

    for (size_t i = 0; (rule = rule_at(i)); i++)
        if (!strcmp(rule->said.id, id)) {
            *index = i;
            return &rule->said;
        }
    return NULL;
}

const char *check_severity_name(enum check_severity severity)
{
    return severity_names[severity];
}

/* ---- findings */

static bool is_told(const struct check *c, size_t offset)
{
    for (size_t i = c->count; i > 0 && i + 4 > c->count; i--)
        if (c->findings[i - 1]->rule == &c->rule->said && c->findings[i - 1]->offset == offset)
            return true;
    return false;
}

struct check_finding *found(struct check *c, struct span where, const char *format, ...)
{
    struct check_finding *finding = arena_alloc(c->arena, sizeof *finding);
    va_list arguments;
    char *said;

    va_start(arguments, format);
    if (vasprintf(&said, format, arguments) < 0)
        said = NULL;
    va_end(arguments);
    finding->rule = &c->rule->said;
    finding->offset = (size_t)(where.p - c->text.p);
    finding->length = where.n;
    finding->text = said ? arena_strdup(c->arena, said) : "";
    free(said);
    if (is_told(c, finding->offset))
        return finding;
    if (c->count == c->room) {
        c->room = c->room ? 2 * c->room : 64;
        c->findings = mem_realloc(c->findings, c->room * sizeof *c->findings);
    }
    c->findings[c->count++] = finding;
    return finding;
}

/* With quotes, variables or what is not understood in it, nobody can tell what a change would do. */
static bool head_is_plain(const struct check *c)
{
    struct span flags = head_flags_text(c->item);

    for (size_t i = 0; i < flags.n; i++)
        if (!strchr("0123456789 \tHBDAahbfcwWiEer", flags.p[i]) || !flags.p[i])
            return false;
    return !c->head.skipped.n;
}

void mend(struct check *c, struct check_finding *finding, const char *at, size_t removed,
          const char *inserted)
{
    struct check_edit *edit = arena_alloc(c->arena, sizeof *edit), **end = &finding->edits;

    if (c->node == NODE_RECIPE && !head_is_plain(c))
        return;
    edit->offset = (size_t)(at - c->text.p);
    edit->removed = removed;
    edit->inserted = arena_strdup(c->arena, inserted);
    if (finding->last_edit && finding->last_edit->offset <= edit->offset)
        end = &finding->last_edit->next;
    while (*end && (*end)->offset <= edit->offset)
        end = &(*end)->next;
    edit->next = *end;
    *end = edit;
    if (!edit->next)
        finding->last_edit = edit;
}

static int compare(const void *a, const void *b)
{
    const struct check_finding *x = *(struct check_finding *const *)a, *y = *(struct check_finding *const *)b;

    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return strcmp(x->rule->id, y->rule->id);
}

/* Lines and columns of what is sorted, in one pass. */
static void place(struct check *c)
{
    unsigned line = 1;
    size_t at = 0, line_begin = 0;

    if (!c->count)
        return;
    qsort(c->findings, c->count, sizeof *c->findings, compare);
    for (size_t i = 0; i < c->count; i++) {
        for (; at < c->findings[i]->offset; at++)
            if (c->text.p[at] == '\n') {
                line++;
                line_begin = at + 1;
            }
        c->findings[i]->line = line;
        c->findings[i]->column = (unsigned)(at - line_begin + 1);
    }
}

/* ---- what is known before the walk */

static void mark_used(struct check *c)
{
    for (size_t i = 0; i < c->text.n; i++) {
        struct span name = span_from(c->text, i);
        bool dollar =
            i > 0 && (c->text.p[i - 1] == '$' || c->text.p[i - 1] == '{' || c->text.p[i - 1] == '\\');

        if (!word_is_name_start(*name.p) || (!dollar && i > 0 && word_is_name_char(c->text.p[i - 1])))
            continue;
        for (name.n = 0; i + name.n < c->text.n && word_is_name_char(name.p[name.n]); name.n++)
            ;
        if (dollar || span_starts(span_skip_blanks(span_from(c->text, i + name.n)), "??"))
            names_get(&c->variables, name)->used = true;
        i += name.n - 1;
    }
}

static struct span whole_action(const struct rc_item *recipe)
{
    const char *p = recipe->action_prefix.n ? recipe->action_prefix.p : recipe->action_text.p;
    struct span s = {p, recipe->action_prefix.n + recipe->action_text.n};

    while (s.n && strchr("\n \t", s.p[s.n - 1]))
        s.n--;
    return s;
}

static void survey_item(struct check *c, const struct rc_item *item)
{
    struct head head;
    struct word_text *folder;

    if (item->kind == RC_ASSIGN || (item->kind == RC_RECIPE && item->name.n)) {
        struct name *name = names_get(&c->variables, item->name);

        name->assigned = name->assigned ? name->assigned : item;
        name->assignments++;
        c->includes =
            c->includes || span_eq_text(item->name, "INCLUDERC") || span_eq_text(item->name, "SWITCHRC");
    }
    if (item->kind != RC_RECIPE || item->action != RC_FOLDER)
        return;
    head_read(c, item, &head);
    folder = words_read(c->arena, whole_action(item));
    if (folder) {
        struct name *name = names_get(&c->folder_names, folder->text);

        name->locked = name->locked || head.locks;
        name->written = true;
    }
    buf_free(&head.skipped);
}

static const struct rc_item *next_item(const struct rc_item *item)
{
    if (item->kind == RC_RECIPE && item->block)
        return item->block;
    while (item && !item->next)
        item = item->parent;
    return item ? item->next : NULL;
}

/* ---- nodes */

static void show(struct check *c, enum node node)
{
    c->node = node;
    for (size_t t = 0, i = 0; t < sizeof all_rules / sizeof *all_rules; t++)
        for (size_t k = 0; k < all_rules[t]->n; k++, i++) {
            c->rule = all_rules[t]->at + k;
            if (c->rule->nodes & node && (!c->options->enabled || c->options->enabled[i]))
                c->rule->look(c);
        }
}

void head_read(struct check *c, const struct rc_item *recipe, struct head *head)
{
    struct buf words;

    buf_init(&words, BUF_UNLIMITED);
    for (const struct word_text *word = words_read(c->arena, recipe->head); word; word = word->next) {
        buf_add_span(&words, word->text);
        buf_add_byte(&words, '\0');
    }
    head_parse(head, arena_span(c->arena, buf_span(&words)));
    buf_free(&words);
}

static struct span in_file(struct span raw, struct span copy, struct span part)
{
    return part.n || part.p ? span_make(raw.p + (part.p - copy.p), part.n) : span_make(raw.p, 0);
}

/* A `$` condition is read on behind its sign: most often that is what will come of it. */
static void read_condition(struct check *c, struct span raw)
{
    struct span copy = arena_span(c->arena, raw);

    c->condition_raw = raw;
    condition_init(&c->condition);
    condition_read(&c->condition, copy);
    c->is_expanded = c->condition.kind == CONDITION_EXPAND;
    for (int i = 0; i < 3 && c->condition.kind == CONDITION_EXPAND; i++)
        condition_read(&c->condition, span_skip_blanks(c->condition.text));
    c->condition_text = in_file(raw, copy, c->condition.text);
    c->condition_variable = in_file(raw, copy, c->condition.variable);
    c->pieces = (struct pieces){NULL, 0, false};
    if (c->condition.kind == CONDITION_REGEX)
        c->pieces = pieces_read(c->arena, c->condition_text);
}

/* What MATCH can be from here on. */
static void learn_match(struct check *c)
{
    bool slash = false, dot = false, split = false;

    for (size_t i = 0; i < c->pieces.n; i++) {
        if (c->pieces.at[i].kind == PIECE_SPLIT && !(i == 0 && c->pieces.lost_backslash)) {
            split = true;
            slash = dot = false;
        }
        slash = slash || piece_can_be(c->pieces.at + i, '/');
        dot = dot || piece_can_be(c->pieces.at + i, '.');
    }
    if (!split)
        return;
    c->match_is_set = true;
    c->match_is_free = slash && dot;
}

static void visit_condition(struct check *c, const struct rc_condition *condition)
{
    read_condition(c, condition_trim(condition->text));
    show(c, NODE_CONDITION);
    if (c->condition.kind == CONDITION_REGEX && !c->is_expanded)
        show(c, NODE_PATTERN);
    learn_match(c);
}

bool name_is_tainted(const struct check *c, struct span name)
{
    const struct name *known = names_find(&c->variables, name);

    if (span_eq_text(name, "MATCH"))
        return c->match_is_free;
    return known && known->is_tainted;
}

static bool command_gives_header(const struct check *c, struct span command)
{
    if (span_has_word(command, "tr") || span_has_word(command, "sed"))
        return false;
    if (span_has_word(command, "formail") && (span_has(command, " -x") || span_has(command, " -X") ||
                                              span_has(command, " -z") || span_has(command, "rt")))
        return true;
    for (struct reference *r = references_in_command(c->arena, command); r; r = r->next)
        if (name_is_tainted(c, r->name))
            return true;
    return false;
}

bool reference_is_tainted(const struct check *c, const struct reference *r)
{
    return r->is_command ? command_gives_header(c, r->name) : name_is_tainted(c, r->name);
}

static bool value_is_tainted(const struct check *c, struct span raw)
{
    for (struct reference *r = references_read(c->arena, raw, false); r; r = r->next)
        if (reference_is_tainted(c, r))
            return true;
    return false;
}

static void learn_assignment(struct check *c)
{
    struct name *name = names_get(&c->variables, c->item->name);
    bool is_capture = c->item->kind == RC_RECIPE;

    name->is_tainted = is_capture ? command_gives_header(c, c->command) : value_is_tainted(c, c->item->value);
    name->value = !is_capture && name->assignments == 1 ? value_known(c, c->item->value) : NULL;
    if (name->value && span_eq_text(c->item->name, "LINEBUF") && atol(name->value) > 0)
        c->linebuf = atol(name->value);
}

static void visit_recipe(struct check *c)
{
    head_read(c, c->item, &c->head);
    c->folder = c->command = span_make(c->item->action_text.p, 0);
    c->folders = NULL;
    if (c->item->action == RC_FOLDER) {
        c->folder = whole_action(c->item);
        c->folders = words_read(c->arena, c->folder);
    } else if (c->item->action == RC_PIPE) {
        c->command = c->item->action_text;
    }
    for (const struct rc_condition *condition = c->item->conditions; condition; condition = condition->next)
        visit_condition(c, condition);
    show(c, NODE_RECIPE);
    if (c->item->name.n)
        learn_assignment(c);
    if (c->item->action == RC_FOLDER && c->folders && c->folders->text.n &&
        !strchr("/$`", *c->folders->text.p))
        c->relative_folder = true;
    buf_free(&c->head.skipped);
}

static void visit(struct check *c)
{
    switch (c->item->kind) {
    case RC_RECIPE:
        visit_recipe(c);
        break;
    case RC_ASSIGN:
        show(c, NODE_ASSIGN);
        learn_assignment(c);
        break;
    case RC_UNSET:
        show(c, NODE_UNSET);
        break;
    default:
        show(c, NODE_FAULT);
        break;
    }
}

/* As next_item(), and what stood before. */
static void go_on(struct check *c)
{
    const struct rc_item *item = c->item;

    if (item->kind == RC_RECIPE && item->block) {
        c->previous = c->recipe_before = NULL;
        c->item = item->block;
        return;
    }
    while (item && !item->next) {
        item = item->parent;
        c->recipe_before = item;
    }
    c->previous = item;
    if (item && item->kind == RC_RECIPE)
        c->recipe_before = item;
    c->item = item ? item->next : NULL;
}

static void walk(struct check *c)
{
    size_t expected = c->text.n / 16;

    names_init(&c->variables, c->arena, expected);
    names_init(&c->folder_names, c->arena, expected);
    mark_used(c);
    for (const struct rc_item *item = c->rc->items; item; item = next_item(item))
        survey_item(c, item);
    show(c, NODE_FILE);
    for (c->item = c->rc->items; c->item; go_on(c))
        visit(c);
    show(c, NODE_END);
}

struct check_result *check_run(const char *name, struct span text, const struct check_options *options)
{
    struct arena *arena = arena_new();
    struct check_result *result = arena_alloc(arena, sizeof *result);
    struct rc *rc = rc_parse(name, text);
    struct check c = {.arena = arena, .options = options, .rc = rc, .text = rc->text, .linebuf = 2048};

    walk(&c);
    place(&c);
    result->arena = arena;
    result->name = arena_strdup(arena, name);
    result->text = arena_span(arena, rc->text);
    result->findings = c.findings;
    result->count = c.count;
    rc_free(rc);
    return result;
}

void check_free(struct check_result *result)
{
    if (!result)
        return;
    free(result->findings);
    arena_free(result->arena);
}

bool check_is_clean(const struct check_result *result)
{
    for (size_t i = 0; i < result->count; i++)
        if (result->findings[i]->rule->severity != CHECK_NOTE)
            return false;
    return true;
}
