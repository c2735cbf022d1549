#include "serve/wall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "serve/wall-private.h"

size_t wall_memory_used(void)
{
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");

    if (!f)
        return 0;
    if (fscanf(f, "%lu", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

int wall_prepare(struct err *err)
{
    static const struct rlimit none = {0, 0};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0) || setrlimit(RLIMIT_CORE, &none))
        return err_set_errno(err, ERR_OSERR, "cannot give up privileges");
    wall_deny_files();
    return 0;
}

/* What a limit is above already is no fault of ours. */
static int limit(int resource, rlim_t most)
{
    struct rlimit now;

    if (getrlimit((__rlimit_resource_t)resource, &now))
        return -1;
    if (now.rlim_max == RLIM_INFINITY || now.rlim_max > most)
        now.rlim_max = most;
    now.rlim_cur = now.rlim_max;
    return setrlimit((__rlimit_resource_t)resource, &now);
}

int wall_raise(size_t memory, int highest, struct err *err)
{
    if ((memory && limit(RLIMIT_AS, memory)) || limit(RLIMIT_NOFILE, (rlim_t)highest + 1) ||
        limit(RLIMIT_NPROC, 0))
        return err_set_errno(err, ERR_OSERR, "cannot set limits");
    if (wall_has_filter() && wall_filter())
        return err_set_errno(err, ERR_OSERR, "cannot filter system calls");
    return 0;
}
