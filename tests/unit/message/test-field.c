#include <criterion/criterion.h>

#include "message/field.h"

static const struct {
    const char *text;
    bool whole;
    size_t n;
} names[] = {
    {"Subject: x\n", true, 8},   {"a:", true, 2},        {"From a b\n", true, 5}, {"From \n", true, 5},
    {"Subject \t: x", true, 10}, {"From : x", true, 6},  {"From: x", true, 5},    {"Sub", false, 3},
    {"Sub ", false, 4},          {"", false, 0},         {": x", false, 0},       {" a: x", false, 0},
    {"two words: x", false, 4},  {"a\001b:", false, 1},  {"a\177:", false, 1},    {"\351t\351: x", true, 4},
    {"a\n: x", false, 1},        {"FROM a b", false, 5}, {"From\ta b", false, 5},
};

Test(field, names_end_at_their_colon)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = 99;
        bool whole = field_name(span_of(names[i].text), &n);

        cr_expect_eq(whole, names[i].whole, "%s", names[i].text);
        cr_expect_eq(n, names[i].n, "%s: %zu", names[i].text, n);
    }
}

Test(field, a_name_ends_at_a_nul)
{
    size_t n;

    cr_expect(!field_name(span_make("a\0b: x", 6), &n));
    cr_expect_eq(n, 1);
}

static struct field *one(struct field_list *list, struct arena *arena, const char *text)
{
    *list = (struct field_list){0};
    return field_list_add(list, arena, span_of(text));
}

static void expect_text(const struct field *field, const char *text, size_t name)
{
    cr_expect(span_eq_text(field_span(field), text), "'%.*s' is not '%s'", (int)field->size, field->text,
              text);
    cr_expect_eq(field->name, name, "%s: %zu", text, field->name);
    cr_expect_eq(field->text[field->size], '\0');
}

static const struct {
    const char *text, *tidy;
    size_t name;
} untidy[] = {
    {"Subject \t: x\n", "Subject: x\n", 8}, {"Subject: x\n", "Subject: x\n", 8},
    {"From a b\n", "From a b\n", 5},        {"From : x\n", "From: x\n", 5},
    {"nothing\n", "nothing\n", 7},
};

Test(field, blanks_before_the_colon_go)
{
    struct arena *arena = arena_new();
    struct field_list list;

    for (size_t i = 0; i < sizeof untidy / sizeof *untidy; i++) {
        struct field *field = one(&list, arena, untidy[i].text);

        field_tidy(field);
        expect_text(field, untidy[i].tidy, untidy[i].name);
        field_list_free(&list);
    }
    arena_free(arena);
}

Test(field, a_name_is_replaced_whole_or_in_part)
{
    struct arena *arena = arena_new();
    struct field_list list;
    struct field *field = one(&list, arena, "Subject: x\n");

    field_replace(field, 8, span_of("X-Old-Subject:"), arena);
    expect_text(field, "X-Old-Subject: x\n", 14);
    field_replace(field, 0, span_of("A-"), arena);
    expect_text(field, "A-X-Old-Subject: x\n", 16);
    field_replace(field, 16, SPAN_NULL, arena);
    expect_text(field, " x\n", 0);
    field_list_free(&list);
    arena_free(arena);
}

Test(field, it_is_put_on_one_line)
{
    struct arena *arena = arena_new();
    struct field_list list;
    struct field *field = one(&list, arena, "A: x\n y\n\tz\n");

    field_concatenate(field);
    expect_text(field, "A: x  y \tz\n", 2);
    field_list_free(&list);
    field = one(&list, arena, "From a b\n>From c d\n");
    field_concatenate(field);
    expect_text(field, "From a b\n>From c d\n", 5);
    field_list_free(&list);
    arena_free(arena);
}

Test(field, a_blank_is_put_in)
{
    struct arena *arena = arena_new();
    struct field_list list;
    struct field *field = one(&list, arena, "A:x\n");

    field_insert_blank(field, arena);
    expect_text(field, "A: x\n", 2);
    field_list_free(&list);
    arena_free(arena);
}

Test(field, is_found_by_whole_or_partial_name)
{
    struct arena *arena = arena_new();
    struct field_list list = {0};

    field_list_add(&list, arena, span_of("X-One:\n"));
    field_list_add(&list, arena, span_of("x-\n"));
    field_list_add(&list, arena, span_of("From \n"));
    cr_expect_eq(field_list_find(&list, span_of("x-one:")), &list.fields[0]);
    cr_expect_eq(field_list_find(&list, span_of("X-One-More:")), &list.fields[1]);
    cr_expect_eq(field_list_find(&list, span_of("From ")), &list.fields[2]);
    cr_expect_null(field_list_find(&list, span_of("From:")));
    cr_expect_null(field_list_find(&list, span_of("X")));
    cr_expect(field_is(&list.fields[0], "x-ONE:"));
    cr_expect(!field_is(&list.fields[0], "X-One"));
    cr_expect(!field_is_filled(&list.fields[0]));
    field_list_free(&list);
    arena_free(arena);
}
