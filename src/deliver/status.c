#include "deliver/status.h"

bool deliver_status_never_ran(const struct deliver_program *program, int status)
{
    return program->command->shell &&
           (status == DELIVER_STATUS_CANNOT_START || status == DELIVER_STATUS_NOT_EXECUTABLE);
}

bool deliver_status_fails(const struct deliver_program *program, int status)
{
    if (program->wait != DELIVER_NO_WAIT)
        return status != 0;
    return program->last_copy &&
           (deliver_status_never_ran(program, status) || (program->hands_over && status != 0));
}
