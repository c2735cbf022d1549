#include "process/orphans.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>

void orphans_adopt(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

void orphans_kill(void)
{
    FILE *list = fopen("/proc/thread-self/children", "re");
    int child;

    while (list && fscanf(list, "%d", &child) == 1)
        kill(child, SIGKILL);
    if (list)
        fclose(list);
}
