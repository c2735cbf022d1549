#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine/run-private.h"

static size_t word_count(struct span words)
{
    size_t n = 0;

    for (size_t i = 0; i < words.n; i++)
        n += words.p[i] == '\0';
    return n;
}

/* "$@" replaces the word at whose end it stands; without arguments that word stays. */
static bool stands_for_all(const struct run *run, const struct command *command, const char *word_end)
{
    return command->words.all_at != EXPANSION_NO_ALL && run->argument_count > 0 &&
           (size_t)(word_end - command->words.bytes.p) == command->words.all_at;
}

static void show(struct command *command, const char *word)
{
    if (command->shown.n)
        buf_add_byte(&command->shown, ',');
    buf_add_text(&command->shown, word);
}

/* In the log the arguments follow the word that they replace. */
static size_t add_all(struct run *run, struct command *command, size_t n)
{
    for (size_t i = 0; i < run->argument_count; i++) {
        command->argv[n++] = run->arguments[i];
        if (i == 0)
            buf_add_text(&command->shown, run->arguments[i]);
        else
            show(command, run->arguments[i]);
    }
    return n;
}

void command_of_words(struct run *run, struct command *command)
{
    struct span words = buf_span(&command->words.bytes);
    size_t n = 0;

    command->argv = mem_alloc_array(word_count(words) + run->argument_count + 1, sizeof *command->argv);
    buf_init(&command->shown, BUF_UNLIMITED);
    for (const char *word = words.p; word < words.p + words.n; word += strlen(word) + 1) {
        show(command, word);
        if (stands_for_all(run, command, word + strlen(word)))
            n = add_all(run, command, n);
        else
            command->argv[n++] = word;
    }
    command->command = (struct deliver_command){
        .argv = command->argv,
        .shown = buf_span(&command->shown),
        .name = words.p,
    };
}

static void use_shell(struct run *run, struct span text, struct command *command)
{
    const char *shell = env_get(run->env, "SHELL");

    command->text = mem_strndup(text.p, text.n);
    command->argv = mem_alloc_array(4, sizeof *command->argv);
    command->argv[0] = shell ? shell : "";
    command->argv[1] = run->texts[TEXT_SHELLFLAGS];
    command->argv[2] = command->text;
    command->command = (struct deliver_command){
        .argv = command->argv,
        .shown = text,
        .name = command->text,
        .shell = true,
    };
    command->command.shown = span_of(command->text);
}

static bool has_meta(struct run *run, struct span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] && strchr(run->texts[TEXT_SHELLMETAS], text.p[i]))
            return true;
    return false;
}

void command_of_text(struct run *run, struct span text, struct command *command)
{
    *command = (struct command){0};
    expansion_init(&command->words);
    buf_init(&command->shown, BUF_UNLIMITED);
    if (has_meta(run, text)) {
        use_shell(run, text, command);
        return;
    }
    /* `test` goes to the shell always, and so does what does not fit */
    if (!expand(run, text, WORD_ARGUMENTS, 0, &command->words) || !strcmp(command->words.bytes.p, "test"))
        use_shell(run, text, command);
    else
        command_of_words(run, command);
}

void command_begin_forward(struct run *run, struct command *command)
{
    struct buf *words = &command->words.bytes;

    *command = (struct command){0};
    expansion_init(&command->words);
    buf_add_text(words, run->texts[TEXT_SENDMAIL]);
    buf_add_byte(words, '\0');
    expand_split(span_of(run->texts[TEXT_SENDMAILFLAGS]), words);
}

void command_free(struct command *command)
{
    expansion_free(&command->words);
    buf_free(&command->shown);
    free(command->argv);
    free(command->text);
}

bool command_is_empty(const struct command *command)
{
    return !command->command.shell && command->words.bytes.n == 1;
}

void command_joined(const struct command *command, struct buf *to)
{
    struct span words = buf_span(&command->words.bytes);

    if (command->command.shell) {
        buf_add_text(to, command->text);
        return;
    }
    for (size_t i = 0; i + 1 < words.n; i++)
        buf_add_byte(to, words.p[i] ? words.p[i] : ' ');
}

struct deliver_program run_program(struct run *run, const struct command *command)
{
    return (struct deliver_program){
        .command = &command->command,
        .envp = env_list(run->env),
        .message = run->message,
        .range = message_range(run->message, MESSAGE_WHOLE),
        .ignore_errors = true,
        .wait = DELIVER_WAIT,
        .timeout = run->numbers[NUMBER_TIMEOUT],
        .retries = run->numbers[NUMBER_NORESRETRY],
        .pause = run->numbers[NUMBER_SUSPEND],
    };
}
