/* Programs that would take the message: `| program` and `! address`.  They are never run; how they end is
 * known, said, looked at both ways, or taken for granted. */
#include "explain/dry-private.h"

#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "deliver/feed.h"
#include "deliver/status.h"

#define USUAL_PATH "/bin:/usr/bin" /* of execvp(3) without PATH */

static bool is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static const char *path_of(const char *const *envp)
{
    for (; *envp; envp++)
        if (!strncmp(*envp, "PATH=", 5))
            return *envp + 5;
    return USUAL_PATH;
}

/* Would execvp(3) find it? */
static bool can_start(const struct deliver_program *program)
{
    const char *name = program->command->argv[0], *path = path_of(program->envp);
    bool found = strchr(name, '/') && is_program(name);
    struct buf candidate;

    buf_init(&candidate, BUF_UNLIMITED);
    while (path && !found && !strchr(name, '/')) {
        size_t n = strcspn(path, ":");

        buf_cut(&candidate, 0);
        buf_add(&candidate, path, n);
        buf_printf(&candidate, "%s%s", n ? "/" : "./", name);
        found = is_program(candidate.p);
        path = path[n] ? path + n + 1 : NULL;
    }
    buf_free(&candidate);
    return found;
}

/* The bytes it is given, for the log abstract. */
static size_t fed(const struct deliver_program *program)
{
    struct feed feed;
    struct span piece;

    feed_init(&feed, program);
    do {
        if (feed_next(&feed, &piece, NULL))
            break;
    } while (piece.n);
    return feed_given(&feed);
}

enum fate { FATE_KNOWN, FATE_TAKEN_TO_SUCCEED };

/* How it ends: *status. */
static enum fate fate_of(struct explain_dry *dry, const struct deliver_program *program, struct span words,
                         int *status)
{
    struct explain *explain = dry->explain;

    if (ends_next(&dry->ends, &dry->trace->place, status))
        return FATE_KNOWN;
    *status = 0;
    if (!deliver_status_fails(program, EX_UNAVAILABLE))
        return FATE_KNOWN; /* nobody minds */
    if (!dry->both || !explain->action)
        return FATE_TAKEN_TO_SUCCEED;
    *status = dry_either(dry, words, &explain->action, true) ? 0 : EX_UNAVAILABLE;
    return FATE_KNOWN;
}

static bool succeeds(const struct deliver_program *program, int status)
{
    if (status == ENDS_UNREAD)
        return program->ignore_errors;
    return !deliver_status_fails(program, status);
}

static struct explain_step *tell(struct explain_dry *dry, const struct deliver_program *program,
                                 struct span words)
{
    struct explain_step *step = explain_add(dry->explain, EXPLAIN_DELIVERY, &dry->trace->place);

    step->subject = span_of(program->hands_over ? "forward" : "program");
    step->text = words;
    return step;
}

static void cannot_start(struct explain_dry *dry, const struct deliver_program *program, struct span words,
                         struct deliver_outcome *outcome)
{
    enum { STATUS_CANNOT_START = 127 };

    *outcome = (struct deliver_outcome){.has_status = true, .status = STATUS_CANNOT_START};
    tell(dry, program, words)->number = STATUS_CANNOT_START;
    dry_note(dry, "'", program->command->argv[0], "' is no program that could be started");
}

void dry_take(struct explain_dry *dry, const struct deliver_program *program, struct deliver_outcome *outcome)
{
    struct span words = dry_words(dry, program->command);
    struct explain_step *step;
    enum fate fate;
    int status;

    if (!can_start(program)) {
        cannot_start(dry, program, words, outcome);
        return;
    }
    fate = fate_of(dry, program, words, &status);
    step = tell(dry, program, words);
    step->number = status == ENDS_UNREAD ? 0 : status;
    step->matched = succeeds(program, status);
    step->unread = status == ENDS_UNREAD;
    step->assumed = fate == FATE_TAKEN_TO_SUCCEED;
    *outcome = (struct deliver_outcome){
        .done = step->matched,
        .has_status = program->wait != DELIVER_NO_WAIT,
        .status = (int)step->number,
        .has_written = true,
        .written = fed(program),
    };
    if (step->assumed)
        dry_note(dry, "it is taken to succeed: if it failed, ",
                 program->last_copy ? "the recipes below would be looked at"
                                    : "flags a and e of the recipes below would see it",
                 "");
}
