/*
 * The time that we say it is, in From_ lines, names and logs.  It is the system's, unless a test has
 * set another; how old files are, and how long to wait, is never asked here.
 */
#ifndef MAILWEIR_BASE_CLOCK_H
#define MAILWEIR_BASE_CLOCK_H

#include <time.h>

/* From now on it is always this time; 0: the system's again. */
void clock_set(time_t when);

time_t clock_now(void);

/* Milliseconds of CLOCK_MONOTONIC, which nobody sets: for how long something takes, and deadlines. */
long long clock_ms(void);

#endif
