#include "pattern/pattern-private.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void stateset_init(struct stateset *set, const struct program *program)
{
    *set = (struct stateset){.round = 1};
    set->room = program->count;
    set->list = mem_alloc_array(program->count, sizeof *set->list);
    set->seen = mem_alloc_array(program->count, sizeof *set->seen);
}

void stateset_free(struct stateset *set)
{
    free(set->list);
    free(set->seen);
}

void stateset_clear(struct stateset *set)
{
    set->count = 0;
    if (++set->round != 0)
        return;
    memset(set->seen, 0, set->room * sizeof *set->seen);
    set->round = 1;
}

bool stateset_add(struct stateset *set, uint32_t state)
{
    if (set->seen[state] == set->round)
        return false;
    set->seen[state] = set->round;
    set->list[set->count++] = state;
    return true;
}
