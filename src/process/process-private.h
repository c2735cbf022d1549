/*
 * What the files of this room share.
 */
#ifndef MAILWEIR_PROCESS_PRIVATE_H
#define MAILWEIR_PROCESS_PRIVATE_H

#include <time.h>

/* Milliseconds to the deadline for poll(2): -1 without one, 0 when it has passed or SIGALRM came. */
int deadline_left(time_t deadline);

#endif
