/*
 * The rc file as a tree, and what reads its pieces: words, the line that begins a recipe,
 * conditions.  Every node must stand where it says, in the order of the file.
 *
 * Input: an rc file.
 */
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "fuzz/fuzz.h"
#include "recipe/condition.h"
#include "recipe/head.h"
#include "recipe/rc.h"
#include "recipe/word.h"

/* ---- places */

struct reading {
    struct span file;
    struct rc_place reached; /* the walk goes forward only */
    size_t offset;           /* of `reached` */
    size_t items;
};

/* The offset of that place, found by counting from where the one before was. */
static size_t offset_of(struct reading *r, struct rc_place place)
{
    while (r->reached.line < place.line || r->reached.column < place.column) {
        CHECK(r->reached.line <= place.line);
        CHECK(r->offset < r->file.n);
        if (r->file.p[r->offset++] == '\n') {
            r->reached.line++;
            r->reached.column = 1;
        } else {
            r->reached.column++;
        }
    }
    CHECK(r->reached.line == place.line && r->reached.column == place.column);
    return r->offset;
}

static void check_text(struct reading *r, struct rc_place place, struct span text)
{
    size_t offset = offset_of(r, place);

    CHECK(text.n <= r->file.n - offset);
    CHECK(text.n == 0 || memcmp(text.p, r->file.p + offset, text.n) == 0);
}

/* ---- pieces */

static void read_words(struct span text, enum word_mode mode)
{
    struct word_scanner scanner;
    size_t tokens = 0;

    word_scanner_init(&scanner, text, mode);
    while (word_next(&scanner).kind != WORD_END)
        CHECK(++tokens <= 2 * text.n + 2);
    CHECK(scanner.at <= text.n + 1); /* the end is a terminator too */
    word_scanner_free(&scanner);
}

static void check_head(struct span raw)
{
    struct head head;

    head_parse(&head, raw);
    CHECK(head.lockfile.n <= raw.n && head.skipped.n <= raw.n);
    CHECK(head.locks || head.lockfile.n == 0);
    buf_free(&head.skipped);
    head_conditions(raw);
}

static void check_condition(struct span raw)
{
    char *text = fuzz_string(raw); /* with the NUL that is asked for */
    struct span trimmed = condition_trim(span_make(text, raw.n));
    struct condition condition;
    struct buf joined, expression, shown;
    bool any_case;

    condition_init(&condition);
    condition_read(&condition, trimmed);
    CHECK(condition.text.n <= trimmed.n);
    CHECK(condition.text.n == 0 || condition.text.p + condition.text.n == trimmed.p + trimmed.n);
    buf_init(&joined, BUF_UNLIMITED);
    buf_init(&expression, BUF_UNLIMITED);
    buf_init(&shown, BUF_UNLIMITED);
    condition_join(condition.text, &joined);
    CHECK(joined.n <= condition.text.n);
    condition_regex(buf_span(&joined), &expression, &shown, &any_case);
    CHECK(shown.n == expression.n + (joined.n > 0 && joined.p[0] == '\\'));
    buf_free(&joined);
    buf_free(&expression);
    buf_free(&shown);
    free(text);
}

static void check_line_text(struct span raw)
{
    struct buf text;

    buf_init(&text, BUF_UNLIMITED);
    rc_line_text(raw, &text);
    CHECK(text.n <= raw.n);
    buf_free(&text);
}

/* ---- the tree */

static void check_recipe(struct reading *r, const struct rc_item *item)
{
    check_text(r, item->place, item->head);
    check_head(item->head);
    for (const struct rc_condition *c = item->conditions; c; c = c->next) {
        check_text(r, c->place, c->text);
        check_condition(c->text);
    }
    CHECK(item->action != RC_BLOCK ? item->block == NULL : item->action_prefix.n == 0);
    check_text(r, item->action_place, item->action == RC_FOLDER ? item->action_prefix : item->action_text);
    check_line_text(item->action_text);
    for (int mode = WORD_ARGUMENTS; mode <= WORD_TEXT; mode++)
        read_words(item->action_text, mode);
}

static void check_name(struct span name)
{
    CHECK(name.n > 0 && word_is_name_start(*name.p));
    for (size_t i = 0; i < name.n; i++)
        CHECK(word_is_name_char(name.p[i]));
}

static void check_item(struct reading *r, const struct rc_item *item)
{
    r->items++;
    switch (item->kind) {
    case RC_RECIPE:
        check_recipe(r, item);
        if (item->name.n)
            check_name(item->name);
        break;
    case RC_ASSIGN:
        check_text(r, item->place, item->name);
        check_name(item->name);
        CHECK(item->value.p >= item->name.p + item->name.n);
        CHECK(memchr(item->name.p, '=', (size_t)(item->value.p - item->name.p)) != NULL);
        CHECK(word_extent(item->value, WORD_VALUE) == item->value.n || item->value.n == 0);
        break;
    case RC_UNSET:
        check_text(r, item->place, item->name);
        check_name(item->name);
        break;
    default:
        check_text(r, item->place, item->value);
        break;
    }
}

/* Depth first, as the engine walks; parents are followed back. */
static void check_tree(struct reading *r, const struct rc_item *item)
{
    const struct rc_item *parent = NULL;

    while (item) {
        CHECK(item->parent == parent);
        check_item(r, item);
        if (item->kind == RC_RECIPE && item->block) {
            parent = item;
            item = item->block;
            continue;
        }
        while (!item->next && item->parent) {
            item = item->parent;
            parent = item->parent;
            offset_of(r, item->end_place);
        }
        item = item->next;
    }
}

/* Every finding is part of the text, and mending comes to an end at which nothing more is mended. */
static void check_rules(struct span file)
{
    struct check_options options = {.home = "/home/bob"};
    struct check_result *result = check_run("rc", file, &options);
    struct buf mended, again;

    for (size_t i = 0; i < result->count; i++) {
        const struct check_finding *f = result->findings[i];

        CHECK(f->offset <= file.n && f->length <= file.n - f->offset);
        CHECK(f->line >= 1 && f->column >= 1 && f->column <= file.n + 1);
        CHECK(i == 0 || result->findings[i - 1]->offset <= f->offset);
        for (const struct check_edit *edit = f->edits; edit; edit = edit->next)
            CHECK(edit->offset <= file.n && edit->removed <= file.n - edit->offset);
    }
    check_free(result);
    buf_init(&mended, BUF_UNLIMITED);
    buf_init(&again, BUF_UNLIMITED);
    check_mend_all("rc", file, &options, &mended);
    CHECK(check_mend_all("rc", buf_span(&mended), &options, &again) == 0);
    buf_free(&mended);
    buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reading reading = {.file = {(const char *)data, size}, .reached = {1, 1}};
    struct rc *rc = rc_parse("rc", reading.file);
    struct buf shown;

    check_tree(&reading, rc->items);
    CHECK(reading.items <= size + 1);
    buf_init(&shown, BUF_UNLIMITED);
    rc_print(rc, &shown);
    CHECK(shown.n == 0 || shown.p[shown.n - 1] == '\n');
    buf_free(&shown);
    for (int mode = WORD_ARGUMENTS; mode <= WORD_TEXT; mode++) {
        CHECK(word_extent(reading.file, mode) <= size + 1);
        read_words(reading.file, mode);
    }
    rc_free(rc);
    check_rules(reading.file);
    return 0;
}
