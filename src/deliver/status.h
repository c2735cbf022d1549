/*
 * What the exit status of a program that takes the message means.
 */
#ifndef MAILWEIR_DELIVER_STATUS_H
#define MAILWEIR_DELIVER_STATUS_H

#include "deliver/ops.h"

enum {
    DELIVER_STATUS_CANNOT_START = 127, /* as a shell would say */
    DELIVER_STATUS_NOT_EXECUTABLE = 126,
};

/* The shell's way to say that the program behind its first words is not there. */
bool deliver_status_never_ran(const struct deliver_program *program, int status);

/* Did it not take the message?  Where nobody waits a status counts only if the last copy would be gone:
 * because the shell found nothing to run, or sendmail refused it. */
bool deliver_status_fails(const struct deliver_program *program, int status);

#endif
