#include "tools/mda-options.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void mda_usage(FILE *to)
{
    fputs("Usage: procmail [-vptoY] [-f fromwhom] [parameter=value | rcfile] ...\n"
          "   Or: procmail [-toY] [-f fromwhom] [-a argument] ... -d recipient ...\n"
          "   Or: procmail [-ptY] [-f fromwhom] -m [parameter=value] ... rcfile [arg] ...\n"
          "   Or: procmail [-toY] [-a argument] ... -z\n",
          to);
}

const char mda_quick_help[] =
    "\t-v\t\tdisplay the version number and exit\n"
    "\t-p\t\tpreserve (most of) the environment upon startup\n"
    "\t-t\t\tfail softly if mail is undeliverable\n"
    "\t-f fromwhom\t(re)generate the leading 'From ' line\n"
    "\t-o\t\toverride the leading 'From ' line if necessary\n"
    "\t-Y\t\tBerkeley format mailbox, disregard Content-Length:\n"
    "\t-a argument\twill set $1, $2, etc\n"
    "\t-d recipient\texplicit delivery mode\n"
    "\t-z\t\tact as an LMTP server\n"
    "\t-m\t\tact as a general purpose mail filter\n";

const char mda_long_help[] =
    "Reads one message on standard input and puts it where ~/.procmailrc, or the rc\n"
    "files named, say; what no recipe takes goes to the system mailbox.\n"
    "\t--tell\t\tprint each folder and the recipe that sent the message there\n"
    "\t--help, --version\n"
    "Exit status: 0 delivered, 75 try again later, 73 could not be delivered.\n"
    "See mailweir(1), mailweirrc(5).\n";

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

static enum parsed long_option(struct mda_options *options, const char *name)
{
    if (!*name)
        return PARSED_ALL;
    if (!strcmp(name, "tell")) {
        options->tell = true;
        return PARSED_CLUSTER_DONE;
    }
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

    *options = (struct mda_options){.mode = MDA_NORMAL, .invoked_as = argc > 0 ? argv[0] : "mailweir"};
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
