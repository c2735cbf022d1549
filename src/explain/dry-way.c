/* Where a program decides that is not run: another process explains one way, then we go on with the other. */
#include "explain/dry-private.h"
#include "process/spawn.h"

enum { WAYS_MAX = 32 };

/* The condition once more, to fare as it does on this way. */
static void repeat_condition(struct explain *explain)
{
    struct explain_step *step = explain_add(explain, EXPLAIN_CONDITION, NULL);
    unsigned way = step->way;

    *step = *explain->condition;
    step->next = NULL;
    step->way = way;
    step->both = false;
    explain->condition = step;
}

static bool begin_way(struct explain_dry *dry, struct span program, bool succeeds)
{
    struct explain *explain = dry->explain;
    unsigned from = explain->way;
    struct explain_step *step;

    explain->way = ++explain->ways;
    step = explain_add(explain, EXPLAIN_WAY, &dry->trace->place);
    step->text = program;
    step->matched = succeeds;
    step->total = from;
    repeat_condition(explain);
    return succeeds;
}

bool dry_succeeds(struct explain_dry *dry, struct span program)
{
    struct explain *explain = dry->explain;
    pid_t pid;

    if (!dry->both || !explain->condition)
        return dry->assume_yes;
    if (explain->ways + dry->ways_to_come + 2 > WAYS_MAX) {
        dry_note(dry, "there are too many ways already: it is taken to ",
                 dry->assume_yes ? "succeed" : "fail", "");
        return dry->assume_yes;
    }
    explain->condition->both = true;
    pid = dry_fork(dry);
    if (pid == 0) {
        dry->ends_way = true;
        dry->ways_to_come++;
        return begin_way(dry, program, true);
    }
    if (pid < 0) {
        explain->condition->both = false;
        dry_note(dry, "only one way is looked at: ", "no other process could be started", "");
        return dry->assume_yes;
    }
    spawn_wait(pid, 0, NULL);
    return begin_way(dry, program, false);
}
