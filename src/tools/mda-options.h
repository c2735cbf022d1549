/*
 * The command line of the MDA: procmail(1)'s, whole.
 */
#ifndef MAILWEIR_TOOLS_MDA_OPTIONS_H
#define MAILWEIR_TOOLS_MDA_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

enum mda_mode {
    MDA_NORMAL,
    MDA_FILTER,  /* -m */
    MDA_DELIVER, /* -d: to local users */
    MDA_LMTP,    /* -z */
    MDA_VERSION, /* -v */
    MDA_USAGE,   /* -h, -? */
    MDA_LONG_HELP,
    MDA_LONG_VERSION,
};

struct mda_options {
    enum mda_mode mode;
    bool preserve;        /* -p: keep the environment */
    bool soft;            /* -t: failure is 75 */
    bool override;        /* -o: accepted; nobody can fake a From_ line here */
    bool berkeley;        /* -Y */
    bool tell;            /* --tell: which recipe sent the message where */
    int count_fd;         /* --count-to: for mailweir-test; or -1 */
    int variables_fd;     /* --variables-to: for mailweir-test; or -1 */
    const char *sandbox;  /* --sandbox: for mailweir-test, what SENDMAIL may not lead out of; or NULL */
    const char *sendmail; /* --sendmail: for mailweir-test, SENDMAIL until it is set; or NULL */
    time_t clock;         /* --clock: for mailweir-test; or 0 */
    const char *from;     /* -f, or NULL */
    const char *invoked_as;
    const char **arguments;  /* of -a; NULL-terminated */
    const char *const *rest; /* assignments and rc files, or recipients; NULL-terminated */
};

/* Reports what it does not know on standard error and goes on, as 3.22 does. */
void mda_options_parse(struct mda_options *options, int argc, char **argv);
void mda_options_free(struct mda_options *options);

/* The synopsis, and what --help and -h tell behind it. */
void mda_usage(FILE *to);

extern const char mda_help[];

#endif
