#include "formail/formail-test.h"

#include <criterion/criterion.h>

#include "base/mem.h"

enum { WORDS_MAX = 16 };

struct command *command_new(const char *words)
{
    struct command *command = mem_alloc(sizeof *command);
    const char **argv;
    char *rest;

    command->arena = arena_new();
    argv = arena_alloc(command->arena, (WORDS_MAX + 2) * sizeof *argv);
    rest = *words ? arena_strdup(command->arena, words) : NULL;
    argv[0] = "formail";
    for (size_t n = 1; rest && n <= WORDS_MAX; n++)
        argv[n] = strsep(&rest, "|");
    command->parsed = formail_parse(&command->formail, argv, command->arena, &command->wrong);
    return command;
}

void command_free(struct command *command)
{
    formail_free(&command->formail);
    arena_free(command->arena);
    free(command);
}

int expect_output(const char *words, const char *mail, const char *output)
{
    struct command *command = command_new(words);
    struct buf out, said;
    int status;

    cr_assert_eq(command->parsed, FORMAIL_PARSED, "%s", words);
    buf_init(&out, BUF_UNLIMITED);
    buf_init(&said, BUF_UNLIMITED);
    status = formail_filter(&command->formail, span_of(mail), &out, &said);
    cr_expect_str_eq(out.p, output, "%s: '%s'", words, out.p);
    cr_expect_eq(said.n, 0, "%s: %s", words, said.p);
    buf_free(&out);
    buf_free(&said);
    command_free(command);
    return status;
}
