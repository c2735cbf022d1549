/*
 * What the files of this room share.
 */
#ifndef MAILWEIR_STAT_STAT_PRIVATE_H
#define MAILWEIR_STAT_STAT_PRIVATE_H

#include <stdio.h>

#include "stat/tally.h"

struct date_text {
    char p[16];
};

/* 2026-11-24 */
const char *date_text(int day, struct date_text *text);

/* The charts: what came over time, by folder. */
void chart_print(struct tally *tally, FILE *to);

#endif
