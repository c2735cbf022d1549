#include "base/clock.h"

static time_t fixed;

void clock_set(time_t when)
{
    fixed = when;
}

time_t clock_now(void)
{
    return fixed ? fixed : time(NULL);
}

long long clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
