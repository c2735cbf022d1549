/*
 * Expansion of words, with the environment, LINEBUF and the output of commands from the input; no
 * command is run.
 *
 * Input: a byte for the mode, LINEBUF, what commands print, variables (NAME=value, a NUL behind each), the
 * words; form feeds between them.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/expand.h"
#include "engine/run-private.h"
#include "fuzz/fuzz.h"
#include "fuzz/world.h"
#include "pattern/pattern.h"

/* Without their effects. */
static void set_variables(struct run *run, struct span list)
{
    while (list.n) {
        const char *end = span_find_byte(list, '\0');
        size_t n = end ? (size_t)(end - list.p) : list.n;
        const char *equals = span_find_byte(span_make(list.p, n), '=');

        if (equals && equals > list.p) {
            char *name = fuzz_string(span_make(list.p, (size_t)(equals - list.p)));

            env_set(run->env, name, span_make(equals + 1, n - (size_t)(equals + 1 - list.p)));
            free(name);
        }
        list = span_from(list, n + 1);
    }
}

static void check_shape(struct run *run, const struct expansion *out, enum word_mode mode)
{
    CHECK(out->bytes.n <= run->linebuf + 1);
    CHECK(out->all_at == EXPANSION_NO_ALL || out->all_at <= out->bytes.n);
    CHECK(out->bytes.p[out->bytes.n] == '\0');
    if (mode == WORD_ARGUMENTS && out->bytes.n)
        CHECK(out->bytes.p[out->bytes.n - 1] == '\0');
}

static void expand_words(struct run *run, struct span words, enum word_mode mode, size_t before)
{
    struct expansion out;

    if (expand(run, words, mode, before, &out))
        check_shape(run, &out, mode);
    else
        CHECK(env_get(run->env, "PROCMAIL_OVERFLOW"));
    expansion_free(&out);
}

static void expand_command(struct run *run, struct span text)
{
    struct command command;
    struct buf joined;

    command_of_text(run, text, &command);
    CHECK(command.command.argv != NULL);
    buf_init(&joined, BUF_UNLIMITED);
    command_joined(&command, &joined);
    buf_free(&joined);
    command_free(&command);
}

static void expand_rest(struct run *run, struct span words)
{
    char *text = fuzz_string(words);
    struct expansion out;
    struct buf parts;

    free(run_expand(run, text));
    if (expand_behind(run, span_of("prefix"), words, &out))
        CHECK(strncmp(out.bytes.p, "prefix", 6) == 0);
    expansion_free(&out);
    buf_init(&parts, BUF_UNLIMITED);
    expand_split(words, &parts);
    CHECK(parts.n <= words.n + 1);
    buf_free(&parts);
    free(text);
}

/* ---- what must come out as it went in */

/* Is that what these words give?  Not asked of what is too long for LINEBUF. */
static void check_verbatim(struct run *run, const struct buf *words, struct span want)
{
    struct expansion out;

    if (want.n > run->linebuf)
        return;
    CHECK(expand(run, buf_span(words), WORD_VALUE, 0, &out));
    CHECK(span_eq(buf_span(&out.bytes), want));
    expansion_free(&out);
}

static void check_single_quotes(struct run *run, struct span bytes)
{
    struct buf quoted;

    buf_init(&quoted, BUF_UNLIMITED);
    buf_add_byte(&quoted, '\'');
    for (size_t i = 0; i < bytes.n; i++)
        if (bytes.p[i] != '\'')
            buf_add_byte(&quoted, bytes.p[i]);
    buf_add_byte(&quoted, '\'');
    check_verbatim(run, &quoted, span_make(quoted.p + 1, quoted.n - 2));
    buf_free(&quoted);
}

enum { DISARMED_MAX = 32 }; /* bytes of it that are tried */

static bool matches(const struct pattern *pattern, struct span bytes)
{
    struct span text = fuzz_text(bytes);
    bool answer = pattern_matches(pattern, text);

    fuzz_text_free(text);
    return answer;
}

/* `$\A` is an expression that matches the value of A, and not what differs from it in one byte; but
 * newlines match those around the text too. */
static void check_disarmed(struct run *run, struct span value)
{
    struct pattern *pattern;
    struct expansion out;
    char *other = fuzz_string(value);
    bool fits = expand(run, span_of("$\\A^^"), WORD_VALUE, 0, &out);

    if (fits && !span_find_byte(value, '\n')) {
        pattern = pattern_new(buf_span(&out.bytes), PATTERN_CASE);
        CHECK(matches(pattern, value));
        for (size_t i = 0; i < value.n && i < DISARMED_MAX; i++) {
            other[i] ^= 1;
            CHECK(other[i] == '\n' || !matches(pattern, span_make(other, value.n)));
            other[i] ^= 1;
        }
        pattern_free(pattern);
    }
    expansion_free(&out);
    free(other);
}

static void check_variable(struct run *run, struct span bytes)
{
    static const char *const forms[] = {"\"$A\"",      "\"${A}\"",        "\"${A-b `c $A` \\d}\"",
                                        "\"${A+$A}\"", "\"${UNSET-$A}\"", "$A"};
    struct span value;
    struct buf words;

    env_set(run->env, "A", bytes);
    env_unset(run->env, "UNSET");
    value = span_of(env_get(run->env, "A"));
    CHECK(value.n <= bytes.n && memcmp(value.p, bytes.p, value.n) == 0);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        buf_init(&words, BUF_UNLIMITED);
        buf_add_text(&words, forms[i]);
        check_verbatim(run, &words, value);
        buf_free(&words);
    }
    check_disarmed(run, value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = {(const char *)data, size};
    unsigned char flags = fuzz_byte(&rest);
    char *linebuf = fuzz_string(fuzz_part(&rest));
    struct span output = fuzz_part(&rest), variables = fuzz_part(&rest);
    struct world world;

    world_init(&world, fuzz_message(span_of("S: x\n\n"), 1, false), SPAN_NULL, output);
    run_assign(world.run, "LINEBUF", span_of(linebuf));
    set_variables(world.run, variables);
    expand_words(world.run, rest, (enum word_mode)(flags % 3), flags / 3);
    expand_rest(world.run, rest);
    expand_command(world.run, rest);
    check_single_quotes(world.run, rest);
    check_variable(world.run, rest);
    world_free(&world);
    free(linebuf);
    return 0;
}
