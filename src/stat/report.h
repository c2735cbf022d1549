/*
 * What a tally says, for people and for programs.  Whoever reads it may be attacked through it: all
 * that comes from the log is escaped for where it is put.
 */
#ifndef MAILWEIR_STAT_REPORT_H
#define MAILWEIR_STAT_REPORT_H

#include <stdio.h>

#include "stat/tally.h"

struct report_options {
    bool averages; /* mailstat's -l */
    bool terse;    /* -t: no head and no sums */
    bool plain;    /* for a terminal: control characters are shown as `?` */
};

/* As 3.22's mailstat prints it. */
void report_text(struct tally *tally, const struct report_options *options, FILE *to);

/* mailweir-mailstat(1) describes it.  `log` is the name of the log; NULL for standard input. */
void report_json(struct tally *tally, const char *log, FILE *to);

/* One page that needs nothing else. */
void report_html(struct tally *tally, const char *log, FILE *to);

#endif
