#include "trace/words.h"

enum form {
    PLAIN,    /* before */
    QUOTED,   /* before "text" */
    BARE,     /* before text after */
    NUMBERED, /* before number after "text" */
    BETWEEN,  /* before "text"\n after: its closing quote ends the line */
    SPECIAL,
    SILENT,
};

struct words {
    const char *before, *after;
    enum form form;
    bool verbose;
};

static const struct words words[TRACE_KINDS] = {
    [TRACE_TEXT] = {"", "", SPECIAL, false},
    [TRACE_ASSIGNING] = {"Assigning", "", QUOTED, true},
    [TRACE_BAD_SUBSTITUTION] = {"Bad substitution of", "", QUOTED, false},
    [TRACE_UNEXPECTED_END] = {"Unexpected EOL", "", PLAIN, false},
    [TRACE_EXCEEDED_LINEBUF] = {"Exceeded LINEBUF", "", PLAIN, false},
    [TRACE_EXCESSIVE_OUTPUT] = {"Excessive output quenched from", "", QUOTED, false},
    [TRACE_CANNOT_CHDIR] = {"Couldn't chdir to", "", QUOTED, false},
    [TRACE_HOST_MISMATCHED] = {"HOST mismatched", "", QUOTED, true},
    [TRACE_ASSUMING_IDENTITY] = {"Assuming identity of the recipient, VERBOSE=off", "", PLAIN, true},
    [TRACE_RCFILE] = {"Rcfile:", "", QUOTED, true},
    [TRACE_CANNOT_READ] = {"Couldn't read", "", QUOTED, false},
    [TRACE_SUSPICIOUS_RC] = {"Suspicious rcfile", "", QUOTED, false},
    [TRACE_TOO_MANY_INCLUDES] = {"Too many rcfiles opened, not reading", "", QUOTED, false},
    [TRACE_SKIPPED] = {"Skipped", "", QUOTED, false},
    [TRACE_STRAY_BRACE] = {"Closing brace unexpected", "", PLAIN, false},
    [TRACE_MISSING_BRACE] = {"Missing closing brace", "", PLAIN, false},
    [TRACE_MISSING_ACTION] = {"Missing action", "", PLAIN, false},
    [TRACE_INCOMPLETE_RECIPE] = {"Incomplete recipe", "", PLAIN, false},
    [TRACE_EXTRANEOUS] = {"Extraneous ", " ignored", BARE, false},
    [TRACE_CONFLICTING] = {"Conflicting ", " suppressed", BARE, false},
    [TRACE_INVALID_REGEXP] = {"Invalid regexp", "", QUOTED, false},
    [TRACE_EXTRACTED] = {"Matched", "", QUOTED, true},
    [TRACE_CONDITION] = {"", "", SPECIAL, true},
    [TRACE_SCORE] = {"", "", SPECIAL, true},
    [TRACE_EXECUTING] = {"Executing", "", QUOTED, true},
    [TRACE_FORKING] = {"Forking", "", QUOTED, true},
    [TRACE_CANNOT_FORK] = {"Failed forking", "", QUOTED, false},
    [TRACE_CANNOT_EXECUTE] = {"Failed to execute", "", QUOTED, false},
    [TRACE_PROGRAM_FAILURE] = {"Program failure (", ") of", NUMBERED, false},
    [TRACE_NONZERO_EXIT] = {"Non-zero exitcode (", ") from", NUMBERED, true},
    [TRACE_TIMEOUT_TERMINATING] = {"Timeout, terminating", "", QUOTED, false},
    [TRACE_TIMEOUT_WAITING] = {"Timeout, was waiting for", "", QUOTED, false},
    [TRACE_RESCUE_SUCCEEDED] = {"Rescue of unfiltered data succeeded", "", PLAIN, false},
    [TRACE_RESCUE_QUIETLY] = {"Rescue of unfiltered data succeeded", "", PLAIN, true},
    [TRACE_LOCKING] = {"Locking", "", QUOTED, true},
    [TRACE_UNLOCKING] = {"Unlocking", "", QUOTED, true},
    [TRACE_CANNOT_UNLOCK] = {"Couldn't unlock", "", QUOTED, false},
    [TRACE_LOCK_FAILURE] = {"Lock failure on", "", QUOTED, false},
    [TRACE_FORCING_LOCK] = {"Forcing lock on", "", QUOTED, false},
    [TRACE_FORCE_DENIED] = {"Forced unlock denied on", "", QUOTED, false},
    [TRACE_TRUNCATING_LOCK] = {"Truncating", " and retrying lock\n", BETWEEN, false},
    [TRACE_DEADLOCK] = {"Deadlock attempted on", "", QUOTED, false},
    [TRACE_NO_IMPLICIT_LOCK] = {"Couldn't determine implicit lockfile from", "", QUOTED, false},
    [TRACE_KERNEL_LOCKING] = {"Acquiring kernel-lock", "", PLAIN, true},
    [TRACE_KERNEL_LOCK_FAILED] = {"Kernel-lock failed", "", PLAIN, false},
    [TRACE_KERNEL_UNLOCK_FAILED] = {"Kernel-unlock failed", "", PLAIN, false},
    [TRACE_OPENING] = {"Opening", "", QUOTED, true},
    [TRACE_LINKING] = {"Linking to", "", QUOTED, true},
    [TRACE_CANNOT_LINK] = {"Couldn't make link to", "", QUOTED, false},
    [TRACE_NO_DIRECTORY] = {"Unable to treat as directory", "", QUOTED, false},
    [TRACE_NO_TEMP_FILE] = {"Couldn't create or rename temp file", "", QUOTED, false},
    [TRACE_WRITE_ERROR] = {"Error while writing to", "", QUOTED, false},
    [TRACE_NO_SPACE] = {"No space left to finish writing", "", QUOTED, false},
    [TRACE_OVER_QUOTA] = {"Quota exceeded while writing", "", QUOTED, false},
    [TRACE_TRUNCATED] = {"Truncated file to former size", "", PLAIN, false},
    [TRACE_NOTIFIED] = {"Notified comsat:", "", QUOTED, true},
    [TRACE_TERMINATING] = {"Terminating prematurely", "", BARE, false},
    [TRACE_DELIVERED] = {"", "", SILENT, false},
    [TRACE_TROUBLE] = {"", "", BARE, false},
    [TRACE_RECIPE] = {"", "", SILENT, false},
    [TRACE_CONDITION_READ] = {"", "", SILENT, false},
    [TRACE_SEARCH] = {"", "", SILENT, false},
    [TRACE_SIZE] = {"", "", SILENT, false},
    [TRACE_CONDITION_DONE] = {"", "", SILENT, false},
    [TRACE_TAKEN] = {"", "", SILENT, false},
    [TRACE_PASSED] = {"", "", SILENT, false},
    [TRACE_ACTED] = {"", "", SILENT, false},
    [TRACE_EXPANDED] = {"", "", SILENT, false},
    [TRACE_END] = {"", "", SILENT, false},
};

bool words_is_verbose(enum trace_kind kind)
{
    return words[kind].verbose;
}

bool words_is_silent(enum trace_kind kind)
{
    return words[kind].form == SILENT;
}

static void print_quoted(struct span text, struct buf *to)
{
    buf_add_text(to, " \"");
    buf_add_span(to, text);
    buf_add_text(to, "\"\n");
}

static void print_condition(const struct trace_event *event, struct buf *to)
{
    buf_add_text(to, event->matched ? "Match on" : "No match on");
    if (event->negated)
        buf_add_text(to, " !");
    print_quoted(event->text, to);
}

/* A total between 0 and 1 shows as +0. */
static void print_score(const struct trace_event *event, struct buf *to)
{
    buf_printf(to, "Score: %7ld ", event->number);
    if (event->fraction)
        buf_add_text(to, "     +0");
    else
        buf_printf(to, "%7ld", event->total);
    if (event->negated)
        buf_add_text(to, " !");
    print_quoted(event->text, to);
}

static void print_special(const struct trace_event *event, struct buf *to)
{
    if (event->kind == TRACE_CONDITION)
        print_condition(event, to);
    else
        print_score(event, to);
}

void words_print(const struct trace_event *event, struct buf *to)
{
    const struct words *w = &words[event->kind];

    if (w->form == SPECIAL) {
        print_special(event, to);
        return;
    }
    buf_add_text(to, w->before);
    if (w->form == NUMBERED)
        buf_printf(to, "%ld%s", event->number, w->after);
    if (w->form == QUOTED || w->form == NUMBERED || w->form == BETWEEN) {
        print_quoted(event->text, to);
        if (w->form == BETWEEN)
            buf_add_text(to, w->after);
        return;
    }
    if (w->form == BARE) {
        buf_add_span(to, event->text);
        buf_add_text(to, w->after);
    }
    buf_add_byte(to, '\n');
}
