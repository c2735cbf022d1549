#include <criterion/criterion.h>

#include "formail/formail-test.h"

Test(options, letters_come_in_clusters)
{
    struct command *command = command_new("-bcfz|-trkY|-q-");
    const struct formail *f = &command->formail;

    cr_assert_eq(command->parsed, FORMAIL_PARSED);
    cr_expect(f->no_escape && f->concatenate && f->force && f->zap);
    cr_expect(f->trust && f->reply && f->keep_body && f->berkeley && f->loud);
    cr_expect(!f->split && !f->log && !f->cache && f->total == -1);
    cr_expect_str_eq(f->prefix, ">");
    command_free(command);
}

Test(options, numbers_stand_where_they_like)
{
    struct command *command = command_new("+3|-5d|-m|4e|-n7s");
    const struct formail *f = &command->formail;

    cr_assert_eq(command->parsed, FORMAIL_PARSED);
    cr_expect_eq(f->skip, 3);
    cr_expect_eq(f->total, 5);
    cr_expect_eq(f->min_fields, 4);
    cr_expect_eq(f->processes, 7);
    cr_expect(f->parallel && f->digest && f->every && f->split);
    cr_expect_null(f->program[0]);
    command_free(command);
}

Test(options, what_is_behind_s_is_the_program)
{
    struct command *command = command_new("-s|sed|-s|x");

    cr_assert_eq(command->parsed, FORMAIL_PARSED);
    cr_expect_str_eq(command->formail.program[0], "sed");
    cr_expect_str_eq(command->formail.program[1], "-s");
    cr_expect_null(command->formail.program[3]);
    command_free(command);
}

Test(options, values_are_in_the_same_word_or_the_next)
{
    struct command *command = command_new("-D8192cache|-lfolder|-p|: ");

    cr_assert_eq(command->parsed, FORMAIL_PARSED);
    cr_expect_eq(command->formail.cache_size, 8192);
    cr_expect_str_eq(command->formail.cache, "cache");
    cr_expect_str_eq(command->formail.log, "folder");
    cr_expect_str_eq(command->formail.prefix, ": ");
    command_free(command);
}

Test(options, renaming_keeps_both_names)
{
    struct command *command = command_new("-R|Old: New:|-R|X-|Y-|-R|X-|");
    const struct field_list *list = &command->formail.lists[FORMAIL_RENAME];

    cr_assert_eq(command->parsed, FORMAIL_PARSED);
    cr_assert_eq(list->n, 3);
    cr_expect(span_eq_text(field_span(&list->fields[0]), "Old:New:"));
    cr_expect_eq(list->fields[0].name, 4);
    cr_expect(span_eq_text(field_span(&list->fields[1]), "X-Y-"));
    cr_expect(span_eq_text(field_span(&list->fields[2]), "X-"));
    cr_expect_eq(list->fields[2].name, 2);
    command_free(command);
}

static const struct {
    const char *words, *wrong;
} refused[] = {
    {"x", NULL},           {"-Z", NULL},           {"+", NULL},      {"+x", NULL},
    {"-sx", NULL},         {"-A", NULL},           {"-D|5", NULL},   {"-D|x|y", NULL},
    {"-m|x", NULL},        {"-k", NULL},           {"+1", NULL},     {"-1", NULL},
    {"-e", NULL},          {"-d", NULL},           {"-m1", NULL},    {"-n2", NULL},
    {"-n|-s", NULL},       {"-l|f|-x|A:", NULL},   {"-A|X", "X"},    {"-a|X", "X"},
    {"-I|a b", "a b"},     {"-x|:", ":"},          {"-R|A:|B", "B"}, {"-R|A:", ""},
    {"-R|A:|", ""},        {"-R|A:|b c:", "b c:"}, {"-R|A: b", "b"}, {"-a|Resent-", "Resent-"},
    {"-i|a\001", "a\001"}, {"-R|A: :", ":"},
};

Test(options, nonsense_is_refused)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct command *command = command_new(refused[i].words);

        cr_expect_eq(command->parsed, FORMAIL_USAGE, "%s", refused[i].words);
        if (refused[i].wrong)
            cr_expect_str_eq(command->wrong, refused[i].wrong, "%s", refused[i].words);
        else
            cr_expect_null(command->wrong, "%s", refused[i].words);
        command_free(command);
    }
}

Test(options, help_and_version)
{
    static const char *const words[] = {"-h", "-b?", "-v"};

    for (size_t i = 0; i < 3; i++) {
        struct command *command = command_new(words[i]);

        cr_expect_eq(command->parsed, i < 2 ? FORMAIL_HELP : FORMAIL_VERSION);
        command_free(command);
    }
}
