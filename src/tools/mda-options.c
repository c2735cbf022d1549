#include "tools/mda-options.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void mda_usage(FILE *to)
{
    fputs("usage: mailweir [-optY] [--tell] [-a argument] [-f sender]\n"
          "                [name=value | rcfile] ...\n"
          "       mailweir [-otY] [--tell] [-a argument] [-f sender] -d recipient ...\n"
          "       mailweir [-optY] [--tell] [-f sender] -m [name=value ...] rcfile\n"
          "                [argument ...]\n"
          "       mailweir -z\n"
          "       mailweir -h | -v | --help | --version\n",
          to);
}

const char mda_help[] = "\n"
                        "Sorts the message on standard input by ~/.procmailrc, or the rc files named, and\n"
                        "delivers it.  What no recipe takes goes to the system mailbox.\n"
                        "\n"
                        "  -a argument   set $1; given again, $2 and so on\n"
                        "  -d recipient  deliver to these users, each by his own ~/.procmailrc\n"
                        "  -f sender     put a new \"From \" line before the message; -: renew its time\n"
                        "  -m            be a mail filter: an rc file, and its arguments\n"
                        "  -o            accepted, without effect\n"
                        "  -p            keep the environment\n"
                        "  -t            if the message cannot be delivered, end with 75, not 73\n"
                        "  -Y            take no notice of Content-Length fields\n"
                        "  -z            serve LMTP on standard input and output, by mailweird\n"
                        "  --tell        print each folder, and the recipe that sent the message there\n"
                        "  -h, -?        print this text to standard error, and end with 64\n"
                        "  -v            print the version and some settings to standard error\n"
                        "  --help        print this text\n"
                        "  --version     print the version and some settings\n"
                        "\n"
                        "Exit status: 0 delivered, 73 not delivered, 75 not delivered, try again later.\n"
                        "See mailweir(1) and mailweirrc(5).\n";

static void complain(const char *text)
{
    fprintf(stderr, "procmail: %s\n", text);
}

static void add_argument(struct mda_options *options, const char *argument)
{
    size_t n = 0;

    while (options->arguments && options->arguments[n])
        n++;
    options->arguments = mem_realloc(options->arguments, (n + 2) * sizeof *options->arguments);
    options->arguments[n] = argument;
    options->arguments[n + 1] = NULL;
}

/* The rest of the cluster, or the next argument; NULL when there is none. */
static const char *value_of(const char *cluster, char ***next)
{
    if (*cluster)
        return cluster;
    return **next ? *(*next)++ : NULL;
}

static void unknown(const char *cluster)
{
    fprintf(stderr, "procmail: Unrecognised options: \"%s\"\n", cluster);
    mda_usage(stderr);
    fputs("Processing continued\n", stderr);
}

enum parsed { PARSED_ON, PARSED_CLUSTER_DONE, PARSED_ALL };

static enum parsed option_with_value(struct mda_options *options, char letter, const char *cluster,
                                     char ***next)
{
    const char *value = value_of(cluster, next);

    switch (letter) {
    case 'f':
    case 'r':
        if (value)
            options->from = value;
        else
            complain("Missing name");
        return PARSED_CLUSTER_DONE;
    case 'a':
        if (value)
            add_argument(options, value);
        else
            complain("Missing argument");
        return PARSED_CLUSTER_DONE;
    default: /* d: what follows are recipients */
        if (!value) {
            complain("Missing recipient");
            return PARSED_CLUSTER_DONE;
        }
        options->mode = MDA_DELIVER;
        --*next;
        **next = (char *)value;
        return PARSED_ALL;
    }
}

static enum parsed option(struct mda_options *options, const char *cluster, char ***next)
{
    static const struct {
        char letter;
        enum mda_mode mode;
    } ends[] = {{'v', MDA_VERSION}, {'h', MDA_USAGE}, {'?', MDA_USAGE}, {'z', MDA_LMTP}};

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (*cluster == ends[i].letter) {
            options->mode = ends[i].mode;
            return PARSED_ALL;
        }
    switch (*cluster) {
    case '\0':
        return PARSED_CLUSTER_DONE;
    case 'p':
        options->preserve = true;
        return PARSED_ON;
    case 'm':
        options->mode = MDA_FILTER;
        return PARSED_ON;
    case 'o':
        options->override = true;
        return PARSED_ON;
    case 'Y':
    case 'y':
        options->berkeley = true;
        return PARSED_ON;
    case 't':
        options->soft = true;
        return PARSED_ON;
    case 'f':
    case 'r':
    case 'a':
    case 'd':
        return option_with_value(options, *cluster, cluster + 1, next);
    default:
        unknown(cluster);
        return PARSED_CLUSTER_DONE;
    }
}

/* What mailweir-test tells us: what time to say it is, where to count, and what not to leave.  They stand on
 * the command line, which is its owner's, and not in the environment, which may be anybody's. */
static bool private_option(struct mda_options *options, const char *name)
{
    if (!strncmp(name, "clock=", 6))
        options->clock = (time_t)strtoll(name + 6, NULL, 10);
    else if (!strncmp(name, "count-to=", 9))
        options->count_fd = (int)strtol(name + 9, NULL, 10);
    else if (!strncmp(name, "sandbox=", 8))
        options->sandbox = name + 8;
    else if (!strncmp(name, "sendmail=", 9))
        options->sendmail = name + 9;
    else if (!strncmp(name, "variables-to=", 13))
        options->variables_fd = (int)strtol(name + 13, NULL, 10);
    else
        return false;
    return true;
}

static enum parsed long_option(struct mda_options *options, const char *name)
{
    if (!*name)
        return PARSED_ALL;
    if (!strcmp(name, "tell")) {
        options->tell = true;
        return PARSED_CLUSTER_DONE;
    }
    if (private_option(options, name))
        return PARSED_CLUSTER_DONE;
    if (!strcmp(name, "help"))
        options->mode = MDA_LONG_HELP;
    else if (!strcmp(name, "version"))
        options->mode = MDA_LONG_VERSION;
    else {
        unknown(name - 1);
        return PARSED_CLUSTER_DONE;
    }
    return PARSED_ALL;
}

static enum parsed parse_argument(struct mda_options *options, const char *argument, char ***next)
{
    enum parsed parsed = PARSED_ON;

    if (argument[1] == '-')
        return long_option(options, argument + 2);
    for (const char *c = argument + 1; parsed == PARSED_ON; c++)
        parsed = option(options, c, next);
    return parsed;
}

/* What cannot go together: the weaker is dropped. */
static void settle_conflicts(struct mda_options *options)
{
    bool conflict = false;

    if (options->mode == MDA_FILTER && options->arguments) {
        options->arguments[0] = NULL;
        conflict = true;
    }
    if (options->mode == MDA_DELIVER && options->preserve) {
        options->preserve = false;
        conflict = true;
    }
    if (conflict) {
        complain("Conflicting options");
        mda_usage(stderr);
    }
}

/* Under any name but procmail's and ours the arguments are recipients. */
static bool is_deliver_name(const char *name)
{
    const char *slash = strrchr(name, '/');

    if (slash)
        name = slash + 1;
    return strncmp(name, "procmail", 8) && strncmp(name, "mailweir", 8);
}

void mda_options_parse(struct mda_options *options, int argc, char **argv)
{
    char **next = argv + (argc > 0);

    *options = (struct mda_options){.mode = MDA_NORMAL,
                                    .count_fd = -1,
                                    .variables_fd = -1,
                                    .invoked_as = argc > 0 ? argv[0] : "mailweir"};
    while (*next && **next == '-') {
        const char *argument = *next++;

        if (parse_argument(options, argument, &next) == PARSED_ALL)
            break;
    }
    options->rest = (const char *const *)next;
    if (options->mode == MDA_NORMAL && is_deliver_name(options->invoked_as)) {
        if (*next)
            options->mode = MDA_DELIVER;
        else
            complain("Missing recipient");
    }
    settle_conflicts(options);
}

void mda_options_free(struct mda_options *options)
{
    free(options->arguments);
}
