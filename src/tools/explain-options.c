#include "tools/explain-options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char explain_help[] = "usage: mailweir-explain [option ...] [agent option ...] [name=value ...]\n"
                            "                        [rcfile ...]\n"
                            "       mailweir-explain --help | --version\n"
                            "\n"
                            "Tells what an rc file would do with the message on standard input.  Nothing is\n"
                            "delivered.  Rc files and the agent's options are as with mailweir(1).\n"
                            "\n"
                            "  --against PROGRAM    compare with what this program, procmail, does\n"
                            "  --allow-commands     run programs whose output or exit status decides\n"
                            "  --anyway             without an rc file, or a message, too\n"
                            "  --assume yes|no      of conditions that would need one: what they say (no)\n"
                            "  --both               what would be done either way, where a program decides\n"
                            "  --color WHEN         auto, always or never\n"
                            "  --ends [RC:LINE=]N   exit status of programs that take the message (0)\n"
                            "  --exit-status        end with the exit status that the agent would have\n"
                            "  --html               one page\n"
                            "  --json               for programs\n"
                            "  --message FILE       the message is in this file\n"
                            "  --number N           of an mbox, the N-th message\n"
                            "  --quiet              only the outcome\n"
                            "  --timeout SECONDS    of a program (30)\n"
                            "  --help               print this text\n"
                            "  --version            print the version\n"
                            "\n"
                            "See mailweir-explain(1).\n";

static bool number_of(const char *text, unsigned long *number)
{
    char *end;

    errno = 0;
    *number = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && !errno && *number > 0 && *number < 1000000000;
}

static bool set_assume(struct settings *s, const char *value)
{
    s->assume_yes = !strcmp(value, "yes");
    return s->assume_yes || !strcmp(value, "no");
}

static bool set_anyway(struct settings *s, const char *value)
{
    (void)value;
    return s->anyway = true;
}

static bool set_ends(struct settings *s, const char *value)
{
    return ends_add(&s->ends, value);
}

static bool set_both(struct settings *s, const char *value)
{
    (void)value;
    return s->both = true;
}

static bool set_colour(struct settings *s, const char *value)
{
    s->colour = value;
    return !strcmp(value, "auto") || !strcmp(value, "always") || !strcmp(value, "never");
}

static bool set_message(struct settings *s, const char *value)
{
    s->message = value;
    return *value;
}

static bool set_against(struct settings *s, const char *value)
{
    s->against = value;
    return *value;
}

static bool set_number(struct settings *s, const char *value)
{
    return number_of(value, &s->number);
}

static bool set_timeout(struct settings *s, const char *value)
{
    return number_of(value, &s->timeout);
}

static bool set_allow(struct settings *s, const char *value)
{
    (void)value;
    return s->allow_commands = true;
}

static bool set_status(struct settings *s, const char *value)
{
    (void)value;
    return s->return_status = true;
}

static bool set_html(struct settings *s, const char *value)
{
    (void)value;
    s->form = FORM_HTML;
    return true;
}

static bool set_json(struct settings *s, const char *value)
{
    (void)value;
    s->form = FORM_JSON;
    return true;
}

static bool set_quiet(struct settings *s, const char *value)
{
    (void)value;
    s->form = FORM_QUIET;
    return true;
}

static bool set_help(struct settings *s, const char *value)
{
    (void)value;
    return s->help = true;
}

static bool set_version(struct settings *s, const char *value)
{
    (void)value;
    return s->version = true;
}

static const struct {
    const char *name;
    bool takes_value;
    bool (*set)(struct settings *s, const char *value);
} options[] = {
    {"--against", true, set_against}, {"--allow-commands", false, set_allow},
    {"--anyway", false, set_anyway},  {"--assume", true, set_assume},
    {"--both", false, set_both},      {"--color", true, set_colour},
    {"--ends", true, set_ends},       {"--exit-status", false, set_status},
    {"--html", false, set_html},      {"--json", false, set_json},
    {"--message", true, set_message}, {"--number", true, set_number},
    {"--quiet", false, set_quiet},    {"--timeout", true, set_timeout},
    {"--help", false, set_help},      {"--version", false, set_version},
};

/* One of ours at argv[i]?  How many words it took, 0: none of ours, -1: a wrong one. */
static int take_option(struct settings *s, char **argv, int i)
{
    size_t n = strcspn(argv[i], "=");

    for (size_t k = 0; k < sizeof options / sizeof *options; k++) {
        const char *value = argv[i][n] ? argv[i] + n + 1 : argv[i + 1];

        if (strlen(options[k].name) != n || strncmp(argv[i], options[k].name, n))
            continue;
        if (!options[k].takes_value)
            return !argv[i][n] && options[k].set(s, NULL) ? 1 : -1;
        if (!value || !options[k].set(s, value))
            return -1;
        return argv[i][n] ? 1 : 2;
    }
    return strncmp(argv[i], "--", 2) ? 0 : -1;
}

int explain_options_parse(struct settings *s, int *argc, char **argv)
{
    int kept = 1, taken;
    bool ended = false;

    for (int i = 1; i < *argc; i += taken) {
        ended = ended || !strcmp(argv[i], "--");
        taken = ended ? 0 : take_option(s, argv, i);
        if (taken < 0) {
            fprintf(stderr, "mailweir-explain: wrong option or value: '%s'; see --help\n", argv[i]);
            return -1;
        }
        if (taken == 0) {
            argv[kept++] = argv[i];
            taken = 1;
        }
    }
    argv[kept] = NULL;
    *argc = kept;
    return 0;
}
