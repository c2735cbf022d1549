/* Where a program decides that is not run: another process explains one way, then we go on with the other. */
#include "explain/dry-private.h"
#include "process/spawn.h"

enum { WAYS_MAX = 32 };

/* The step once more, to fare as it does on this way. */
static void repeat(struct explain *explain, struct explain_step **present)
{
    struct explain_step *step = explain_add(explain, (*present)->kind, NULL);
    unsigned way = step->way;

    *step = **present;
    step->next = NULL;
    step->way = way;
    step->both = false;
    *present = step;
}

static bool begin_way(struct explain_dry *dry, struct span program, struct explain_step **present,
                      bool succeeds)
{
    struct explain *explain = dry->explain;
    unsigned from = explain->way;
    struct explain_step *step;

    explain->way = ++explain->ways;
    step = explain_add(explain, EXPLAIN_WAY, &dry->trace->place);
    step->text = program;
    step->matched = succeeds;
    step->total = from;
    repeat(explain, present);
    return succeeds;
}

bool dry_either(struct explain_dry *dry, struct span program, struct explain_step **present, bool otherwise)
{
    struct explain *explain = dry->explain;
    pid_t pid;

    if (explain->ways + dry->ways_to_come + 2 > WAYS_MAX) {
        dry_note(dry, "there are too many ways already: it is taken to ", otherwise ? "succeed" : "fail", "");
        return otherwise;
    }
    (*present)->both = true;
    pid = dry_fork(dry);
    if (pid == 0) {
        dry->end = EXPLAIN_WAY_END;
        dry->ways_to_come++;
        return begin_way(dry, program, present, true);
    }
    if (pid < 0) {
        (*present)->both = false;
        dry_note(dry, "only one way is looked at: ", "no other process could be started", "");
        return otherwise;
    }
    spawn_wait(pid, 0, NULL);
    return begin_way(dry, program, present, false);
}

bool dry_succeeds(struct explain_dry *dry, struct span program)
{
    struct explain *explain = dry->explain;

    if (!dry->both || !explain->condition)
        return dry->assume_yes;
    return dry_either(dry, program, &explain->condition, dry->assume_yes);
}
