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

/* How long the UTF-8 character is that s begins with; 0 where it is none. */
size_t utf8_length(struct span s);

/* In a page; what is no text, or would act on it, is shown as U+FFFD. */
void html_text(struct span s, FILE *to);

/* The charts: what came over time, by folder. */
void chart_print(struct tally *tally, FILE *to);

#endif
