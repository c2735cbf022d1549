/*
 * What the files of this room share.
 */
#ifndef MAILWEIR_PROCESS_PRIVATE_H
#define MAILWEIR_PROCESS_PRIVATE_H

#include <time.h>

/* Milliseconds to the deadline for poll(2): -1 without one, 0 when it has passed or SIGALRM came. */
int deadline_left(time_t deadline);

/* fd itself when it is above 2, else a close-on-exec copy that is, and fd is closed: a program whose
 * 0, 1 or 2 is closed must not get a pipe there.  -1 with errno. */
int moved_up(int fd);

#endif
